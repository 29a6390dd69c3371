"""Validates answers against JSON Schemas; imported only if a group needs it, as it takes 10 MB."""

from typing import Any, NamedTuple, NoReturn

import jsonschema_rs
import msgspec

from dialects.errors import UNREADABLE

_DECODE = msgspec.json.Decoder().decode
_MOST_SHOWN = 500  # characters of a fault's text
_NO_JSON = "json"

# Patterns come from callers: one that would backtrack forever is abandoned, and counts as no match.
_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=4 * 1024 * 1024)


class UnusableSchema(Exception):
    """A schema that cannot be used: it is invalid, or refers to another document."""


class Fault(NamedTuple):
    """Why an answer is invalid: `said` may quote it, `keyword` only names the violated schema keyword."""

    said: str
    keyword: str

    @property
    def unquoted(self) -> str:
        """The fault without quoting the answer."""
        return self.said if self.keyword == _NO_JSON else f"it breaks '{self.keyword}'"


class Validator:
    """One compiled schema; references to other documents are never fetched."""

    def __init__(self, schema: dict[str, Any]) -> None:
        """Raises UnusableSchema, with the reason."""
        try:
            self._validator = jsonschema_rs.validator_for(
                schema, retriever=_refuse, pattern_options=_PATTERNS
            )
        except ValueError as error:  # the library raises it for every invalid schema
            message = error.message if isinstance(error, jsonschema_rs.ValidationError) else str(error)
            raise UnusableSchema(message[:_MOST_SHOWN]) from None

    def fault(self, text: str) -> Fault | None:
        """The first fault of an answer; None: it is valid."""
        if not text.strip():
            return Fault("there is no text", _NO_JSON)
        try:
            value = _DECODE(text)
        except UNREADABLE as broken:
            return Fault(f"it is not JSON: {broken}"[:_MOST_SHOWN], _NO_JSON)
        error = next(self._validator.iter_errors(value), None)
        if error is None:
            return None
        place = "".join(f"/{step}" for step in error.instance_path)
        said = error.message if len(error.message) <= _MOST_SHOWN else error.message[:_MOST_SHOWN] + "…"
        return Fault(f"at {place or 'its root'}: {said}", error.kind.name)


def _refuse(uri: str) -> NoReturn:
    raise ValueError("no other document is fetched")
