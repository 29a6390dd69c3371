"""The pieces of an answer on the road: a Head, Chunks, a Tail, whether streamed or whole."""

import msgspec

from gateway.errors import Header


class Head(msgspec.Struct, frozen=True, gc=False):
    """The answer is committed: status and headers go out next. `whole`: one Chunk follows, then the Tail."""

    status: int
    headers: tuple[Header, ...]
    whole: bool


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """Bytes of the body in the caller's dialect, cut at event boundaries when streamed."""

    data: bytes


class Tail(msgspec.Struct, frozen=True, gc=False):
    """The answer ended as it should."""


Frame = Head | Chunk | Tail
TAIL = Tail()
