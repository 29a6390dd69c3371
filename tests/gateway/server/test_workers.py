"""The parent of several workers keeps them alive, tells it once, and lets them finish."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from gateway.server.listening import reserve
from gateway.server.workers import (
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Fleet,
    Membership,
    Parent,
    ending,
    pause_after,
    worker_command,
)
from tests.gateway.running import Running, running, with_tables

# A worker without a gateway: let go, it says that it listens and sleeps, or does what its number is told to.
# Its file has in its name when that was, and in it when it began.
STAND_IN = """
import os, socket, sys, time
number, listener, parent = map(int, sys.argv[-1].removeprefix("--worker=").split(","))
begun = time.monotonic_ns()
parent = socket.socket(fileno=parent)
parent.recv(1) or sys.exit(1)
print(begun, file=open(f"{os.environ['PLACE']}/{number}.{time.monotonic_ns()}", "w"), flush=True)
{first}
parent.sendall(b'{"first_key": "sk-sb-' + str(number).encode() + b'"}\\n')
{then}
"""


def fleet(
    place: Path, reserved: socket.socket, size: int, first: str = "", then: str = "time.sleep(60)"
) -> Fleet:
    code = STAND_IN.replace("{first}", first).replace("{then}", then)
    environ = {**os.environ, "PLACE": str(place)}
    return Fleet(size, reserved, [sys.executable, "-c", code], environ, 1.0, place / "metrics")


def lives(process: int) -> bool:
    """Also false of one that has ended and that nobody has asked for yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def starts(place: Path, number: int) -> int:
    return len(list(place.glob(f"{number}.*")))


async def test_a_first_worker_that_cannot_start_ends_the_parent_and_no_other_is_started(
    tmp_path: Path,
) -> None:
    told: list[str | None] = []
    with reserve("127.0.0.1", 0) as reserved:
        assert await Parent(fleet(tmp_path, reserved, 3, first="sys.exit(1)"), told.append).run() == 1
    assert told == []
    assert [starts(tmp_path, number) for number in range(3)] == [1, 0, 0]


async def test_a_worker_that_dies_while_it_loads_is_one_that_ended(tmp_path: Path) -> None:
    with reserve("127.0.0.1", 0) as reserved:
        # It never reads that it may go on, and so its end of the line is reset.
        dying = replace(
            fleet(tmp_path, reserved, 2), command=[sys.executable, "-c", "import time; time.sleep(0.2)"]
        )
        assert await Parent(dying, lambda _: None).run() == 1


async def test_the_first_worker_is_told_of_once_and_the_rest_come_after_it(tmp_path: Path) -> None:
    told: list[str | None] = []

    def tell(first_key: str | None) -> None:
        told.append(first_key)
        os.kill(os.getpid(), signal.SIGTERM)

    with reserve("127.0.0.1", 0) as reserved:
        assert await Parent(fleet(tmp_path, reserved, 2), tell).run() == 0
    assert told == ["sk-sb-0"]


def stop_when_all_went(place: Path, size: int) -> None:
    deadline = time.monotonic() + 60
    while sum(path.stat().st_size > 0 for path in place.glob("?.*")) < size and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)


def moments(place: Path, size: int) -> tuple[list[int], list[int]]:
    """When each worker began, and when it was let go, in nanoseconds."""
    found = [next(place.glob(f"{number}.*")) for number in range(size)]
    return [int(path.read_text()) for path in found], [int(path.suffix[1:]) for path in found]


async def test_the_rest_load_beside_the_first_and_go_on_after_it(tmp_path: Path) -> None:
    with reserve("127.0.0.1", 0) as reserved:
        several = fleet(tmp_path, reserved, 3, first="time.sleep(1) if number == 0 else None")
        parent = Parent(several, lambda _: None)
        done, _ = await asyncio.gather(parent.run(), asyncio.to_thread(stop_when_all_went, tmp_path, 3))
    began, went = moments(tmp_path, 3)
    assert done == 0
    assert max(began) < went[0] + 1_000_000_000 < min(went[1:])


