"""Programs of ours that start quickly: forked off one process that has loaded what every start loads.

A start from nothing takes two seconds of a processor, of which the tests would spend half of their time. What
comes after the loading is the same: a process of its own with its own files, sockets and signals. It ends as
a program does, but does not take apart what was loaded: for that half of its memory would be copied first.
"""

import array
import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from config.schema import Document
from tests import tables

ROOT = Path(__file__).parents[1]
_MOST_BYTES = 256 * 1024  # of one order
_LOOK_SECONDS = 0.01
COMMAND_SECONDS = 120.0
LOADED = (
    "gateway.cli.entry",
    "gateway.cli.serve",
    "gateway.cli.simulate",
    "gateway.cli.main",
    "gateway.server.process",
    "gateway.agents.parts",
    "aiosqlite",
    "anyio._backends._asyncio",
    "greenlet",
    "httpcore",
    "pydantic.type_adapter",
    "typer._adapters",
    "uvicorn.lifespan.off",
)
# Has the nursery fork the command, hands on what it is sent and ends as that does.
PROGRAM = """\
#!{python} -IS
import array, json, os, signal, socket, sys, time
line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
line.connect({door!r})
def ask(order, *files):
    passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
    line.sendmsg([json.dumps(order).encode()], passed)
    return json.loads(line.recv(65536))
pid = ask({{"arguments": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}, 1, 2, 0)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
while (status := ask({{"poll": pid}})["status"]) is None:
    time.sleep(0.01)
if status < 0:
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)
"""
FOLDERS = ("gateway.vendors", "routing.strategies", "guardrails.guards")


class Child:
    """A program that was forked off; as far as the tests go, what `subprocess.Popen` gives."""

    def __init__(self, nursery: "Nursery", pid: int, stdout: IO[bytes]) -> None:
        self._nursery = nursery
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, once it has ended; as Popen, less than zero for a signal."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"poll": self.pid})["status"]
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status. Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() >= deadline:
                assert timeout is not None
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(_LOOK_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that loads and forks; it ends with this one. `place` has `signalbox`, for a PATH.

    Processes that are forked off this one may use it as well.
    """

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._speaker = os.getpid()  # whose the line is
        self._lock = threading.Lock()
        self.place = Path(tempfile.mkdtemp(prefix="signalbox-nursery-"))
        door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, door:
            door.bind(str(self.place / "door"))
            door.listen()
            given = (theirs.fileno(), door.fileno())
            self._process = subprocess.Popen(
                (sys.executable, "-m", "tests.nursery", *map(str, given), str(tables.template())),
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
                pass_fds=given,
                stdin=subprocess.DEVNULL,
            )
        program = self.place / "signalbox"
        program.write_text(PROGRAM.format(python=sys.executable, door=str(self.place / "door")))
        program.chmod(0o755)

    def start(self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], errors: IO[Any]) -> Child:
        """`signalbox` with these arguments, its standard output a pipe."""
        ours, theirs = os.pipe()
        order = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}
        try:
            pid = self.ask(order, theirs, errors.fileno())
        finally:
            os.close(theirs)
        return Child(self, pid, os.fdopen(ours, "rb"))

    def ask(self, order: Mapping[str, Any], *files: int) -> Any:
        with self._lock:
            if self._speaker != os.getpid():
                self._come_by_the_door()
            passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
            self._line.sendmsg([json.dumps(order).encode()], passed)
            return json.loads(self._line.recv(_MOST_BYTES))

    def _come_by_the_door(self) -> None:
        """On one line the answers to two would be mixed up."""
        self._line.close()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(str(self.place / "door"))
        self._speaker = os.getpid()

    def close(self) -> None:
        self._line.close()
        self._process.wait(20)
        shutil.rmtree(self.place, ignore_errors=True)


def command(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What `signalbox` with these arguments has said, and how it ended."""
    with tempfile.TemporaryFile() as errors:
        child = nursery().start(arguments, cwd, env, errors)
        with child.stdout:
            said = child.stdout.read().decode()
        status = child.wait(COMMAND_SECONDS)
        errors.seek(0)
        return subprocess.CompletedProcess(list(arguments), status, said, errors.read().decode())


@cache
def nursery() -> Nursery:
    """The one of this process, and of those that it has forked since."""
    made = Nursery()
    atexit.register(made.close)
    return made


def load() -> None:
    """Load and make here, once, what a gateway or a simulator loads and makes whenever it starts."""
    for name in LOADED:
        importlib.import_module(name)
    for folder in FOLDERS:
        for one in pkgutil.iter_modules(importlib.import_module(folder).__path__):
            importlib.import_module(f"{folder}.{one.name}")
    Document.model_rebuild()


def obey(line: socket.socket, door: socket.socket) -> bool:
    """Fork for each order until nobody orders any more; True in a child, which is then its program.

    Who comes by the door orders as the maker of this process does, and may go before it.
    """
    lines = [line]
    while True:
        for ready in select.select([*lines, door], [], [])[0]:
            if ready is door:
                lines.append(door.accept()[0])
                continue
            said, files, _, _ = socket.recv_fds(ready, _MOST_BYTES, 3)
            if said:
                answer = _obeyed(json.loads(said), files)
                if answer == 0:
                    for each in (*lines, door):
                        each.close()
                    return True
                ready.send(json.dumps(answer).encode())
            elif ready is line:
                return False
            else:
                lines.remove(ready)
                ready.close()


def _obeyed(order: Mapping[str, Any], files: Sequence[int]) -> Any:
    """The answer; 0 in a child."""
    if "poll" in order:
        return {"status": _status(order["poll"])}
    pid = os.fork()
    if pid == 0:
        _become(order, files)
        return 0
    for each in files:
        os.close(each)
    return pid


def _status(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(order: Mapping[str, Any], files: Sequence[int]) -> None:
    for descriptor, file in zip((1, 2, 0), files, strict=False):  # some have no input to give
        os.dup2(file, descriptor)
        os.close(file)
    # Of its own, as a program's are: those of the nursery remember what kind of file it was given.
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding=sys.stderr.encoding, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = ["signalbox", *order["arguments"]]


def run(program: Callable[[], object]) -> None:
    """Ends the process as the program says; with what the interpreter does then but the last of it."""
    status = 0
    try:
        program()
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        status = ended.code or 0
    threading._shutdown()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)  # which says so
    os._exit(status)


if __name__ == "__main__":
    load()
    tables.use(Path(sys.argv[3]))
    gc.collect()
    gc.freeze()  # else a child that looks for garbage copies every page
    if obey(socket.socket(fileno=int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))):
        run(importlib.import_module("gateway.cli.entry").main)
