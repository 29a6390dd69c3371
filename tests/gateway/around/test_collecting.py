"""Whole answers that nobody waits for, and the keys in whose name they are asked."""

import pytest

from gateway.around.collecting import Collected, Holder
from gateway.errors import Unauthenticated
from gateway.frames import Head
from ledger.principal import Principal


async def test_a_whole_answer_is_collected_with_its_head() -> None:
    collected, head = Collected(), Head(b"x-a: 1\r\n", whole=True)
    collected.begin(head, b"a")
    collected.write(b"b")
    await collected.drained()
    collected.end()
    assert (collected.body, collected.head, collected.paused) == (b"ab", head, False)


async def test_a_key_is_looked_up_each_time_and_its_rows_are_tagged() -> None:
    class Ring:
        revoked = False

        async def holder_of(self, key_id: str) -> Principal:
            if self.revoked:
                raise Unauthenticated("revoked")
            return Principal(key_id, "k", "caller", "", "support", "o", tags=(("z", "1"), ("run", "forged")))

    ring = Ring()
    holder = Holder(ring, "key_1", ("run", "run_1"))  # type: ignore[arg-type]
    held = await holder.identify(None)  # type: ignore[arg-type]
    assert (held.key_id, held.tags) == ("key_1", (("run", "run_1"), ("z", "1")))
    assert held.tags_json == '{"run":"run_1","z":"1"}'
    ring.revoked = True
    with pytest.raises(Unauthenticated):
        await holder.principal()
