"""Several workers as one gateway: the parent owns the address and the workers, and serves nothing."""

import asyncio
import json
import logging
import shutil
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.server.listening import beside

log = logging.getLogger("signalbox.workers")

SETTLED_SECONDS = 60.0  # a worker that lived this long does not count as a repeated failure
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
_GO = b"\n"
FLUSH_SECONDS = 15.0  # beyond the grace period for open requests, before a worker is killed


@dataclass(frozen=True, slots=True)
class Membership:
    """A worker's side: its number, its listening socket, and its connection to the parent."""

    number: int
    listener: socket.socket
    parent: socket.socket

    @classmethod
    def inherited(cls, text: str) -> "Membership":
        """Parses what the parent passed: number and two file descriptors. Raises ValueError, OSError."""
        number, listener, parent = map(int, text.split(","))
        return cls(number, socket.socket(fileno=listener), socket.socket(fileno=parent))

    def wait(self) -> bool:
        """Blocks until the parent lets this worker open its stores; False if the parent has ended.

        The workers do what precedes this, mostly loading, at the same time.
        """
        return bool(self.parent.recv(len(_GO)))

    def ready(self, first_key: str | None) -> None:
        """Tells the parent that this worker listens."""
        self.parent.sendall(json.dumps({"first_key": first_key}).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a parent needs. `command` starts a worker; its membership is appended."""

    size: int
    reserved: socket.socket
    command: Sequence[str]
    environ: Mapping[str, str]
    drain_seconds: float
    metrics: Path  # the folder for the workers' metrics


class Parent:
    """Keeps `size` workers alive until SIGINT or SIGTERM, then lets them finish their requests."""

    def __init__(self, fleet: Fleet, tell: Callable[[str | None], None]) -> None:
        self._fleet = fleet
        self._tell = tell  # called with the first key when the first worker listens
        self._processes: dict[int, Process] = {}
        self._stopping = asyncio.Event()
        self._open = asyncio.Event()
        self._failed = False

    async def run(self) -> int:
        """The exit code: 0 if every worker ended well. A worker reports itself why it cannot start."""
        await asyncio.to_thread(_empty, self._fleet.metrics)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, self._pass_on, signal.SIGHUP)
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(self._keep(number)) for number in range(self._fleet.size)]
            await self._stopping.wait()
            self._fleet.reserved.close()
            self._pass_on(signal.SIGTERM)
            _, late = await asyncio.wait(keepers, timeout=self._fleet.drain_seconds + FLUSH_SECONDS)
            if late:
                log.error("%d workers did not end in time and are killed", len(self._processes))
                self._failed = True
                self._pass_on(signal.SIGKILL)
        return 1 if self._failed else 0

    async def _keep(self, number: int) -> None:
        """Starts a worker, and restarts it when it dies."""
        failures = 0
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            code = await self._run_once(number)
            if self._stopping.is_set():
                self._failed = self._failed or code not in (0, -signal.SIGTERM)
                return
            if not self._open.is_set():  # the very first one: whatever stops it would stop all others, too
                self._failed = True
                self._stopping.set()
                return
            lived = asyncio.get_running_loop().time() - began
            failures = 1 if lived > SETTLED_SECONDS else failures + 1
            pause = pause_after(failures)
            log.error("worker %d ended (%s); a new one starts in %g s", number, ending(code), pause)
            await _first(self._stopping, seconds=pause)

    async def _run_once(self, number: int) -> int:
        """Runs one worker to its end; its exit code, negative for a signal."""
        ours, theirs = socket.socketpair()
        with ours, theirs, beside(self._fleet.reserved) as listener:
            inherited = (listener.fileno(), theirs.fileno())
            process = self._processes[number] = await asyncio.create_subprocess_exec(
                *self._fleet.command,
                f"--worker={number},{inherited[0]},{inherited[1]}",
                env=dict(self._fleet.environ),
                pass_fds=inherited,
                stdin=asyncio.subprocess.DEVNULL,
                process_group=0,  # Ctrl-C then reaches only the parent, which passes it on once
            )
            # From here on only the worker holds its listener: if it dies, no connection queues there.
            theirs.close()
            listener.close()
            if self._stopping.is_set():
                process.terminate()
            reader, writer = await asyncio.open_connection(sock=ours)
            try:
                if number:  # only the first creates the tables, and reports why it cannot start
                    await _first(self._open, self._stopping)
                if not self._stopping.is_set():
                    writer.write(_GO)
                with suppress(ConnectionError):  # it died before it read this
                    self._heard(await reader.readline())
                return await process.wait()
            finally:
                del self._processes[number]
                writer.close()

    def _heard(self, line: bytes) -> None:
        if line and not self._open.is_set():
            self._tell(json.loads(line)["first_key"])
            self._open.set()

    def _stop(self, number: signal.Signals) -> None:
        if not self._stopping.is_set():
            log.info(
                "stopping: open requests have %g s to finish; Ctrl-C again ends them now",
                self._fleet.drain_seconds,
            )
            self._stopping.set()
        elif number == signal.SIGINT:
            self._pass_on(number)

    def _pass_on(self, number: signal.Signals) -> None:
        for process in list(self._processes.values()):
            with suppress(ProcessLookupError):
                process.send_signal(number)


def pause_after(failures: int) -> float:
    """Seconds before a worker that died this many times in a row is restarted."""
    return min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(failures - 1, 10))


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def worker_command(arguments: Sequence[str]) -> list[str]:
    """This program as a worker. `-P`: the operator's folders that are named like a room are not imported."""
    return [sys.executable, "-P", "-m", "gateway.cli", "serve", *arguments]


def _empty(folder: Path) -> None:
    """Removes the counts of earlier runs: Prometheus detects the reset of a counter."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


async def _first(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Waits until one of the events is set or the time is over."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
