"""What was masked in what a vendor keeps: kept under lock, so that later turns give it back."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from config.retention import RetentionFacts
from dialects.errors import UNREADABLE
from ledger.principal import Principal

if TYPE_CHECKING:
    from gateway.contents.vault import Content, Vault

log = logging.getLogger("signalbox.responses")

_STORE = "masks"  # what such contents are told apart by
_MOST_WAITING = 32 * 1024 * 1024  # characters; while the database is away so long, more is not kept
_BATCH = 200
Values = Mapping[str, str]  # by placeholder


class _Kept(msgspec.Struct, frozen=True):
    user: str
    values: dict[str, str]


class _Waiting(NamedTuple):
    who: Principal
    values: Values
    at_ms: int
    ttl: float  # seconds

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in self.values.items()) + 500


class Masks:
    """One for a process. What is kept here is given back to the person alone who said it."""

    def __init__(self, vault: Callable[[], Awaitable["Vault"]]) -> None:
        self._vault = vault
        self._waiting: dict[str, _Waiting] = {}  # by response, or item of one
        self._size = 0

    def put(self, ids: Sequence[str], waiting: _Waiting) -> None:
        """These hold placeholders of such values."""
        for each in ids:
            if self._size + waiting.size > _MOST_WAITING:
                log.warning("what was masked in a response is not kept: the database is away for too long")
                return
            if each not in self._waiting:
                self._waiting[each] = waiting
                self._size += waiting.size

    async def of(self, ids: Iterable[str], who: Principal) -> dict[str, str]:
        """What stands behind the placeholders of these, where this person said it. Raises StoreError."""
        found: dict[str, str] = {}
        vault: Vault | None = None
        for each in ids:
            if (waiting := self._waiting.get(each)) is not None:
                if _same(who, waiting.who.team, waiting.who.key_id, waiting.who.user):
                    found.update(waiting.values)
                continue
            vault = vault or await self._vault()
            found.update(await _opened(vault, each, who))
        return found

    async def write(self) -> None:
        """Write what waits. Raises StoreError; then it waits on. Nothing is kept without a key to lock it."""
        if not self._waiting:
            return
        vault = await self._vault()
        while some := list(self._waiting.items())[:_BATCH]:
            rows = [_content(name, waiting, vault.form) for name, waiting in some]
            await vault.keep(rows, some[0][1].at_ms)
            for name, waiting in some:
                if self._waiting.pop(name, None) is not None:
                    self._size -= waiting.size


def waiting(who: Principal, values: Values, at_ms: int, retention: RetentionFacts) -> _Waiting | None:
    """What of a call is to be put down; None where nothing is."""
    if not values or not retention.keys:
        return None
    return _Waiting(who, dict(values), at_ms, retention.responses)


def _content(name: str, waiting: _Waiting, content: type["Content"]) -> "Content":
    text = msgspec.json.encode(_Kept(waiting.who.user, dict(waiting.values)))
    who, expires = waiting.who, waiting.at_ms + int(waiting.ttl * 1000)
    return content(_place(name), waiting.at_ms, expires, who.team, who.key_id, _STORE, text)


async def _opened(vault: "Vault", name: str, who: Principal) -> Values:
    try:
        found = await vault.read(_place(name))
        if found is None:
            return {}
        row, text = found
        kept = msgspec.json.decode(text, type=_Kept)
    except (*vault.refusals, *UNREADABLE):
        return {}
    return kept.values if _same(who, row.team, row.key_id, kept.user) else {}


def _same(who: Principal, team: str, key_id: str, user: str) -> bool:
    return who.team == team and (who.key_id == key_id or who.user == user != "")


def _place(name: str) -> str:
    """Where it lies among contents: ids of vendors may be longer than those of requests."""
    return f"{_STORE}-{hashlib.sha256(name.encode()).hexdigest()[:48]}"
