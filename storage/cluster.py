"""The nodes of a Redis Cluster, and which node has a key, as reported by the cluster itself.

https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from redis.crc import key_slot
from redis.exceptions import AskError, ClusterCrossSlotError, MovedError, TryAgainError

from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow
from storage.node import ELSEWHERE, Command, Node, Question, sent

Address = tuple[str, int]  # host and port

_MOST_TURNS = 6  # attempts per question, including redirections
_SPLIT_SECONDS = 0.01  # between tries while a migrating slot's keys are split between two nodes


class Cluster:
    """Sends a question to the node known for its slot, and follows redirections."""

    def __init__(self, first: Node, host: str, join: Callable[[Address], Node]) -> None:
        """`first` is the known node, at that host; `join` creates further ones."""
        self._first = first
        self._host = host  # of nodes that do not report their host
        self._join = join
        self._nodes: dict[Address, Node] = {}
        self._owners: dict[int, Address] = {}  # by slot
        self._learning = asyncio.Lock()

    @property
    def known(self) -> bool:
        """Whether a node has reported the assignment of slots."""
        return bool(self._owners)

    async def ask(self, key: str | bytes, question: Question) -> Any:
        """The answer of the node that has the key. Raises StoreError."""
        slot = _slot(key)
        address = (await self._known()).get(slot)
        asking = failed = False
        for _ in range(_MOST_TURNS):
            node = self._node(address)
            try:
                return await node.ask(question, asking)
            except MovedError as moved:
                asking, address = False, self._named(moved)
                self._owners[slot] = address
            except AskError as asked:  # the slot is migrating: redirect only this once
                asking, address = True, self._named(asked)
            except TryAgainError:
                await asyncio.sleep(_SPLIT_SECONDS)
            except ClusterCrossSlotError as error:
                raise StoreConflict("Redis refused a command: its keys are in different slots.") from error
            except (StoreDown, StoreSlow):
                # Retry only if another master has taken over; nothing else is sent twice.
                if failed or not await self._learn(self._but(node)) or self._owners.get(slot) == address:
                    raise
                asking, failed, address = False, True, self._owners.get(slot)
        raise StoreDown("The nodes of the Redis cluster do not agree who has a key: it is on its way.")

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        """The reply to each command; commands of one slot run atomically."""
        if commands[0][0] == "SCAN":
            return [await self._scan(commands[0])]
        by_slot: dict[int, list[int]] = {}
        keys = [_key(command) for command in commands]
        for place, key in enumerate(keys):
            by_slot.setdefault(_slot(key), []).append(place)
        replies: list[Any] = [None] * len(commands)
        for places in by_slot.values():
            answers = await self.ask(keys[places[0]], _sending([commands[place] for place in places]))
            for place, answer in zip(places, answers, strict=True):
                replies[place] = answer
        return replies

    async def close(self) -> None:
        """Close every connection but those of the first node."""
        for node in self._nodes.values():
            await node.driver.aclose()

    async def _scan(self, command: Command) -> list[Any]:
        """Scan one node after the other. The cursor, opaque to callers, also encodes the node."""
        masters = sorted(set((await self._known()).values()))
        cursor, place = divmod(int(command[1]), len(masters))
        node = self._node(masters[place % len(masters)])
        try:
            [(following, keys)] = await node.ask(_sending([("SCAN", cursor, *command[2:])]))
        except ELSEWHERE as error:
            raise StoreDown("A node of the Redis cluster names another for its own keys.") from error
        after = int(following) * len(masters) + place if int(following) else (place + 1) % len(masters)
        return [b"%d" % after, keys]

    def _node(self, address: Address | None) -> Node:
        if address is None:
            return self._first
        node = self._nodes.get(address)
        if node is None:
            node = self._nodes[address] = self._join(address)
        return node

    def _but(self, failed: Node) -> list[Node]:
        return [node for node in (*self._nodes.values(), self._first) if node is not failed]

    def _named(self, error: AskError) -> Address:
        return error.host or self._host, error.port

    async def _known(self) -> dict[int, Address]:
        if not self._owners and not await self._learn([self._first]):
            raise StoreDown("No node of the Redis cluster says which of them has which keys.")
        return self._owners

    async def _learn(self, nodes: Iterable[Node]) -> bool:
        """Read the assignment of slots from the first node that reports it; False: none does."""
        async with self._learning:
            for node in nodes:
                try:
                    [found] = await node.ask(_sending([("CLUSTER", "SLOTS")]))
                except (StoreError, *ELSEWHERE):  # a proxy or the like redirects even this
                    continue
                owners = {}
                for first, last, (host, port, *_), *_ in found:
                    address = (host or b"").decode() or self._host, int(port)
                    owners.update(dict.fromkeys(range(int(first), int(last) + 1), address))
                self._owners = owners
                for address in set(owners.values()):
                    self._node(address)
                return bool(owners)
        return False


def _sending(commands: Sequence[Command]) -> Question:
    return partial(sent, commands)


def _key(command: Command) -> str | bytes:
    key = command[3 if str(command[0]).startswith("EVAL") else 1]
    return key if isinstance(key, bytes) else str(key)


def _slot(key: str | bytes) -> int:
    return key_slot(key.encode() if isinstance(key, str) else key)
