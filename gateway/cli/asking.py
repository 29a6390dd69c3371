"""Calls a running gateway's admin API from a command."""

import contextlib
import json
import os
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from config.errors import ConfigError
from config.load import load_setting
from gateway.cli.failure import fail, fail_because
from gateway.cli.places import chosen_file

_SECONDS = 10.0  # for the gateway's answer
_SHOWN = 2000  # characters of an error's body
_NO_KEY = (
    "An admin key is needed: give it with --admin-key or in SIGNALBOX_ADMIN_KEY, or use a file that has "
    "an admin_key. `signalbox keys create --team default --admin` makes one."
)
USUAL_URL = "http://127.0.0.1:8080"

UrlOption = Annotated[str, typer.Option(envvar="SIGNALBOX_URL", help="The gateway's address.")]
AdminKeyOption = Annotated[
    str | None,
    typer.Option(
        "--admin-key",
        envvar="SIGNALBOX_ADMIN_KEY",
        help="An admin key; else the admin_key of the configuration file.",
    ),
]
AnswerT = TypeVar("AnswerT", bound=BaseModel)


def admin_key(given: str | None, config: Path | None, *, as_json: bool) -> str:
    """The admin key; without one the command fails."""
    try:
        file = chosen_file(config)
        found = given or (load_setting(file, os.environ, "admin_key") if file else None)
    except (ConfigError, OSError) as error:
        fail_because(error, as_json=as_json)
    if not found:
        fail(_NO_KEY, as_json=as_json, code="invalid_api_key")
    return str(found)


def asked(place: str, key: str, form: type[AnswerT], *, as_json: bool) -> AnswerT:
    """The gateway's answer at a URL, parsed; if it is not a success, the command fails."""
    status, body = answered(place, key, as_json=as_json)
    if status != HTTPStatus.OK:
        fail_with(place, status, body, as_json=as_json)
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        fail(f"No gateway answers at {place}: {error}.", as_json=as_json, code="not_found")


def answered(place: str, key: str, *, as_json: bool, method: str = "GET") -> tuple[int, bytes]:
    """Status and body of any answer at a URL; if there is none, the command fails."""
    if not place.startswith(("http://", "https://")):
        fail(f"--url is {place!r}; write it as in {USUAL_URL}.", as_json=as_json)
    request = urllib.request.Request(place, headers={"authorization": f"Bearer {key}"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError as error:
        reason = getattr(error, "reason", error)
        hint = "Is `signalbox serve` running? --url names another address."
        fail(f"No gateway answers at {place}: {reason}. {hint}", as_json=as_json, code="not_found")


def fail_with(place: str, status: int, body: bytes, *, as_json: bool) -> NoReturn:
    """Prints the answer that was not a success, and exits with 1."""
    said, code = body.decode("utf-8", "replace")[:_SHOWN], "not_found"
    with contextlib.suppress(ValueError, KeyError, TypeError):
        error = json.loads(body)["error"]
        said, code = str(error["message"]), str(error["code"] or code)
    fail(f"{place} answered {status}: {said}", as_json=as_json, code=code)
