"""One run from end to end: starts servers, loads them in turn, cuts streams, collects figures."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import storms, subjects
from bench.load import LoadFailed
from bench.measure import Cores, memory, pinned
from bench.ports import free_port
from bench.report import RELAY, Figures
from bench.scenarios import Pace, Scenario, rounds
from bench.servers import Running, Server, running
from bench.subjects import Maker, Place
from gateway.server.listening import allow_many_sockets

Watch = Callable[[str, str], None]  # called with (what is measured, which server) after each step


@dataclass(frozen=True, slots=True)
class Streams:
    """How many streams are held open, how many are cancelled, and how many of the latter at once."""

    held: int
    cancelled: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Run:
    """What to measure. `makers` are the servers besides the relay, by name."""

    makers: Mapping[str, Maker]
    scenarios: tuple[Scenario, ...]
    pace: Pace
    streams: Streams | None  # None: no streams are held or cancelled
    peers: frozenset[str] = frozenset()  # their failures with open streams are recorded as results

    @property
    def everyone(self) -> dict[str, Maker]:
        return {RELAY: subjects.relay, **self.makers}

    @property
    def models(self) -> tuple[str, ...]:
        crowds = (storms.HELD.model, storms.CUT.model) if self.streams else ()
        return tuple(dict.fromkeys((*(scenario.model for scenario in self.scenarios), *crowds)))

    @property
    def steps(self) -> int:
        """How often the watch is called."""
        turns = (self.pace.rounds + 1) * len(self.scenarios)
        crowds = len(self.everyone) + len(self.makers) if self.streams else 0
        return len(self.everyone) * turns + crowds


class Site:
    """The cores, the upstream and the files that the servers of one run share."""

    def __init__(self, cores: Cores, upstream_port: int, models: tuple[str, ...], folder: Path) -> None:
        self.cores = cores
        self.upstream_port = upstream_port
        self._models = models
        self._folder = folder

    def server(self, maker: Maker) -> Server:
        """A server with its own port and an empty folder, not yet started."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        return maker(Place(free_port(), self.upstream_port, self._models, folder))

    @contextmanager
    def started(self, maker: Maker) -> Iterator[Running]:
        """The server, running on its core."""
        with running(self.server(maker), self.cores.server) as server:
            yield server


@contextmanager
def site(models: tuple[str, ...]) -> Iterator[Site]:
    """A site with its upstream running. Inside, this process and its children stay off the server's core."""
    allow_many_sockets()  # inherited by all child processes
    cores = Cores.split(sorted(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, pinned(cores.others):
        upstream = subjects.upstream(Place(free_port(), 0, models, Path(folder)))
        with running(upstream, cores.others):
            yield Site(cores, upstream.port, models, Path(folder))


def measured(run: Run, watch: Watch) -> dict[str, Figures]:
    """Everything that the run asks for, by server. Raises NotReady, KeyNotMade, LoadFailed."""
    figures = {name: Figures() for name in run.everyone}
    with site(run.models) as here:
        if run.scenarios:
            _load(run, here, figures, watch)
        if run.streams is not None:
            _crowd(run, run.streams, here, figures, watch)
    return figures


def _load(run: Run, here: Site, figures: Mapping[str, Figures], watch: Watch) -> None:
    """All servers run, but only one is loaded at a time: idle ones cost its core nothing."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(here.started(maker)) for name, maker in run.everyone.items()}
        for name, server in servers.items():
            figures[name].ready_seconds = server.ready_seconds
            figures[name].rss_mb = memory(server.pid).rss
        for scenario in run.scenarios:
            results = rounds(scenario, list(servers.values()), run.pace, partial(watch, scenario.title))
            for name, result in results.items():
                figures[name].results[scenario.name] = result
        for name, server in servers.items():
            figures[name].rss_after_mb = memory(server.pid).rss


def _crowd(run: Run, streams: Streams, here: Site, figures: Mapping[str, Figures], watch: Watch) -> None:
    """Each server alone and freshly started, so that no leftovers are attributed to another."""
    for name, maker in run.everyone.items():
        with here.started(maker) as server, _noted(run, name, figures[name]):
            figures[name].open_stream_kb = storms.open_stream_kb(server, streams.held)
        watch("open streams", name)
    for name, maker in run.makers.items():  # the relay does not notice that its client disconnected
        with here.started(maker) as server, _noted(run, name, figures[name]):
            cancelled, at_once = streams.cancelled, streams.at_once
            figures[name].storm = storms.storm(server, here.upstream_port, cancelled, at_once)
        watch("cancelled streams", name)


@contextmanager
def _noted(run: Run, name: str, figures: Figures) -> Iterator[None]:
    """Another gateway's failure is recorded as a result; our own is raised."""
    try:
        yield
    except LoadFailed as failed:
        if name not in run.peers:
            raise
        figures.failed.append(str(failed))
