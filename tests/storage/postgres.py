"""A PostgreSQL server of a test's own, from the installed binaries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from bench.ports import free_port

_QUICK = "-c fsync=off -c listen_addresses=127.0.0.1 -c max_connections=30"
_TRIES = 5


@dataclass(frozen=True)
class PostgresServer:
    """A server that can be stopped and started again with what it holds, at the same address."""

    url: str
    port: int
    folder: Path
    user: str | None
    options: str

    def start(self) -> None:
        """Return when it takes connections."""
        self._control("-o", self.options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        """End it at once, as by a crash."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        run(self.user, _binary("pg_ctl"), "-D", str(self.folder), *arguments)


class Shared:
    """One server for all tests of a process that only need a database: started by the first of them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: PostgresServer | None = None
        self._numbers = count()

    def database(self) -> str:
        """The URL of a new one."""
        if self._server is None:
            self._server = self._stack.enter_context(postgres_server())
        server, name = self._server, f"test_{next(self._numbers)}"
        address = ("-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres")
        run(server.user, _binary("createdb"), *address, name)
        return f"{server.url.removesuffix('postgres')}{name}"

    def stop(self) -> None:
        self._stack.close()
        self._server = None


SHARED = Shared()


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database. Without binaries: a skip, in CI a failure."""
    yield SHARED.database()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server; to be running again when the block ends."""
    # Not below pytest's folder, which every run that begins closes to all other users.
    with tempfile.TemporaryDirectory(prefix="signalbox-pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        user = _owner(data)
        run(user, _binary("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
        server = _started(data, user)
        try:
            yield server
        finally:
            server.stop()


def _started(data: Path, user: str | None) -> PostgresServer:
    """A server on this folder. A port that was found free may be taken by somebody before it is used."""
    for tries_left in reversed(range(_TRIES)):
        port = free_port()
        options = f"-p {port} -k '' {_QUICK}"
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        server = PostgresServer(url, port, data, user, options)
        try:
            server.start()
        except subprocess.CalledProcessError:
            if not tries_left:
                raise
        else:
            return server
    raise AssertionError("a server starts or says why not")


def run(user: str | None, *command: str) -> None:
    subprocess.run(
        command,
        user=user,
        cwd="/",
        check=True,
        timeout=200,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def _binary(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, versions), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed, and in CI nothing is skipped")
        pytest.skip(f"{name} is not installed")
    return found


def _owner(data: Path) -> str | None:
    """PostgreSQL does not run as root: then the folder is given to its own user."""
    if os.geteuid() != 0:
        return None
    shutil.chown(data, "postgres")
    return "postgres"
