"""What is kept comes back as it was, as often as it is wanted."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.relaying.forms import Piece
from gateway.relaying.kept import Kept


async def sent(kept: Kept, name: bytes) -> bytes:
    return b"".join([piece async for piece in kept.pieces(name)])


@given(pieces=st.lists(st.none() | st.binary(max_size=20), max_size=12), memory=st.integers(0, 100))
def test_every_sending_has_its_own_name_in_the_same_places(pieces: list[Piece], memory: int) -> None:
    async def twice() -> tuple[bytes, bytes]:
        kept = Kept(memory)
        try:
            for piece in pieces:
                await kept.add(piece)
            return await sent(kept, b"one"), await sent(kept, b"another")
        finally:
            kept.close()

    expected = tuple(
        b"".join(name if piece is None else piece for piece in pieces) for name in (b"one", b"another")
    )
    assert asyncio.run(twice()) == expected


async def test_more_may_be_kept_after_a_sending() -> None:
    kept = Kept(4)
    await kept.add(b"abcdef")
    assert await sent(kept, b"") == b"abcdef"
    await kept.add(b"gh")
    assert await sent(kept, b"") == b"abcdefgh"
    kept.close()


async def test_a_file_that_lost_its_end_is_not_sent_as_if_it_were_whole() -> None:
    kept = Kept(0)
    await kept.add(b"abc")
    kept.size += 1
    with pytest.raises(OSError, match="shorter"):
        await sent(kept, b"")
    kept.close()
