"""The first start: one key, for whoever comes first."""

import asyncio
import secrets

from ledger.accounts import open_accounts
from ledger.entities import NewTeam
from tests.ledger.world import opened, world


async def test_the_first_start_mints_one_working_key(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        first = await w.accounts.ensure_first_key()
        assert first is not None
        principal = await w.ring.identify(first.plaintext.encode())
        assert (principal.team, principal.organisation, principal.role) == ("default", "default", "caller")
        assert await w.accounts.ensure_first_key() is None


async def test_of_many_first_starts_one_mints(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w, opened(tmp_path / "a.db") as elsewhere:
        other = open_accounts(elsewhere, w.clock, secrets.token_bytes)
        minted = await asyncio.gather(*(each.ensure_first_key() for each in (w.accounts, other) * 4))
        assert sum(key is not None for key in minted) == 1


async def test_a_first_key_joins_a_default_team_that_is_there(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        await w.accounts.teams.create(NewTeam("default", "acme"))
        first = await w.accounts.ensure_first_key()
        assert first is not None
        assert (await w.ring.identify(first.plaintext.encode())).organisation == "acme"


async def test_where_there_is_a_key_even_a_revoked_one_none_is_minted(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        await w.accounts.keys.revoke((await w.key()).key.id)
        assert await w.accounts.ensure_first_key() is None
