"""A person is known by any of their keys, a key by what became of it."""

from gateway.agents.separating import began
from tests.ledger.world import world


async def test_who_began_a_run_is_known_by_each_of_their_keys(tmp_path):
    async with world(tmp_path / "ledger.db") as here:
        ann, also_ann = await here.key(user="ann"), await here.key(user="ann")
        bob, nobody, nobody_else = await here.key(user="bob"), await here.key(), await here.key()

        async def own(run_key, key):
            return await began(here.database, run_key.key.id, key.key.id)

        assert await own(ann, ann)
        assert await own(ann, also_ann)
        assert not await own(ann, bob)
        assert not await own(nobody, nobody_else)
        assert not await own(ann, nobody)
        assert not await began(here.database, "gone", nobody.key.id)


async def test_a_key_that_took_anothers_place_is_the_same_holders(tmp_path):
    async with world(tmp_path / "ledger.db") as here:
        first = await here.key()
        second = await here.accounts.keys.rotate(first.key.id, 3600)
        third = await here.accounts.keys.rotate(second.key.id, 3600)
        other = await here.key()
        for one, another in ((first, third), (third, first), (second, third)):
            assert await began(here.database, one.key.id, another.key.id)
        assert not await began(here.database, first.key.id, other.key.id)
        assert not await began(here.database, other.key.id, third.key.id)
