"""What goes wrong with a wire format: broken bytes, inexpressible features, a vendor's refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

# What msgspec raises for bytes that it cannot read. It has no error of its own for bytes that are
# no UTF-8, nor for what is nested too deep.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Malformed(ValueError):
    """Bytes that do not say what their format demands; the message names the place.

    One with a code says what only some vendors could answer.
    """

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


class Unsupported(Malformed):
    """A request asks for what the target's format cannot say, and the policy is not to drop it."""

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
    """A vendor's refusal, in one structure for all vendors."""

    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None  # seconds, where the body says when to come again
