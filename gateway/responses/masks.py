"""The masked values of responses stored at vendors, encrypted, so that later turns restore them."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from dialects.errors import UNREADABLE
from gateway.call import Call
from ledger.principal import Principal

if TYPE_CHECKING:
    from gateway.contents.vault import Content, Vault

log = logging.getLogger("signalbox.responses")

_STORE = "masks"  # marks such contents, together with a digest of their call
_TAG = 11  # hexadecimal digits of that digest: with _STORE, 16 characters
_ITEMS = f"{_STORE}-"  # prefix of the ids of a response's or an item's values
_TURNS = "masksof"  # prefix of the ids of a conversation's turns
_MOST_WAITING = 32 * 1024 * 1024  # characters; beyond it, values are dropped if the database is away
_BATCH = 200
_HALF = 24  # hexadecimal digits
Values = Mapping[str, str]  # by placeholder


class _Kept(msgspec.Struct, frozen=True):
    user: str
    values: dict[str, str]


class _Waiting(NamedTuple):
    who: Principal
    values: Values
    at_ms: int
    ttl: float  # seconds
    call: str

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in self.values.items()) + 500

    def shown_to(self, who: Principal) -> Values:
        mine = _same(who, self.who.team, self.who.key_id, self.who.user)
        return self.values if mine else {}


class Masks:
    """A process's masked values, waiting and stored. Returned only to the key or user that sent them."""

    def __init__(self, vault: Callable[[], Awaitable["Vault"]]) -> None:
        self._vault = vault
        self._waiting: dict[str, _Waiting] = {}  # by id among contents
        self._size = 0

    def put(self, ids: Sequence[str], who: Principal, call: Call) -> None:
        """Store a call's masked values, its own and continued ones, for these responses or items."""
        if (kept := waiting(who, call.masked or {}, call)) is not None:
            for each in ids:
                self._put(_place(each), kept)

    def add(self, conversation: str, who: Principal, call: Call, earlier: Values) -> None:
        """Store what a call adds to a conversation: the values not among `earlier` ones."""
        new = {name: value for name, value in (call.masked or {}).items() if name not in earlier}
        if (kept := waiting(who, new, call)) is not None:
            self._put(_turns(conversation) + _digest(call.id)[:_HALF], kept)

    def _put(self, place: str, waiting: _Waiting) -> None:
        if place in self._waiting:
            return
        if self._size + waiting.size > _MOST_WAITING:
            log.warning(
                "masked values of a response are not stored: the database is unavailable for too long"
            )
            return
        self._waiting[place] = waiting
        self._size += waiting.size

    async def of(self, ids: Iterable[str], who: Principal, conversations: Iterable[str] = ()) -> Values:
        """These ids' values by placeholder, if sent by the same key or user. Raises StoreError."""
        found: dict[str, str] = {}
        for each in ids:
            place = _place(each)
            if (waiting := self._waiting.get(place)) is not None:
                found |= waiting.shown_to(who)
            else:
                found |= await _opened(await self._vault(), place, who)
        for each in conversations:
            turns = _turns(each)
            for place, waiting in self._waiting.items():  # before the vault: writes may move them there
                if place.startswith(turns):
                    found |= waiting.shown_to(who)
            for row, text in await (await self._vault()).read_all(turns):
                found |= _shown(row, text, who)
        return found

    async def forget(self, name: str) -> None:
        """Drop the values of a deleted response, with its items, or conversation. Raises StoreError."""
        place, turns = _place(name), _turns(name)
        held = self._waiting.get(place)
        for each, waits in list(self._waiting.items()):
            of_response = held is not None and waits.call == held.call and each.startswith(_ITEMS)
            if each.startswith(turns) or of_response:
                self._size -= self._waiting.pop(each).size
        vault = await self._vault()
        await vault.drop_beside(place, _ITEMS)
        await vault.drop_all(turns)

    async def write(self) -> None:
        """Write what waits, encrypted. Raises StoreError; then the rest keeps waiting."""
        if not self._waiting:
            return
        vault = await self._vault()
        while some := list(self._waiting.items())[:_BATCH]:
            rows = [_content(name, waiting, vault.form) for name, waiting in some]
            await vault.keep(rows, some[0][1].at_ms)
            for name, waiting in some:
                if self._waiting.pop(name, None) is not None:
                    self._size -= waiting.size


def waiting(who: Principal, values: Values, call: Call) -> _Waiting | None:
    """A call's values to store; None if there are none, or no encryption key."""
    retention = call.deployment.catalog.retention
    if not values or not retention.keys:
        return None
    return _Waiting(who, dict(values), call.at_ms, retention.responses, _digest(call.id)[:_TAG])


def _content(place: str, waiting: _Waiting, content: type["Content"]) -> "Content":
    text = msgspec.json.encode(_Kept(waiting.who.user, dict(waiting.values)))
    who, expires = waiting.who, waiting.at_ms + int(waiting.ttl * 1000)
    return content(place, waiting.at_ms, expires, who.team, who.key_id, f"{_STORE}{waiting.call}", text)


async def _opened(vault: "Vault", place: str, who: Principal) -> Values:
    try:
        found = await vault.read(place)
    except vault.refusals:
        return {}
    return {} if found is None else _shown(*found, who)


def _shown(row: Any, text: bytes, who: Principal) -> Values:
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except UNREADABLE:
        return {}
    return kept.values if _same(who, row.team, row.key_id, kept.user) else {}


def _same(who: Principal, team: str, key_id: str, user: str) -> bool:
    return who.team == team and (who.key_id == key_id or who.user == user != "")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _place(name: str) -> str:
    """Its id among contents: a digest, because vendors' ids may be longer than those of requests."""
    return f"{_ITEMS}{_digest(name)[: 2 * _HALF]}"


def _turns(conversation: str) -> str:
    """The id prefix of a conversation's turns: letters and digits, which all databases sort alike."""
    return _TURNS + _digest(conversation)[:_HALF]
