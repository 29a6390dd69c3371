"""A limit holds for what is slow by itself, and for nothing that only the machine makes slow."""

import os
import subprocess
import sys
import threading
import time

import pytest

from tests import patience
from tests.patience import TRIES, Calm, TooLong, Watch, patient, until, within

SPIN = "import os\nos.sched_setaffinity(0, {%d})\nprint(1, flush=True)\nwhile True: pass\n"


def has_pressure() -> bool:
    return os.path.exists("/proc/pressure/cpu")


def test_what_is_slow_takes_too_long() -> None:
    with within(5):
        pass
    with pytest.raises(TooLong, match=r"^\d+\.\d{3} s, at most 0\.05 are allowed"), within(0.05):
        time.sleep(0.5)


def test_what_fails_for_another_reason_says_so() -> None:
    with pytest.raises(ValueError, match="other"), within(0.0):
        raise ValueError("other")


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="the kernel does not count it")
def test_waiting_for_a_processor_does_not_count() -> None:
    usual = os.sched_getaffinity(0)
    one = min(usual)
    rivals = [subprocess.Popen((sys.executable, "-c", SPIN % one), stdout=subprocess.PIPE) for _ in range(3)]
    try:
        os.sched_setaffinity(0, {one})
        for rival in rivals:
            assert rival.stdout is not None
            assert rival.stdout.readline()
        watch, began, worked = Watch(), time.monotonic(), time.thread_time()
        while time.thread_time() - worked < 0.2:
            pass
        took = time.monotonic() - began
        assert took > 0.3
        assert watch.seconds() < took * 0.75
        other = Watch(rivals[0].pid)
        time.sleep(0.3)
        assert other.seconds() < 0.25
        calm, began = Calm(), time.monotonic()
        time.sleep(2.5)  # the kernel counts such waits every two seconds
        assert not has_pressure() or calm.seconds() < (time.monotonic() - began) * 0.75
    finally:
        os.sched_setaffinity(0, usual)
        for rival in rivals:
            rival.kill()
            rival.communicate()


def test_where_the_kernel_says_nothing_all_counts() -> None:
    watch = Watch(2**22 + 1)
    time.sleep(0.05)
    assert watch.seconds() >= 0.05


async def test_what_comes_by_turns_or_late_is_waited_for_and_what_does_not_come_is_said() -> None:
    turns: list[int] = []

    def third() -> bool:
        turns.append(1)
        return len(turns) == 3

    await until(third)
    came = threading.Event()
    timer = threading.Timer(0.3, came.set)
    timer.start()
    await until(came.is_set)
    timer.join()
    with pytest.raises(AssertionError, match="it did not come"):
        await until(lambda: False, 0.02)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        assert seconds > 0

    monkeypatch.setattr(patience.asyncio, "sleep", at_once)
    monkeypatch.setattr(patience.time, "sleep", lambda seconds: None)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(("late", "passes"), [(0, True), (TRIES - 1, True), (TRIES, False)])
async def test_only_what_always_takes_too_long_fails(late: int, passes: bool) -> None:
    tries: list[str] = []

    @patient
    def plain(word: str) -> None:
        tries.append(word)
        if len(tries) <= late:
            raise TooLong

    @patient
    async def awaited(*, word: str) -> None:
        plain.__wrapped__(word)  # type: ignore[attr-defined]

    for begin in (lambda: plain("a"), lambda: awaited(word="b")):
        tries.clear()
        try:
            if (waiting := begin()) is not None:
                await waiting
        except TooLong:
            assert not passes
        else:
            assert passes
        assert len(tries) == min(late + 1, TRIES)


@pytest.mark.usefixtures("hurried")
def test_what_is_wrong_is_not_tried_again() -> None:
    tries: list[int] = []

    @patient
    def wrong() -> None:
        tries.append(1)
        raise AssertionError

    with pytest.raises(AssertionError):
        wrong()
    assert tries == [1]
