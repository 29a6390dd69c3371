"""Runs the tests in several processes, forked off the one that has collected them.

Collecting takes half a minute of a processor and some hundred megabytes, and both are spent once. A file's
tests stay together and in their order. Files that wait and files that compute are begun from the two ends of
one list, so that the processors have something to do at every time (`weights.txt`, written by `--weigh`).
A file marked `quiet` measures milliseconds: it comes last, when no other file is at work.
"""

import atexit
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pytest
from _pytest.unraisableexception import collect_unraisable

WEIGHTS = Path(__file__).with_name("weights.txt")
_LEAST_SECONDS = 1.0  # of a file that is written down
Unit = Sequence[int]  # places among the session's items, of one file


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--processes", type=int, default=1, help="run the tests in so many processes")
    parser.addoption("--weigh", action="store_true", help="write down how long each file took")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """With one process, or nothing to run, pytest does as ever."""
    number = session.config.getoption("processes")
    if number < 2 or session.testsfailed or session.config.option.collectonly:
        return None
    units = ordered(session.items, weights())
    quiet = [unit for unit in units if any(_is_quiet(session.items[place]) for place in unit)]
    team = Team(session)
    try:
        team.work([unit for unit in units if unit not in quiet], number)
        team.work(quiet, 1)
    finally:
        team.dismiss()
    if session.config.getoption("weigh"):
        WEIGHTS.write_text(written(team.spent))
    return True


# Which file when.


def _is_quiet(item: pytest.Item) -> bool:
    return item.get_closest_marker("quiet") is not None


@dataclass
class Weight:
    """What a file took: seconds, and how many of them a processor worked for it in this process."""

    seconds: float = 0.0
    worked: float = 0.0


def weights() -> dict[str, Weight]:
    """Those that are written down; a file that is not is a short one."""
    lines = WEIGHTS.read_text().splitlines() if WEIGHTS.exists() else []
    return {path: Weight(float(seconds), float(worked)) for seconds, worked, path in map(str.split, lines)}


def written(spent: Mapping[str, Weight]) -> str:
    long = sorted((path, each) for path, each in spent.items() if each.seconds >= _LEAST_SECONDS)
    return "".join(f"{each.seconds:.1f} {each.worked:.1f} {path}\n" for path, each in long)


def ordered(items: Sequence[pytest.Item], known: Mapping[str, Weight]) -> list[Unit]:
    """Each file once. First those that wait the longest, last those that work the longest."""
    files: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        files.setdefault(file_of(item), []).append(place)

    def leaning(path: str) -> float:
        weight = known.get(path, Weight())
        waits = weight.seconds - weight.worked > weight.worked
        return -weight.seconds if waits else weight.seconds

    return [files[path] for path in sorted(files, key=leaning)]


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


# The process that collected.


@dataclass
class Worker:
    """A process that was forked off, and what it is at."""

    pid: int
    number: int
    unit: list[int] = field(default_factory=list)  # of its file, what has not ended


class Team:
    """Gives out files and gathers reports."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._units: list[Unit] = []
        self._workers: dict[Connection, Worker] = {}
        self.spent: dict[str, Weight] = {}

    def work(self, units: list[Unit], number: int) -> None:
        """Run them in so many processes and return when every test has ended. Raises as pytest's own loop."""
        self._units = units
        reporter = self._session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter.showfspath = False  # the files' tests end in any order
        self._session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers of tests are not left behind
        for each in range(min(number, len(units))):
            self._fork(each)
        while self._workers:
            for line in wait(list(self._workers)):
                assert isinstance(line, Connection)
                self._hear(line)
            if self._session.shouldfail:
                raise self._session.Failed(self._session.shouldfail)
            if self._session.shouldstop:
                raise self._session.Interrupted(self._session.shouldstop)

    def dismiss(self) -> None:
        """Whoever still works ends at its next report, and puts away what it has opened."""
        for line in self._workers:
            line.close()
        for worker in self._workers.values():
            os.waitpid(worker.pid, 0)

    def _fork(self, number: int) -> None:
        ours, theirs = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            for line in (ours, *self._workers):
                line.close()
            follow(self._session, theirs, number)
        theirs.close()
        self._workers[ours] = Worker(pid, number)

    def _hear(self, line: Connection) -> None:
        worker = self._workers[line]
        heard: tuple[str, Any] | None = None
        with suppress(EOFError, ConnectionResetError):
            heard = line.recv()
        if heard is None:
            self._lost(line)  # not in a handler: who is forked there meets its error in all of their own
            return
        kind, said = heard
        hook = self._session.config.hook
        if kind == "next":
            line.send(unit := self._next(worker.number))
            worker.unit.extend(unit or ())
        elif kind == "report":
            report = hook.pytest_report_from_serializable(config=self._session.config, data=said)
            hook.pytest_runtest_logreport(report=report)
        elif kind == "ended":
            self._ended(worker, *said)
        else:
            raise RuntimeError(f"a process of the tests broke off:\n{said}")

    def _next(self, number: int) -> Unit | None:
        if not self._units:
            return None
        return self._units.pop(-1 if number % 2 else 0)

    def _ended(self, worker: Worker, place: int, seconds: float, worked: float) -> None:
        worker.unit.remove(place)
        item = self._session.items[place]
        weight = self.spent.setdefault(file_of(item), Weight())
        weight.seconds += seconds
        weight.worked += worked
        self._session.config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _lost(self, line: Connection) -> None:
        """It has done all, or a test has torn it down: then that one failed, and another does the rest."""
        worker = self._workers.pop(line)
        line.close()
        _, status = os.waitpid(worker.pid, 0)
        if not worker.unit:
            return
        guilty = self._session.items[worker.unit.pop(0)]
        report = pytest.TestReport(
            guilty.nodeid,
            guilty.location,
            dict.fromkeys(guilty.keywords, 1),
            "failed",
            f"the process of this test ended with {os.waitstatus_to_exitcode(status)}",
            "call",
        )
        self._session.config.hook.pytest_runtest_logreport(report=report)
        if worker.unit:
            self._units.insert(0, worker.unit)
        if self._units:
            self._fork(worker.number)


