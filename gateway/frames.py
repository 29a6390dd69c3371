"""The pieces of an answer on the road, the same for streamed and whole ones."""

import msgspec


class Head(msgspec.Struct, frozen=True, gc=False):
    """What is said once, before the first bytes: `block` holds header lines, each with its line end."""

    block: bytes
    whole: bool  # the frame that carries this head is the whole answer


class Frame(msgspec.Struct, frozen=True, gc=False):
    """Bytes of the body in the caller's dialect, cut at event boundaries when streamed.

    The first frame of an answer has the head: with it the answer is committed. The end of the frames
    is the end of the answer.
    """

    data: bytes
    head: Head | None = None
