"""The key ring: quick, true within a second, and never a 401 because a database is away."""

import asyncio
import secrets
import sqlite3
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.credentials import UnknownKey
from ledger.keyring import KeyRing
from ledger.keys import mint
from storage.errors import StoreDown, StoreSlow
from storage.schema import keys
from tests.ledger.world import opened, world
from tests.patience import TooLong, patient, within
from tests.storage.test_deadline import busy


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path / "a.db") as made:
        yield made


async def refused(ring: KeyRing, credential: bytes) -> str:
    with pytest.raises(UnknownKey) as refusal:
        await ring.identify(credential)
    assert ring.known(credential) is None
    return refusal.value.reason


async def test_a_key_that_was_identified_is_known_without_the_database(w) -> None:
    credential = await w.credential()
    assert w.ring.known(credential) is None
    principal = await w.ring.identify(credential)
    asked = len(w.statements)
    assert w.ring.known(credential) is principal
    assert await w.ring.identify(credential) is principal
    assert len(w.statements) == asked


async def test_who_proved_a_key_before_is_found_by_its_id_until_it_ends(w) -> None:
    issued = await w.key(expires_ms=int((w.clock.now + 60) * 1000))
    principal = await w.ring.holder_of(issued.key.id)
    assert (principal.key_id, principal.team) == (issued.key.id, "support")
    asked = len(w.statements)
    assert await w.ring.holder_of(issued.key.id) is principal
    assert len(w.statements) == asked
    w.clock.now += 61
    for key_id, reason in ((issued.key.id, "expired"), ("nobodys", "unknown")):
        with pytest.raises(UnknownKey) as refusal:
            await w.ring.holder_of(key_id)
        assert refusal.value.reason == reason
    other = await w.key()
    await w.ring.holder_of(other.key.id)
    await w.accounts.keys.revoke(other.key.id)
    with pytest.raises(UnknownKey) as refusal:
        await w.ring.holder_of(other.key.id)
    assert refusal.value.reason == "revoked"


async def test_a_credential_without_the_form_of_a_key_costs_no_query(w) -> None:
    mistyped = (await w.credential())[:-1] + b"!"
    asked = len(w.statements)
    assert await refused(w.ring, b"") == "missing"
    assert await refused(w.ring, b"sk-proj-abc") == "malformed"
    assert await refused(w.ring, mistyped) == "malformed"
    assert len(w.statements) == asked


async def test_an_unknown_key_is_looked_up_once_in_a_while(w) -> None:
    stranger = mint(secrets.token_bytes).plaintext.encode()
    assert await refused(w.ring, stranger) == "unknown"
    asked = len(w.statements)
    for _ in range(100):
        assert await refused(w.ring, stranger) == "unknown"
    assert len(w.statements) == asked
    w.clock.now += 6
    await refused(w.ring, stranger)
    assert len(w.statements) == asked + 1


async def test_another_secret_under_a_known_id_is_unknown_and_costs_no_query(w) -> None:
    issued = await w.key()
    await w.ring.identify(issued.minted.plaintext.encode())
    forged = mint(lambda n: (number_of(issued.key.id) << 6).to_bytes(7) if n == 7 else bytes(n))
    assert forged.id == issued.key.id
    asked = len(w.statements)
    assert await refused(w.ring, forged.plaintext.encode()) == "unknown"
    assert len(w.statements) == asked


def number_of(key_id: str) -> int:
    number = 0
    for character in key_id:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(character)
    return number


async def test_a_key_is_refused_from_its_expiry_on(w) -> None:
    credential = await w.credential(expires_ms=int((w.clock.now + 10) * 1000))
    await w.ring.identify(credential)
    w.clock.now += 9.9
    assert w.ring.known(credential) is not None
    w.clock.now += 0.1
    assert await refused(w.ring, credential) == "expired"


async def test_a_key_revoked_here_is_refused_at_once(w) -> None:
    issued = await w.key()
    credential = issued.minted.plaintext.encode()
    await w.ring.identify(credential)
    await w.accounts.keys.revoke(issued.key.id)
    assert await refused(w.ring, credential) == "revoked"


async def test_an_archived_team_takes_its_keys_with_it(w) -> None:
    credential = await w.credential()
    await w.ring.identify(credential)
    await w.accounts.teams.archive("support")
    assert await refused(w.ring, credential) == "revoked"


async def test_a_key_made_elsewhere_ends_its_being_unknown(w) -> None:
    other = KeyRing(w.database, w.clock)
    await other.catch_up()
    minted = mint(secrets.token_bytes)
    assert await refused(other, minted.plaintext.encode()) == "unknown"
    issued = await w.key()
    await w.write(update(keys).where(keys.c.id == issued.key.id).values(id=minted.id, hash=minted.hash))
    async with w.accounts.store.change() as change:
        await change.note("key", minted.id)
    await other.catch_up()
    assert (await other.identify(minted.plaintext.encode())).key_id == minted.id


