"""A Redis Cluster of a test's own: masters without replicas, whose slots can be moved."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from tests.storage.redis_server import RedisServer

_AGREE_SECONDS = 30


class RedisCluster:
    """Three nodes, each with a third of the slots."""

    def __init__(self, nodes: Sequence[RedisServer]) -> None:
        self.nodes = nodes
        self._ids = [ask(node, "CLUSTER", "MYID") for node in nodes]
        share = REDIS_CLUSTER_HASH_SLOTS // len(nodes) + 1
        self._owners = {}
        for number, node in enumerate(nodes):
            first, last = number * share, min((number + 1) * share, REDIS_CLUSTER_HASH_SLOTS) - 1
            ask(node, "CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
            self._owners.update(dict.fromkeys(range(first, last + 1), number))
            ask(node, "CLUSTER", "MEET", "127.0.0.1", str(nodes[0].port))
        self._until_all(self._knows_all)

    def owner(self, key: str) -> int:
        """The number of the node that has it."""
        return self._owners[key_slot(key.encode())]

    def begin_to_move(self, key: str, to: int) -> None:
        """Its slot is on its way: what is not at the old node any more is asked of the new one."""
        slot, source = str(key_slot(key.encode())), self.owner(key)
        ask(self.nodes[to], "CLUSTER", "SETSLOT", slot, "IMPORTING", self._ids[source])
        ask(self.nodes[source], "CLUSTER", "SETSLOT", slot, "MIGRATING", self._ids[to])

    def move_key(self, key: str, to: int) -> None:
        """One key of a slot that is on its way."""
        source = self.nodes[self.owner(key)]
        assert ask(source, "MIGRATE", "127.0.0.1", str(self.nodes[to].port), key, "0", "5000") == "OK"

    def end_move(self, key: str, to: int) -> None:
        """The slot is the new node's."""
        for node in self.nodes:
            ask(node, "CLUSTER", "SETSLOT", str(key_slot(key.encode())), "NODE", self._ids[to])
        self._owners[key_slot(key.encode())] = to

    def take_over(self, dead: int, by: int) -> None:
        """What a failover comes to: another node has the slots of one that is dead, without its keys."""
        slots = [slot for slot, owner in self._owners.items() if owner == dead]
        living = [node for number, node in enumerate(self.nodes) if number != dead]
        for node in living:
            ask(node, "CLUSTER", "DELSLOTSRANGE", str(min(slots)), str(max(slots)))
        ask(self.nodes[by], "CLUSTER", "ADDSLOTSRANGE", str(min(slots)), str(max(slots)))
        ask(self.nodes[by], "CLUSTER", "BUMPEPOCH")
        self._owners.update(dict.fromkeys(slots, by))
        for node in living:
            ask(node, "CLUSTER", "FORGET", self._ids[dead])
        self._until(living, lambda node: "cluster_slots_assigned:16384" in ask(node, "CLUSTER", "INFO"))

    def _knows_all(self, node: RedisServer) -> bool:
        """Whether it has met every other, which its own state does not say, and takes commands."""
        known, state = ask(node, "CLUSTER", "NODES"), ask(node, "CLUSTER", "INFO")
        met = all(each in known for each in self._ids) and "handshake" not in known
        return met and "cluster_state:ok" in state and "cluster_slots_assigned:16384" in state

    def _until_all(self, holds: Callable[[RedisServer], bool]) -> None:
        self._until(self.nodes, holds)

    def _until(self, nodes: Sequence[RedisServer], holds: Callable[[RedisServer], bool]) -> None:
        deadline = time.monotonic() + _AGREE_SECONDS
        while not all(holds(node) for node in nodes):
            if time.monotonic() > deadline:
                pytest.fail("the nodes do not agree")
            time.sleep(0.05)


def ask(node: RedisServer, *words: str) -> str:
    """The reply, of any length, to a command of simple words."""
    connection = socket.create_connection(("127.0.0.1", node.port), 10)
    with closing(connection), connection.makefile("rb") as reply:
        connection.sendall(" ".join(words).encode() + b"\r\n")
        line = reply.readline().decode().rstrip()
        if line[0] == "$":
            return reply.read(int(line[1:])).decode()
        assert line[0] != "-", line
        return line[1:]


@contextmanager
def redis_cluster(folder: Path) -> Iterator[RedisCluster]:
    """Three running nodes; killed at the end."""
    options = ("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no")
    servers = []
    try:
        for number in range(3):
            home = folder / f"node-{number}"
            home.mkdir()
            servers.append(RedisServer(home, *options, "--cluster-node-timeout", "2000"))
        yield RedisCluster(servers)
    finally:
        for server in servers:
            server.kill()
