"""Finds the objects at vendors that a body refers to: files, tuned models, and results made from them."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from config.kinds import Operation
from dialects.account_names import model_in, names_in
from dialects.errors import UNREADABLE, Malformed
from gateway.errors import BadRequest

_FILES = re.compile(r"(?:.*_)?file_ids?|training_file|validation_file")
_MADE = re.compile(r"output_file_id|error_file_id|result_files|fine_tuned_model(?:_checkpoint)?")
_MODEL = re.compile("model")


def files_in(body: bytes, operation: Operation = Operation.FILES) -> list[str]:
    """Ids of files and tuned models anywhere in a body. Raises BadRequest if it is not JSON.

    Items of a conversation may refer to anything that calls may refer to.
    """
    if not body:
        return []
    try:
        if operation is Operation.CONVERSATIONS:
            return sorted({name.id for name in names_in(operation, body)})
        told = msgspec.json.decode(body)
    except (Malformed, *UNREADABLE):
        raise BadRequest("The request body is not valid JSON.") from None
    models = [each for each in _named(told, _MODEL) if model_in(each) is not None]
    return sorted({name for name in (*_named(told, _FILES), *models) if name})


def made_in(told: list[Any]) -> list[str]:
    """Ids of what a vendor made from such objects: a batch's output, the results of fine-tuning."""
    return sorted({name for name in _named(told, _MADE) if name})


def _named(told: Any, members: re.Pattern[str]) -> Iterator[str]:
    """Strings in members with matching names, alone or in lists, at any depth."""
    waiting = [(told, False)]
    while waiting:
        value, wanted = waiting.pop()
        if isinstance(value, dict):
            waiting += [(inner, members.fullmatch(name) is not None) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, wanted) for inner in value]
        elif wanted and isinstance(value, str):
            yield value


def id_of(told: Any) -> str:
    """An object's id; "" if it has none."""
    found = told.get("id") if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""