async def test_a_key_is_asked_again_after_its_life_in_memory(w) -> None:
    credential = await w.credential()
    await w.ring.identify(credential)
    await w.write(update(keys).values(revoked_ms=1))  # behind the back of the record
    w.clock.now += 29
    await w.ring.identify(credential)
    w.clock.now += 1
    assert await refused(w.ring, credential) == "revoked"


async def test_a_thousand_callers_of_one_key_make_one_query(w) -> None:
    credential = await w.credential()
    asked = len(w.statements)
    principals = await asyncio.gather(*(w.ring.identify(credential) for _ in range(1000)))
    assert len(w.statements) == asked + 1
    assert len({id(principal) for principal in principals}) == 1


async def test_callers_of_many_keys_are_told_by_two_queries_and_strangers_among_them(w) -> None:
    known = [(await w.key()).minted.plaintext.encode() for _ in range(20)]
    strangers = [mint(secrets.token_bytes).plaintext.encode() for _ in range(20)]
    asked = len(w.statements)
    told = await asyncio.gather(
        *(w.ring.identify(each) for pair in zip(known, strangers, strict=True) for each in pair),
        return_exceptions=True,
    )
    assert [each.key_id.encode() for each in told[::2]] == [each[6:16] for each in known]
    assert {each.reason for each in told[1::2]} == {"unknown"}
    assert len(w.statements) <= asked + 2


@pytest.mark.parametrize("broken", [{"limits": '["wishes=3/min"]'}, {"models": "{"}, {"hash": "zz"}], ids=str)
async def test_a_key_that_cannot_be_read_is_refused_alone(w, broken) -> None:
    good, bad = [(await w.key()).minted for _ in range(2)]
    await w.write(update(keys).where(keys.c.id == bad.id).values(**broken))
    asked = [each.plaintext.encode() for each in (good, bad)]
    told = await asyncio.gather(*map(w.ring.identify, asked), return_exceptions=True)
    assert told[0].key_id == good.id and isinstance(told[1], StoreDown)  # 503: it may be a good one
    other = (await w.key()).minted
    assert (await w.ring.identify(other.plaintext.encode())).key_id == other.id  # the database is not away


async def test_a_loop_that_is_busy_for_longer_than_a_look_up_may_take_is_no_slow_database(tmp_path) -> None:
    async with world(tmp_path / "a.db", deadline=0.1) as w:
        credential = await w.credential()
        await w.database.close()

        async def crowd() -> None:
            while not w.ring.known(credential):
                busy(0.03)  # of which it takes several turns to open a connection and to ask
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            identifying = group.create_task(w.ring.identify(credential))
            crowding = group.create_task(crowd())
            assert await identifying
            await crowding


async def test_a_caller_that_leaves_does_not_take_the_look_up_with_it(w) -> None:
    credential = await w.credential()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(w.ring.identify(credential))
        second = group.create_task(w.ring.identify(credential))
        await asyncio.sleep(0)
        first.cancel()
    assert second.result().team == "support"


async def test_who_asks_after_a_revocation_never_gets_a_look_up_begun_before_it(w) -> None:
    issued = await w.key()
    credential = issued.minted.plaintext.encode()
    before = asyncio.ensure_future(w.ring.identify(credential))
    await asyncio.sleep(0)
    await w.write(update(keys).values(revoked_ms=1))
    w.ring.forget(issued.key.id)
    assert await refused(w.ring, credential) == "revoked"
    await asyncio.wait([before])
    assert await refused(w.ring, credential) == "revoked"


async def test_the_ring_holds_no_more_keys_than_it_may(tmp_path) -> None:
    async with world(tmp_path / "a.db", capacity=3) as w:
        credentials = [await w.credential() for _ in range(5)]
        for credential in credentials:
            await w.ring.identify(credential)
        assert [w.ring.known(credential) is not None for credential in credentials] == [False] * 2 + [
            True
        ] * 3


