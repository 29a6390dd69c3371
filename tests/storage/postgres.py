"""A PostgreSQL server of a test's own, from the installed binaries."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_QUICK = "-c fsync=off -c listen_addresses=127.0.0.1 -c max_connections=30"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of a running server; stopped at the end. Without binaries: a skip, in CI a failure."""
    pg_ctl = _binary("pg_ctl")
    data = folder / "pg"
    data.mkdir()
    user = _owner(data)
    run(user, _binary("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = f"-p {port} -k '' {_QUICK}"
    run(user, pg_ctl, "-D", str(data), "-o", options, "-l", str(data / "log"), "-w", "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(user, pg_ctl, "-D", str(data), "-m", "immediate", "stop")


def run(user: str | None, *command: str) -> None:
    subprocess.run(
        command,
        user=user,
        cwd="/",
        check=True,
        timeout=60,
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
    """PostgreSQL does not run as root: then the folder, and the way to it, are given to its own user."""
    if os.geteuid() != 0:
        return None
    shutil.chown(data, "postgres")
    for parent in data.parents:
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    return "postgres"
