"""How an answer travels: its pieces are pushed into a Sink, streamed or not.

Pushing costs one function call per piece and layer, nested generators would cost a wake-up each; a layer
with nothing to do is left out of the chain.
"""

from typing import Protocol

import msgspec

# Without this nginx would buffer streams.
STREAM = b"content-type: %b\r\ncache-control: no-cache\r\nx-accel-buffering: no\r\n"


class Head(msgspec.Struct, frozen=True, gc=False):
    """The head of an answer: `block` holds header lines, each with its line end."""

    block: bytes
    whole: bool  # the bytes passed with this head are the whole answer
    lasting: bytes = b""  # the lines that are stored with the answer, for later callers


class Sink(Protocol):
    """Receives one answer. If an exception is raised before `end`, the answer broke."""

    def begin(self, head: Head, data: bytes) -> None:
        """Commits to this answer: after this call no other target can be tried."""

    def hold(self, head: Head, data: bytes) -> None:
        """Sends a keep-alive to a stream's caller: `data` carries no content, and nothing is committed.

        The first keep-alive sends its head; the head of `begin` is then not sent.
        """

    def write(self, data: bytes) -> None:
        """More bytes of the body in the caller's dialect, cut at event boundaries."""

    def end(self) -> None:
        """The answer is complete."""

    @property
    def paused(self) -> bool:
        """Whether to await `drained` before writing more, because the caller reads slowly."""

    async def drained(self) -> None:
        """Returns when there is room again."""