# A process that was forked off.


class Reporting:
    """Sends what pytest reports."""

    def __init__(self, config: pytest.Config, line: Connection) -> None:
        self._config = config
        self._line = line

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._line.send(("report", said))


def follow(session: pytest.Session, line: Connection, number: int) -> None:
    """Run what is given out until there is no more; the process ends here."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        atexit._clear()
        _settle(session.config, number)
        session.config.pluginmanager.register(Reporting(session.config, line))
        last = _run(session, line)
        if last is not None:
            _tell_of_leavings(session, line, last)
        status = 0
    except (BrokenPipeError, ConnectionResetError, EOFError, KeyboardInterrupt):
        _put_away(session)
    except BaseException:  # noqa: BLE001 - the other process tells of it, whatever it is
        with suppress(OSError):
            line.send(("broken", traceback.format_exc()))
        _put_away(session)
    finally:
        signal.alarm(0)
        atexit._run_exitfuncs()
        os._exit(status)


def _settle(config: pytest.Config, number: int) -> None:
    """What the processes must not share: files that take their output, the terminal, temporary folders."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None and capture._global_capturing is not None:
        capture._global_capturing.stop_capturing()
        capture._global_capturing = None
        capture.start_global_capturing()
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter._tw._file = open(os.devnull, "w")
    folders = config._tmp_path_factory  # type: ignore[attr-defined]
    folders._basetemp = folders.getbasetemp() / f"process-{number}-{os.getpid()}"
    folders._basetemp.mkdir(mode=0o700)


def _tell_of_leavings(session: pytest.Session, line: Connection, item: pytest.Item) -> None:
    """What was dropped unclosed by any test of this process is told of as an error of its last one."""
    gc.collect()
    try:
        collect_unraisable(session.config)
    except pytest.PytestUnraisableExceptionWarning as warning:
        said = "".join(["by this test or by one before it:\n", *traceback.format_exception(warning)])
        report = pytest.TestReport(
            item.nodeid, item.location, dict.fromkeys(item.keywords, 1), "failed", said, "teardown"
        )
        Reporting(session.config, line).pytest_runtest_logreport(report)


def _run(session: pytest.Session, line: Connection) -> pytest.Item | None:
    """The last one that was run."""
    items = session.items
    last: pytest.Item | None = None
    for place, following in _places(line):
        last = items[place]
        began, worked = time.monotonic(), time.process_time()
        items[place].config.hook.pytest_runtest_protocol(
            item=items[place], nextitem=None if following is None else items[following]
        )
        line.send(("ended", (place, time.monotonic() - began, time.process_time() - worked)))
    return last


def _places(line: Connection) -> Iterator[tuple[int, int | None]]:
    """Each item that is to be run, and which comes after it."""
    unit = _asked(line)
    while unit:
        yield from zip(unit, unit[1:], strict=False)
        coming = _asked(line)
        yield unit[-1], coming[0] if coming else None
        unit = coming


def _asked(line: Connection) -> Unit | None:
    line.send(("next", None))
    unit: Unit | None = line.recv()
    return unit


def _put_away(session: pytest.Session) -> None:
    with suppress(BaseException):
        session._setupstate.teardown_exact(None)
