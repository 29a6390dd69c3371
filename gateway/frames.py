"""How an answer travels: its pieces are pushed into a Sink, streamed or not.

Pushing costs one call a piece where nested generators cost a wake-up each, and a layer that has nothing to do
is not there at all.
"""

from typing import Protocol

import msgspec

# nginx would hold a stream back without being told.
STREAM = b"content-type: %b\r\ncache-control: no-cache\r\nx-accel-buffering: no\r\n"


class Head(msgspec.Struct, frozen=True, gc=False):
    """What is said once, before the first bytes: `block` holds header lines, each with its line end."""

    block: bytes
    whole: bool  # the bytes that come with this head are the whole answer
    lasting: bytes = b""  # those lines of it that others get too, who are given the same answer later


class Sink(Protocol):
    """Takes one answer. An exception out of the road instead of `end` means that the answer broke."""

    def begin(self, head: Head, data: bytes) -> None:
        """The answer is committed: nothing before this can still go elsewhere, nothing after it can."""

    def hold(self, head: Head, data: bytes) -> None:
        """A stream's caller is told to wait: `data` says nothing, and nothing is committed.

        The head of the first one goes out, and the one of `begin` then does not any more.
        """

    def write(self, data: bytes) -> None:
        """More bytes of the body in the caller's dialect, cut at event boundaries."""

    def end(self) -> None:
        """The answer is complete."""

    @property
    def paused(self) -> bool:
        """Whether to await `drained` before more: the caller takes it more slowly than it comes."""

    async def drained(self) -> None:
        """Until there is room again."""
