"""What a Responses request names that its vendor keeps, and what of an answer it keeps."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from dialects.errors import UNREADABLE
from dialects.openai.common import decode_request
from dialects.sse import data_of, events


class Named(NamedTuple):
    """By their ids, each with the member that names it.

    `sought`: only its vendor can say what they hold. `shown`: what they hold is in the request beside the id,
    which a vendor may still follow.
    """

    sought: tuple[tuple[str, str], ...]
    shown: tuple[tuple[str, str], ...]
    stores: bool  # whether the answer is to be kept


class _Item(msgspec.Struct, frozen=True, gc=False):
    type: Any = None
    id: Any = None
    role: Any = None
    encrypted_content: Any = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    previous_response_id: Any = None
    conversation: Any = None
    store: Any = None
    input: msgspec.Raw = msgspec.Raw(b"null")


class _Output(msgspec.Struct, frozen=True, gc=False):
    id: Any = None


class _Response(msgspec.Struct, frozen=True, gc=False):
    id: Any = None
    store: Any = None
    output: list[_Output] = []


class _Event(msgspec.Struct, frozen=True, gc=False):
    type: Any = None
    response: _Response | None = None
    item: _Output | None = None


_REQUEST = msgspec.json.Decoder(_Request)
_ITEMS = msgspec.json.Decoder(list[_Item])
_ANYTHING = msgspec.json.Decoder(list[Any])
_RESPONSE = msgspec.json.Decoder(_Response)
_EVENT = msgspec.json.Decoder(_Event)


def named(body: bytes) -> Named:
    """What of a request's names lead to things that are kept.

    Raises Malformed where it cannot be read, as with a number beyond every bound: a vendor might read on.
    """
    request = decode_request(_REQUEST, body)
    sought = [("previous_response_id", request.previous_response_id)]
    held = request.conversation
    sought.append(("conversation", held.get("id") if isinstance(held, dict) else held))
    shown: list[tuple[str, Any]] = []
    for number, item in enumerate(_items(bytes(request.input))):
        kind, place = item.type, f"input.{number}.id"
        # https://platform.openai.com/docs/api-reference/responses/create: the type may be left out.
        if kind == "item_reference" or kind is None and item.role is None:
            sought.append((place, item.id))
        elif kind == "reasoning" and not item.encrypted_content:
            shown.append((place, item.id))  # OpenAI reads what was thought by the id
    return Named(tuple(_texts(sought)), tuple(_texts(shown)), request.store is not False)


def _texts(found: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    return ((place, name) for place, name in found if isinstance(name, str) and name)


def _items(given: bytes) -> list[_Item]:
    if not given.startswith(b"["):
        return []
    try:
        return _ITEMS.decode(given)
    except UNREADABLE:  # not all of them are objects, which some vendor may take all the same
        items = decode_request(_ANYTHING, given)
        return [msgspec.convert(item, _Item) for item in items if isinstance(item, dict)]


def kept_in(body: bytes) -> list[str]:
    """The ids of a whole answer and of its items, where its vendor keeps them."""
    try:
        return _ids(_RESPONSE.decode(body))
    except UNREADABLE:
        return []


def _ids(response: _Response) -> list[str]:
    if response.store is False:
        return []
    return [each for each in (response.id, *(item.id for item in response.output)) if isinstance(each, str)]


class KeptInStream:
    """The same of a stream, fed event by event or several at once."""

    def __init__(self) -> None:
        self._off = False

    def feed(self, data: bytes) -> list[str]:
        """The ids that came with it."""
        if self._off or b"response.created" not in data and b"response.output_item.added" not in data:
            return []
        return [each for event in events(data) for each in self._told(data_of(event) or b"")]

    def _told(self, said: bytes) -> list[str]:
        try:
            event = _EVENT.decode(said)
        except UNREADABLE:
            return []
        if event.type == "response.created" and event.response is not None:
            self._off = event.response.store is False
            return _ids(event.response)
        if event.type == "response.output_item.added" and not self._off and event.item is not None:
            return [event.item.id] if isinstance(event.item.id, str) else []
        return []
