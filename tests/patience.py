"""Time limits and waits for tests that a busy machine cannot break: what it kept from us does not count."""

import asyncio
import functools
import inspect
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TRIES = 4
ARRIVAL_SECONDS = 60.0
_TURNS = 200
_TICK = 1 / os.sysconf("SC_CLK_TCK")


class TooLong(AssertionError):
    """Something took longer than it may."""


class Watch:
    """Seconds since it was made, but those in which a processor was waited for.

    That is by this thread, by the first threads of other processes that work for it, and by the whole machine
    for its host. Where the kernel does not say, nothing is taken off.
    """

    def __init__(self, *others: int) -> None:
        """`others` are processes."""
        tasks = (f"{os.getpid()}/task/{threading.get_native_id()}", *map(str, others))
        self._files = [Path("/proc", task, "schedstat") for task in tasks]
        self._began = time.monotonic()
        self._waited = self._so_far()

    def seconds(self) -> float:
        took = time.monotonic() - self._began
        return took - max(0.0, self._so_far() - self._waited)

    def _so_far(self) -> float:
        """https://docs.kernel.org/scheduler/sched-stats.html and proc_stat(5), the eighth number: stolen."""
        try:
            queued = sum(int(file.read_text().split()[1]) for file in self._files) / 1e9
            return queued + int(Path("/proc/stat").read_text().split(maxsplit=9)[8]) * _TICK
        except (OSError, IndexError):
            return 0.0


class Calm(Watch):
    """Seconds since it was made in which nobody on the machine waited for a processor.

    For what many processes do one after another, some of which begin and end meanwhile. It says nothing of
    how much they work: ask for that as well.
    """

    def _so_far(self) -> float:
        """https://docs.kernel.org/accounting/psi.html: "some", in microseconds."""
        try:
            some = Path("/proc/pressure/cpu").read_text().partition("\n")[0]
            return int(some.rpartition("=")[2]) / 1e6
        except (OSError, ValueError):
            return 0.0


@contextmanager
def within(seconds: float, *others: int) -> Iterator[None]:
    """Raises TooLong where the block takes longer; `others` as of `Watch`."""
    watch = Watch(*others)
    yield
    in_time(watch.seconds(), seconds)


def in_time(took: float, seconds: float) -> None:
    """Raises TooLong where it took longer."""
    if took >= seconds:
        raise TooLong(f"{took:.3f} s, at most {seconds:g} are allowed")


def patient(test: Callable[..., Any]) -> Callable[..., Any]:
    """The test is tried again, with the same fixtures, when it took too long: what always does has failed."""
    if inspect.iscoroutinefunction(test):

        @functools.wraps(test)
        async def awaited(*given: Any, **named: Any) -> Any:
            for number in range(1, TRIES):
                try:
                    return await test(*given, **named)
                except TooLong:
                    await asyncio.sleep(number)
            return await test(*given, **named)

        return awaited

    @functools.wraps(test)
    def called(*given: Any, **named: Any) -> Any:
        for number in range(1, TRIES):
            try:
                return test(*given, **named)
            except TooLong:
                time.sleep(number)
        return test(*given, **named)

    return called


async def until(condition: Callable[[], object], seconds: float = ARRIVAL_SECONDS) -> None:
    """Let others go on until it is so. AssertionError when it does not come.

    First for turns of the loop, which is all that most wait for; then for what threads, disks, sockets and
    other processes do, however long a busy machine keeps it from them.
    """
    for _ in range(_TURNS):
        if condition():
            return
        await asyncio.sleep(0)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        await asyncio.sleep(0.005)
