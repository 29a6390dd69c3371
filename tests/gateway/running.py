"""A gateway as its operator runs it: a process of its own, asked over real sockets."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import tables
from tests.nursery import Child, nursery
from tests.nursery import command as nursery_command

ROOT = Path(__file__).parents[2]
END_SECONDS = 120


@dataclass
class Running:
    process: Child
    said: dict[str, Any]  # its JSON banner
    errors: Path  # its standard error

    @property
    def address(self) -> str:
        return str(self.said["address"])

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.said['first_key']}"}

    def chat(self, model: str = "demo", **more: Any) -> httpx.Response:
        body = {"model": model, "messages": [{"role": "user", "content": "Hello!"}], **more}
        return httpx.post(f"{self.address}/v1/chat/completions", json=body, headers=self.headers, timeout=20)

    def metrics(self) -> dict[str, float]:
        """Every sample by its name with labels, asked over a connection of its own."""
        lines = httpx.get(f"{self.address}/metrics").text.splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines)
            if name[0] != "#"
        }

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(END_SECONDS)


def environment(state: Path, **more: str) -> dict[str, str]:
    """What a process of this checkout needs, without any vendor's key."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(state), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "gateway.cli", *arguments]


def with_tables(place: Path) -> None:
    """Tables in the state directory, so that a start need not make them, which takes a second."""
    state = place / "state"
    state.mkdir(exist_ok=True)
    tables.put(state / "signalbox.db", versioned=True)


@contextlib.contextmanager
def running(place: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Running]:
    """`signalbox serve` on a free port, with its state and working directory in `place`."""
    errors = place / "errors.txt"
    with errors.open("w") as sink:
        process = nursery().start(
            ("serve", "--json", "--port", "0", "--state", str(place / "state"), *arguments),
            place,
            {**environment(place), **(environ or {})},
            sink,
        )
    with process.stdout:
        try:
            line = process.stdout.readline()
            assert line, errors.read_text()
            yield Running(process, json.loads(line), errors)
        finally:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(END_SECONDS)
            process.kill()


def spoken(
    place: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a command says, and how it ends."""
    return nursery_command(arguments, place, {**environment(place), **(environ or {})})


def refused(place: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """What a command that must fail says on standard error; it must end with 1 and print nothing else."""
    done = spoken(place, *arguments, environ=environ)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr
