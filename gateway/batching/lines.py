"""A batch's input and output files, line by line: https://platform.openai.com/docs/guides/batch ."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from dialects.errors import UNREADABLE

MOST_LINE = 32 * 1024 * 1024  # bytes; a line holds a request, whose body has its own limit
MOST_ID = 512  # characters of a custom_id

_ENCODE = msgspec.json.Encoder().encode
_NULL = msgspec.Raw(b"null")


class Mistake(msgspec.Struct, frozen=True):
    """An error in a batch's input, in the format of the batch object's `errors`."""

    code: str
    message: str
    line: int | None = None  # from 1
    param: str | None = None


class Wrong(Exception):
    """A line cannot be sent as a request."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param

    def at(self, line: int) -> Mistake:
        """The same error with its line number."""
        return Mistake(self.code, self.message, line, self.param)


class Line(msgspec.Struct, frozen=True):
    """One request of a batch."""

    custom_id: str
    body: bytes


class _Read(msgspec.Struct):
    custom_id: Any = None
    method: Any = None
    url: Any = None
    body: msgspec.Raw = _NULL


_LINE = msgspec.json.Decoder(_Read)


def read_line(data: bytes, endpoint: str) -> Line:
    """Parses a line of an input file, for a batch of this endpoint. Raises Wrong."""
    try:
        read = _LINE.decode(data)
    except UNREADABLE:
        said = "This line is not parseable as valid JSON: expected one object."
        raise Wrong("invalid_json_line", said) from None
    if not isinstance(read.custom_id, str) or not 0 < len(read.custom_id) <= MOST_ID:
        said = f"'custom_id' must be a text of 1 to {MOST_ID} characters."
        raise Wrong("invalid_custom_id", said, "custom_id")
    if read.method != "POST":
        raise Wrong("invalid_method", f"'method' is {_shown(read.method)}; allowed is \"POST\".", "method")
    if read.url != endpoint:
        said = f"'url' is {_shown(read.url)}; the batch is for \"{endpoint}\", and so must each line be."
        raise Wrong("mismatched_url", said, "url")
    body = bytes(read.body)
    if not body.startswith(b"{"):
        raise Wrong("invalid_body", "'body' must be an object: the request itself.", "body")
    return Line(read.custom_id, body)


async def numbered(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    """Non-blank lines with their numbers, counted from 1. Raises Wrong if one is too long."""
    rest, number = bytearray(), 0
    async for piece in pieces:
        *whole, last = piece.split(b"\n")
        for each in whole:
            number += 1
            line = bytes(rest + each).strip() if rest else each.strip()
            rest.clear()
            if line:
                yield number, line
        rest += last
        if len(rest) > MOST_LINE:
            said = f"Line {number + 1} has more than {MOST_LINE} bytes."
            raise Wrong("line_too_long", said)
    if line := bytes(rest).strip():
        yield number + 1, line


def answered(line_id: str, custom_id: str, call_id: str, status: int, body: bytes) -> str:
    """The line of an output or error file for an answered request, whoever answered it."""
    response = {"status_code": status, "request_id": call_id, "body": _on_one_line(body)}
    return _ENCODE({"id": line_id, "custom_id": custom_id, "response": response, "error": None}).decode()


def unanswered(line_id: str, custom_id: str, code: str, message: str) -> str:
    """The line of an error file for a request that was never sent."""
    error = {"code": code, "message": message}
    return _ENCODE({"id": line_id, "custom_id": custom_id, "response": None, "error": error}).decode()


def _on_one_line(body: bytes) -> msgspec.Raw | str:
    try:
        return msgspec.Raw(msgspec.json.format(body, indent=-1))
    except UNREADABLE:
        return body.decode("utf-8", "replace")


def _shown(value: Any) -> str:
    text = _ENCODE(value).decode()
    return text if len(text) <= 80 else f"{text[:80]}…"
