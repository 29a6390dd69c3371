"""The life of a key."""

import asyncio

import pytest

from ledger.entities import InvalidChange, KeyPatch, NotFound
from ledger.keybook import limits_of_keys
from tests.ledger.world import world


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path / "a.db") as made:
        yield made


async def test_a_created_key_is_what_was_asked_for(w) -> None:
    end = int(w.clock.now * 1000) + 5000
    key = (
        await w.key(
            user="ann", name="n", role="admin", models=("a", "b*"), tags=(("k", "v"),), expires_ms=end
        )
    ).key
    assert (key.team, key.user, key.name, key.role) == ("support", "ann", "n", "admin")
    assert (key.models, key.tags, key.expires_ms) == (("a", "b*"), (("k", "v"),), end)
    assert await w.accounts.keys.get(key.id) == key


async def test_a_user_of_that_name_is_entered_once(w) -> None:
    await w.key(user="ann")
    await w.key(user="ann")
    users = (await w.accounts.users.list("support")).items
    assert [user.name for user in users] == ["ann"]
    assert (await w.key(user=users[0].id)).key.user == "ann"


async def test_keys_are_listed_by_team(w) -> None:
    ours = (await w.key()).key
    assert (await w.accounts.keys.list(team="support")).items == (ours,)
    assert (await w.accounts.keys.list(team="nobody")).items == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"team": "nobody"}, "no team 'nobody'", id="team"),
        pytest.param({"models": ("a*b",)}, "only at the end", id="pattern"),
        pytest.param({"tags": (("", "v"),)}, "tags is ''", id="tag"),
        pytest.param({"name": "a\nb"}, "printable", id="name"),
        pytest.param({"user": " "}, "user is ' '", id="user"),
        pytest.param({"expires_ms": 1}, "in the past", id="expiry"),
        pytest.param(
            {"expires_ms": 1_796_400_000_000_000}, "perhaps these were milliseconds", id="milliseconds"
        ),
    ],
)
async def test_a_key_that_may_not_be_leaves_nothing_behind(w, wrong, said) -> None:
    await w.key()
    before = (await w.accounts.keys.list()).items, (await w.accounts.users.list()).items
    with pytest.raises((InvalidChange, NotFound), match=said):
        await w.key(**{"user": "bob", **wrong})
    assert ((await w.accounts.keys.list()).items, (await w.accounts.users.list()).items) == before


async def test_a_patch_changes_what_it_names_at_once(w) -> None:
    issued = await w.key(models=("a",), name="old", tags=(("k", "v"),))
    credential = issued.minted.plaintext.encode()
    assert not (await w.ring.identify(credential)).allows("b")
    key = await w.accounts.keys.update(issued.key.id, KeyPatch(models=("b",)))
    assert (key.models, key.name, key.tags) == (("b",), "old", (("k", "v"),))
    assert (await w.ring.identify(credential)).allows("b")
    key = await w.accounts.keys.update(issued.key.id, KeyPatch(name="", tags=(), expires_ms=None))
    assert (key.name, key.tags, key.models) == ("", (), ("b",))


async def test_revoking_twice_is_revoking_once_and_nothing_brings_a_key_back(w) -> None:
    key_id = (await w.key()).key.id
    first = await w.accounts.keys.revoke(key_id)
    w.clock.now += 5
    assert await w.accounts.keys.revoke(key_id) == first
    with pytest.raises(InvalidChange, match="revoked, for ever"):
        await w.accounts.keys.update(key_id, KeyPatch(name="x"))
    with pytest.raises(InvalidChange, match="revoked, for ever"):
        await w.accounts.keys.rotate(key_id)


async def test_a_rotated_key_works_beside_its_successor_for_the_grace(w) -> None:
    old = await w.key(user="ann", models=("a",), tags=(("k", "v"),), role="admin", name="n")
    new = await w.accounts.keys.rotate(old.key.id, 60)
    assert (new.key.user, new.key.models, new.key.tags, new.key.role, new.key.name) == (
        *("ann", ("a",), (("k", "v"),)),
        *("admin", "n"),
    )
    assert (await w.accounts.keys.get(old.key.id)).replaced_by == new.key.id
    for issued in (old, new):
        assert await w.ring.identify(issued.minted.plaintext.encode())
    w.clock.now += 60
    assert w.ring.known(old.minted.plaintext.encode()) is None
    assert (await w.accounts.keys.get(old.key.id)).state(int(w.clock.now * 1000)) == "expired"
    assert await w.ring.identify(new.minted.plaintext.encode())


async def test_a_successor_lives_as_long_as_the_key_it_replaces_did(w) -> None:
    start = int(w.clock.now * 1000)
    old = await w.key(expires_ms=start + 100_000)
    w.clock.now += 90
    new = await w.accounts.keys.rotate(old.key.id, 60)
    assert new.key.expires_ms == start + 190_000
    assert (await w.accounts.keys.get(old.key.id)).expires_ms == start + 100_000


async def test_a_key_is_replaced_once_by_however_many_at_once(w) -> None:
    key_id = (await w.key()).key.id
    results = await asyncio.gather(
        *(w.accounts.keys.rotate(key_id, 60) for _ in range(4)), return_exceptions=True
    )
    refusals = [each for each in results if isinstance(each, InvalidChange)]
    assert len(refusals) == 3
    assert "already replaced by" in str(refusals[0])
    assert len((await w.accounts.keys.list()).items) == 2


async def test_an_expired_key_is_not_rotated_and_a_grace_has_bounds(w) -> None:
    key_id = (await w.key(expires_ms=int(w.clock.now * 1000) + 1000)).key.id
    for grace in (-1.0, float("nan"), 1e12):
        with pytest.raises(InvalidChange, match="grace is"):
            await w.accounts.keys.rotate(key_id, grace)
    w.clock.now += 1
    with pytest.raises(InvalidChange, match="is expired"):
        await w.accounts.keys.rotate(key_id)


async def test_who_does_not_exist_is_named(w) -> None:
    for ask in (w.accounts.keys.get, w.accounts.keys.revoke, w.accounts.keys.rotate):
        with pytest.raises(NotFound, match="no key with the id 'nobody'"):
            await ask("nobody")


async def test_a_key_has_limits_of_its_own_which_its_successor_keeps(w) -> None:
    key = (await w.key(limits=("requests=10/min", "5USD/month"))).key
    assert [limit.text for limit in key.limits] == ["requests=10/minute", "5USD/month"]
    assert await w.accounts.keys.get(key.id) == key
    assert await limits_of_keys(w.accounts.store.database, "support") == [(key.id, key.limits)]
    assert (await w.accounts.keys.rotate(key.id)).key.limits == key.limits
    other = (await w.key(limits=("concurrent=3",))).key
    changed = await w.accounts.keys.update(other.id, KeyPatch(limits=()))
    assert changed.limits == ()


async def test_a_principal_knows_the_limits_of_its_key(w) -> None:
    issued = await w.key(limits=("tokens=10k/day",))
    principal = await w.ring.identify(issued.minted.plaintext.encode())
    assert principal.limits == issued.key.limits


@pytest.mark.parametrize(
    "limits", [("requests",), ("nothing=3/min",), ("5USD/year",), ("requests=1/min", "requests=2/min")]
)
async def test_what_is_no_limit_makes_no_key(w, limits) -> None:
    with pytest.raises(InvalidChange, match="limits has"):
        await w.key(limits=limits)
