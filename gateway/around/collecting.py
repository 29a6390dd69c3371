"""A stand-in for a caller: collects a whole answer for work that no client waits for."""

from dataclasses import replace

from gateway.call import Call
from gateway.frames import Head
from gateway.identifying import Keys
from ledger.naming import dump_tags
from ledger.principal import Principal


class Collected:
    """A sink for one whole answer. `head` is set once the answer has begun."""

    head: Head
    paused = False

    def __init__(self) -> None:
        self.body = b""

    def begin(self, head: Head, data: bytes) -> None:
        self.head, self.body = head, data

    def hold(self, head: Head, data: bytes) -> None:
        raise AssertionError("nobody waits for an answer that is no stream")

    def write(self, data: bytes) -> None:
        self.body += data

    def end(self) -> None:
        """The answer is complete."""

    async def drained(self) -> None:
        """Returns at once: there is always room."""


class Holder(Keys):
    """The key on whose behalf background work goes on; looked up each time, since it may be revoked."""

    def __init__(self, keys: Keys, key_id: str, tag: tuple[str, str]) -> None:
        """`tag` is the name and value of the tag that marks its rows."""
        self._keys = keys
        self._key_id = key_id
        self._tag = tag

    async def identify(self, call: Call) -> Principal:
        """The principal, with the tag for its rows."""
        return await self.principal()

    async def principal(self) -> Principal:
        """As `identify`, without a call."""
        held = await self._keys.holder_of(self._key_id)
        tags = tuple(sorted({**dict(held.tags), self._tag[0]: self._tag[1]}.items()))
        return replace(held, tags=tags, tags_json=dump_tags(tags) or "")