async def test_counts_of_earlier_runs_are_cleared(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "7.json").write_text("{}")
    with reserve("127.0.0.1", 0) as reserved:
        await Parent(fleet(tmp_path, reserved, 2, first="sys.exit(1)"), lambda _: None).run()
    assert list((tmp_path / "metrics").iterdir()) == []


def test_pauses_grow_and_are_bounded() -> None:
    pauses = [pause_after(failures) for failures in range(1, 40)]
    assert pauses[0] == SHORTEST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize(("code", "said"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "SIGKILL")])
def test_an_ending_is_told_in_words(code: int, said: str) -> None:
    assert ending(code) == said


def test_a_worker_finds_what_its_parent_gave_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, reserve("127.0.0.1", 0) as reserved:
        membership = Membership.inherited(f"3,{reserved.dup().detach()},{theirs.detach()}")
        with membership.listener, membership.parent:
            assert (membership.number, membership.listener.getsockname()) == (3, reserved.getsockname())
            membership.ready("sk-sb-x")
            assert json.loads(ours.recv(100)) == {"first_key": "sk-sb-x"}
            ours.send(b"\n")
            assert membership.wait()
            ours.close()
            assert not membership.wait()


@pytest.mark.parametrize("text", ["", "1,2", "a,b,c", "0,99999,99998"])
def test_what_no_parent_gave_is_refused(text: str) -> None:
    with pytest.raises((ValueError, OSError)):
        Membership.inherited(text)


def test_a_worker_imports_nothing_from_where_the_operator_stands() -> None:
    assert worker_command(["--state", "x"])[1:] == ["-P", "-m", "gateway.cli", "serve", "--state", "x"]


# The whole, with real workers.


def workers_of(gateway: Running) -> list[int]:
    """The process ids of the workers that live."""
    children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children").read_text()
    return [int(child) for child in children.split()]


def wait_for_workers(gateway: Running, count: int, other_than: int = 0) -> list[int]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = workers_of(gateway)
        if len(found) == count and other_than not in found and all(map(listens, found)):
            return found
        time.sleep(0.05)
    pytest.fail(f"{count} workers never listened:\n{gateway.errors.read_text()}")


def wait_until_all_say(gateway: Running, name: str, value: float) -> None:
    """Each worker writes for the others how far it is, once a second."""
    deadline = time.monotonic() + 30
    while (said := {gateway.metrics()[name] for _ in range(8)}) != {value}:
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


def listens(process: int) -> bool:
    """Whether it has a listening socket: state 0A, by its inode."""
    try:
        links = [os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return False
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = {f"socket:[{line.split()[9]}]" for line in lines if line.split()[3] == "0A"}
    # One socket is its embedded simulator's.
    return len(listening.intersection(links)) == 2


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@on_linux
def test_two_workers_are_one_gateway_also_when_one_is_killed(tmp_path: Path) -> None:
    with_tables(tmp_path)
    with running(tmp_path, "--workers", "2") as gateway:
        assert gateway.said["workers"] == 2
        before = wait_for_workers(gateway, 2)
        answered = sum(gateway.chat().status_code == 200 for _ in range(12))
        assert answered == 12
        name = 'signalbox_requests_total{endpoint="chat",model="demo",status="200"}'
        assert {gateway.metrics()[name] for _ in range(8)} <= {float(n) for n in range(13)}
        wait_until_all_say(gateway, name, 12.0)
        os.kill(before[0], signal.SIGKILL)
        after = wait_for_workers(gateway, 2, other_than=before[0])
        assert before[1] in after
        assert gateway.chat().status_code == 200
        wait_until_all_say(gateway, name, 13.0)
        assert "worker" in (said := gateway.errors.read_text()) and "SIGKILL" in said
        assert gateway.end(signal.SIGINT) == 0
    assert list((tmp_path / "state" / "spool").iterdir()) == []


@on_linux
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    with_tables(tmp_path)
    # An address of its own: the port is free for any other test's server as soon as it is let go.
    with running(tmp_path, "--workers", "2", "--host", "127.0.57.1") as gateway:
        alive = wait_for_workers(gateway, 2)
        gateway.end(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while any(map(lives, alive)):
            assert time.monotonic() < deadline, "a worker outlives its parent"
            time.sleep(0.05)
        with pytest.raises(httpx.ConnectError):
            gateway.chat()
