"""Starts a server, waits until it answers, and stops it."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench import wire
from bench.measure import pinned

_POLL_SECONDS = 0.1
_STOP_SECONDS = 15.0
_LOG_TAIL = 2000


@dataclass(frozen=True, slots=True)
class Server:
    """How to start a server and how to call it."""

    name: str
    command: tuple[str, ...]
    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)  # added to our own environment
    folder: Path | None = None  # its working directory; None: ours
    patience: float = 30.0  # seconds until it must have answered

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{wire.PATH}"


@dataclass(frozen=True, slots=True)
class Running:
    """A started server that has answered its first call."""

    server: Server
    pid: int
    ready_seconds: float  # from the start to the first answer


class NotReady(Exception):
    """A server ended or did not answer; the text has the end of its log."""


@contextmanager
def running(server: Server, cores: frozenset[int]) -> Iterator[Running]:
    """Runs the server pinned to these cores; the block starts after its first answer and then stops it."""
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        with pinned(cores):
            process = subprocess.Popen(
                server.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **server.environment},
                cwd=server.folder,
                start_new_session=True,  # so that its children can be ended with it
            )
        try:
            trouble = _await_answer(server, process.poll)
            if trouble:
                log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL))
                raise NotReady(f"{server.name}: {trouble}\n{log.read().decode(errors='replace')}")
            yield Running(server, process.pid, time.monotonic() - began)
        finally:
            stop(process)


def _await_answer(server: Server, ended: Callable[[], int | None]) -> str:
    """Calls until one is answered with 200; returns the last error after the server's patience, or ""."""
    deadline = time.monotonic() + server.patience
    trouble = "nothing listened"
    with httpx.Client(timeout=10, trust_env=False) as client:
        while time.monotonic() < deadline:
            if ended() is not None:
                return f"it ended with {ended()} before it answered"
            try:
                answer = client.post(
                    server.url, content=wire.request(wire.MODEL, 1024), headers=_headers(server)
                )
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            else:
                if answer.status_code == 200:
                    return ""
                trouble = f"status {answer.status_code}: {answer.text[:300]}"
            time.sleep(_POLL_SECONDS)
    return f"no answer within {server.patience:.0f} s; last: {trouble}"


def _headers(server: Server) -> dict[str, str]:
    return {"content-type": "application/json", **server.headers}


def stop(process: subprocess.Popen[bytes], patience: float = _STOP_SECONDS) -> None:
    """Asks a process that we started to end, then kills it and its children."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # only the group created at its start
            process.wait()
