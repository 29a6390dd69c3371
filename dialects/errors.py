"""Errors of wire formats: malformed bytes, inexpressible features, a vendor's error."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

# What msgspec raises for bytes that it cannot parse. It has no error of its own for invalid UTF-8 or
# for excessive nesting.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Malformed(ValueError):
    """Bytes that violate their format; the message names the position.

    With a code, the request is valid but only some vendors could answer it.
    """

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


class Unsupported(Malformed):
    """A request asks for what the target's format cannot express, and the policy is not to drop it."""

    def __init__(self, dialect: str, wishes: Sequence[str]) -> None:
        named = ", ".join(wishes)
        super().__init__(
            f"The target speaks {dialect}, which cannot say: {named}. Leave it out, ask another model, "
            f"or let the gateway drop it with `unsupported: drop` at the vendor.",
            param=wishes[0],
            code="unsupported_parameter",
        )


@dataclass(frozen=True, slots=True)
class VendorError:
    """A vendor's error, in one structure for all vendors."""

    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None  # seconds, if the body says when to retry
