"""The system's accounting: read right, and true to what a process really did."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure import Cores, Spread, cpu_seconds, family, kilobytes_of, memory, pinned, ticks_of

STAT = "{pid} ({name}) S 1 1 1 0 -1 4194560 100 200 0 0 {utime} {stime} {cutime} {cstime} 20 0 1 0 5 6 7"


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=15),
    ticks=st.tuples(*[st.integers(0, 10**9)] * 4),
)
def test_ticks_are_own_and_childrens_whatever_the_command_is_called(
    name: str, ticks: tuple[int, ...]
) -> None:
    utime, stime, cutime, cstime = ticks
    line = STAT.format(pid=1, name=name, utime=utime, stime=stime, cutime=cutime, cstime=cstime)
    assert ticks_of(line) == sum(ticks)


def test_a_rollup_is_read_by_name() -> None:
    text = "55d-7ff ---p 00000000 00:00 0   [rollup]\nRss:       1234 kB\nPss:   700 kB\nTHPeligible:    0\n"
    assert kilobytes_of(text) == {"Rss": 1234, "Pss": 700}


BUSY = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"


def test_cpu_is_what_the_process_used_and_sleep_is_not() -> None:
    code = BUSY.format(seconds=0.3) + "print('done', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        spent = cpu_seconds(process.pid)
        time.sleep(0.2)
        assert 0.28 <= spent <= 0.6
        assert cpu_seconds(process.pid) - spent <= 0.02
        process.kill()


def test_children_that_live_and_children_that_ended_are_both_counted() -> None:
    child = f"[{sys.executable!r}, '-c', {BUSY.format(seconds=0.2)!r} + 'print(1, flush=True)' + {{}}]"
    code = (
        f"import subprocess, time\nsubprocess.run({child.format(repr(''))})\n"
        f"subprocess.Popen({child.format(repr('; time.sleep(60)'))}).wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        members = family(process.pid)
        assert len(members) == 2
        assert 0.38 <= cpu_seconds(process.pid) <= 0.9
        for member in reversed(members):
            os.kill(member, 9)


def test_memory_grows_by_what_is_allocated() -> None:
    code = (
        "import sys\nprint(1, flush=True); sys.stdin.readline(); x = b'x' * 50_000_000\n"
        "print(2, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        before = memory(process.pid)
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        after = memory(process.pid)
        process.stdin.close()
    assert after.rss - before.rss == pytest.approx(50, abs=2)
    assert 0 < after.pss <= after.rss


def test_a_process_that_ended_is_an_error_not_a_zero() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(ProcessLookupError):
        cpu_seconds(process.pid)
    with pytest.raises(ProcessLookupError):
        memory(process.pid)


@pytest.mark.parametrize(
    ("available", "server", "others"),
    [([0, 1], {0}, {1}), ([3, 1, 2], {1}, {2, 3}), ([5], {5}, {5})],
    ids=["two", "three", "one, shared"],
)
def test_the_server_has_a_core_of_its_own_where_there_are_two(
    available: list[int], server: set[int], others: set[int]
) -> None:
    cores = Cores.split(available)
    assert (cores.server, cores.others) == (server, others)


def test_what_is_started_while_pinned_stays_there_and_we_do_not() -> None:
    before = os.sched_getaffinity(0)
    core = frozenset([min(before)])
    with pinned(core), subprocess.Popen(["sleep", "60"]) as process:
        assert os.sched_getaffinity(process.pid) == core
        process.kill()
    assert os.sched_getaffinity(0) == before


def test_a_spread_is_median_least_and_greatest() -> None:
    assert Spread.of([3.0, 1.0, 2.0, 10.0]) == Spread(2.5, 1.0, 10.0)
