"""Counts a request's tokens with its vendor's tokenizer; only near a limit, large bodies in a thread."""

import asyncio
import importlib
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import msgspec

from gateway.deployment import Line

MOST_BYTES = 8 * 1024 * 1024  # larger bodies are not counted: the upper bound is used
_SHORT = 50_000  # bytes that are counted in place, which takes less than a switch of threads
# The most tokens around the text of each message and each tool:
# https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
_PER_TEXT = 4
_PER_REQUEST = 16
_TOOLS = 512
# Vendors with OpenAI's own model names.
_OPENAI = frozenset(["openai"])
_NOT_TEXT = (b"data:", b'_url"', b'"input_audio"', b'file_id"', b'file_data"')


class Tokenizer:
    """Loads vocabularies on first use."""

    def __init__(self) -> None:
        self._module: ModuleType | None = None
        self._loaded: set[str] = set()

    async def count(self, lines: Sequence[Line], body: bytes) -> int | None:
        """Input tokens, the most at any target; None if unknown: other vendors, images, files."""
        if not lines or len(body) > MOST_BYTES or any(line.vendor.kind.name not in _OPENAI for line in lines):
            return None
        if any(mark in body for mark in _NOT_TEXT):
            return None
        models = tuple(line.model for line in lines)
        if len(body) <= _SHORT and self._loaded.issuperset(models):
            return self._count(models, body)
        return await asyncio.to_thread(self._count, models, body)

    def _count(self, models: tuple[str, ...], body: bytes) -> int | None:
        if self._module is None:
            self._module = importlib.import_module("dialects.openai.vocabulary")
        names = {self._module.vocabulary_of(model) for model in models}
        texts = list(_texts(msgspec.json.decode(body)))
        most = 0
        for name in names:
            if name is None:
                return None
            most = max(most, self._module.count(name, texts))
        self._loaded.update(models)
        return most + _PER_TEXT * len(texts) + _PER_REQUEST + (_TOOLS if b'"tools"' in body else 0)


def _texts(value: Any) -> Iterator[str]:
    """All field names and texts of a JSON value, and other values as text."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif each is not None:
            yield str(each)
