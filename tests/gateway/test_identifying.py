"""Who calls is proved from memory if it can be; a store that is away is never the caller's fault."""

from typing import Any, cast

import pytest

from gateway.errors import Unauthenticated, Unavailable
from gateway.identifying import Keys
from ledger.credentials import UnknownKey
from ledger.keyring import KeyRing
from ledger.principal import Principal
from storage.errors import StoreDown, StoreSlow

SOMEBODY = Principal("k", "key", "caller", "u", "t", "o")


class Ring:
    """Knows one credential by heart; asks about the others, with the outcome it was given."""

    def __init__(self, outcome: Principal | Exception) -> None:
        self.outcome = outcome
        self.asked: list[bytes] = []

    def known(self, credential: bytes, digest: bytes = b"") -> Principal | None:
        return SOMEBODY if credential == b"known" else None

    async def holder_of(self, key_id: str) -> Principal:
        return await self.identify(key_id.encode())

    async def identify(self, credential: bytes) -> Principal:
        self.asked.append(credential)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Call:
    """Just the credential of one."""

    def __init__(self, credential: bytes) -> None:
        self.credential = credential
        self.digest = b""


def keys(outcome: Principal | Exception = SOMEBODY) -> tuple[Keys, Ring]:
    ring = Ring(outcome)
    return Keys(cast(KeyRing, ring)), ring


async def test_a_known_key_asks_nobody() -> None:
    known, ring = keys(StoreDown("away"))
    assert await known.identify(cast(Any, Call(b"known"))) is SOMEBODY
    assert await known.holder(b"known") is SOMEBODY
    assert ring.asked == []


async def test_an_unknown_key_is_looked_up() -> None:
    known, ring = keys()
    assert await known.identify(cast(Any, Call(b"new"))) is SOMEBODY
    assert await known.holder(b"newer") is SOMEBODY
    assert ring.asked == [b"new", b"newer"]


@pytest.mark.parametrize("reason", ["missing", "malformed"])
async def test_a_key_of_nobody_is_refused_with_the_reason(reason: Any) -> None:
    known, _ = keys(UnknownKey(reason))
    with pytest.raises(Unauthenticated) as refused:
        await known.identify(cast(Any, Call(b"bad")))
    assert refused.value.message == UnknownKey(reason).message


@pytest.mark.parametrize(
    "failure", [StoreDown("secret host"), StoreSlow("secret host")], ids=["down", "slow"]
)
async def test_a_store_that_is_away_is_503_and_never_401(failure: StoreDown) -> None:
    known, _ = keys(failure)
    with pytest.raises(Unavailable) as refused:
        await known.ask(b"new")
    assert refused.value.status == 503
    assert "secret" not in refused.value.message
    assert refused.value.__cause__ is failure


async def test_who_proved_a_key_before_is_found_by_its_id() -> None:
    known, ring = keys()
    assert await known.holder_of("k") is SOMEBODY
    assert ring.asked == [b"k"]
    for failure, shown in ((UnknownKey("revoked"), Unauthenticated), (StoreDown("away"), Unavailable)):
        with pytest.raises(shown):
            await keys(failure)[0].holder_of("k")
