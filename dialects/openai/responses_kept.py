"""Finds the objects of a Responses answer that its vendor stores."""

from collections.abc import Iterator
from typing import Any

import msgspec

from dialects.errors import UNREADABLE
from dialects.sse import data_of, events


class _Request(msgspec.Struct, frozen=True, gc=False):
    store: Any = None


class _Output(msgspec.Struct, frozen=True, gc=False):
    id: Any = None
    container_id: Any = None


class _Response(msgspec.Struct, frozen=True, gc=False):
    id: Any = None
    store: Any = None
    output: list[_Output] = []


class _Event(msgspec.Struct, frozen=True, gc=False):
    type: Any = None
    response: _Response | None = None
    item: _Output | None = None


_REQUEST = msgspec.json.Decoder(_Request)
_RESPONSE = msgspec.json.Decoder(_Response)
_EVENT = msgspec.json.Decoder(_Event)


def stores(body: bytes) -> bool:
    """Whether the vendor will store the answer to a request; False if the body is not a request."""
    try:
        return _REQUEST.decode(body).store is not False
    except UNREADABLE:
        return False


def kept_in(body: bytes) -> list[str]:
    """The ids of a whole answer, its items and its containers that the vendor stores."""
    try:
        return _ids(_RESPONSE.decode(body))
    except UNREADABLE:
        return []


def _ids(response: _Response) -> list[str]:
    kept = response.store is not False
    found = [response.id] if kept and isinstance(response.id, str) else []
    return [*found, *(each for item in response.output for each in _ids_of(item, kept=kept))]


def _ids_of(item: _Output, *, kept: bool) -> Iterator[str]:
    """Ids of an item; its container exists for some time even if the answer is not stored."""
    if kept and isinstance(item.id, str):
        yield item.id
    if isinstance(item.container_id, str):
        yield item.container_id


class KeptInStream:
    """The same for a stream, fed with one or more complete events at a time."""

    def __init__(self) -> None:
        self._off = False

    def feed(self, data: bytes) -> list[str]:
        """The stored ids in these events."""
        if b"response.created" not in data and b"response.output_item.added" not in data:
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
        if event.type == "response.output_item.added" and event.item is not None:
            return list(_ids_of(event.item, kept=not self._off))
        return []
