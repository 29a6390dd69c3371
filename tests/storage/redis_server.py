"""A Redis server of a test's own, from the installed binary, that can be frozen, flushed and killed."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from bench.ports import EPHEMERAL, free_port

_START_SECONDS = 60
_TRIES = 5  # somebody else may take a port that was found free
_BUS = 10_000  # this far above its own is the port at which a node hears the others


class RedisServer:
    """Listens on a port of its own until it is killed; started again it is empty."""

    def __init__(self, folder: Path, *options: str) -> None:
        """`options` are the command's own."""
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if binary is None:
            if os.environ.get("CI"):
                pytest.fail("redis-server is not installed, and in CI nothing is skipped")
            pytest.skip("redis-server is not installed")
        self._binary: str = binary
        self._folder = folder
        self._options = options
        self.port = 0
        for _ in range(_TRIES):
            self.port = _free_port(with_bus="--cluster-enabled" in options)
            if self._started():
                break
        else:
            pytest.fail("redis-server did not start")
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Return when it answers."""
        if not self._started():
            pytest.fail("redis-server did not start")

    def _started(self) -> bool:
        """Whether it answers at last; False when it has ended, as where its port is somebody else's."""
        self._process = subprocess.Popen(
            [
                self._binary,
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                *self._options,
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self.command("PING") == b"+PONG":
                    return self._process.poll() is None
            except OSError:
                time.sleep(0.02)
        self.kill()
        return False

    def command(self, *words: str) -> bytes:
        """The first line of the reply to a simple command."""
        with closing(socket.create_connection(("127.0.0.1", self.port), 5)) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.recv(65_536).split(b"\r\n")[0]

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def _free_port(with_bus: bool) -> int:
    while True:
        if not with_bus:
            return free_port()
        port = free_port(EPHEMERAL - _BUS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port + _BUS)):
            return port


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running server; killed at the end. Without a binary: a skip, in CI a failure."""
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.kill()