async def test_revocation_is_seen_by_a_second_ring_as_it_catches_up(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w, opened(tmp_path / "a.db") as elsewhere:
        other = KeyRing(elsewhere, w.clock)
        await other.catch_up()
        issued = await w.key()
        credential = issued.minted.plaintext.encode()
        await other.identify(credential)
        await w.accounts.keys.revoke(issued.key.id)
        assert other.known(credential) is not None
        await other.catch_up()
        assert await refused(other, credential) == "revoked"
        await other.close()


async def test_a_replaced_database_empties_the_ring(w) -> None:
    credential = await w.credential()
    await w.ring.catch_up()
    await w.ring.identify(credential)
    w.ring._seen = 10_000
    await w.ring.catch_up()
    assert w.ring.known(credential) is None
    assert await w.ring.identify(credential)


REVOKE = """
    import asyncio, secrets, sys, time
    from ledger.accounts import open_accounts
    from storage.engine import open_database

    async def main(url, key_id):
        database = open_database(url)
        accounts = open_accounts(database, time.time, secrets.token_bytes)
        await accounts.keys.revoke(key_id)
        await database.close()

    asyncio.run(main(*sys.argv[1:]))
"""


@patient
async def test_a_key_revoked_in_another_process_is_refused_within_a_second(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w, asyncio.TaskGroup() as group:
        issued = await w.key()
        credential = issued.minted.plaintext.encode()
        watching = group.create_task(w.ring.watch())
        await asyncio.sleep(0.05)
        await w.ring.identify(credential)
        url = f"sqlite:///{tmp_path / 'a.db'}"
        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", textwrap.dedent(REVOKE), url, issued.key.id),
            cwd=Path(__file__).parents[2],
        )
        assert await other.wait() == 0
        try:
            with within(1.0):
                while w.ring.known(credential) is not None:  # noqa: ASYNC110  nothing tells of it
                    await asyncio.sleep(0.01)
        except TooLong:
            watching.cancel()
            raise
        assert await refused(w.ring, credential) == "revoked"
        watching.cancel()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the whole file: nobody may even read."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def missing(file: Path) -> Iterator[None]:
    """The disk is gone: a file cannot be opened there."""
    file.rename(file.with_suffix(".kept"))
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        file.with_suffix(".kept").rename(file)


@pytest.mark.parametrize(
    ("outage", "said"),
    [pytest.param(locked, StoreSlow, id="locked"), pytest.param(missing, StoreDown, id="gone")],
)
async def test_a_database_that_is_away_is_never_an_unknown_key(tmp_path, outage, said) -> None:
    async with world(tmp_path / "a.db", deadline=1.0) as w:
        credential, seen = await w.credential(), await w.credential()
        await w.ring.identify(seen)
        await w.database.close()  # the pool's connections; new ones are made on demand
        with outage(tmp_path / "a.db"):
            with pytest.raises(StoreDown) as failure:
                await w.ring.identify(credential)
            assert type(failure.value) is said
            w.clock.now += 31
            assert w.ring.known(seen) is None
            assert await w.ring.identify(seen)
            assert w.ring.known(seen) is not None
        await w.ring.catch_up()
        assert await w.ring.identify(credential)


@patient
async def test_a_database_known_to_be_away_is_not_asked_for_each_call(tmp_path) -> None:
    async with world(tmp_path / "a.db", deadline=1.0) as w:
        credential, seen = await w.credential(), await w.credential()
        await w.ring.identify(seen)
        w.clock.now += 31
        await w.database.close()
        with locked(tmp_path / "a.db"):
            await w.ring.catch_up()
            with within(0.15):
                for _ in range(100):
                    with pytest.raises(StoreDown):
                        await w.ring.identify(credential)
                    await w.ring.identify(seen)


async def test_a_key_is_served_without_its_database_only_so_long(tmp_path) -> None:
    async with world(tmp_path / "a.db", deadline=1.0, stale_seconds=60) as w:
        credential = await w.credential()
        await w.ring.identify(credential)
        await w.database.close()
        with locked(tmp_path / "a.db"):
            w.clock.now += 59
            assert await w.ring.identify(credential)
            w.clock.now += 1
            assert w.ring.known(credential) is None
            with pytest.raises(StoreDown):
                await w.ring.identify(credential)


async def test_a_key_expires_also_while_its_database_is_away(tmp_path) -> None:
    async with world(tmp_path / "a.db", deadline=1.0) as w:
        credential = await w.credential(expires_ms=int((w.clock.now + 40) * 1000))
        await w.ring.identify(credential)
        await w.database.close()
        with locked(tmp_path / "a.db"):
            w.clock.now += 39
            assert await w.ring.identify(credential)
            w.clock.now += 1
            assert await refused(w.ring, credential) == "expired"


async def test_no_plaintext_is_kept_anywhere(tmp_path, caplog) -> None:
    caplog.set_level("DEBUG")
    async with world(tmp_path / "a.db") as w:
        issued = await w.key(name="laptop")
        successor = await w.accounts.keys.rotate(issued.key.id, 60)
        for each in (issued, successor):
            await w.ring.identify(each.minted.plaintext.encode())
            await w.accounts.keys.revoke(each.key.id)
            assert await refused(w.ring, each.minted.plaintext.encode()) == "revoked"
        held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert issued.key.id.encode() in held
        for each in (issued, successor):
            secret = each.minted.plaintext[17:]
            assert secret.encode() not in held
            assert secret not in caplog.text
            assert secret not in repr(vars(w.ring))
