"""Keeps the configuration current at runtime: rebuilt, validated, swapped whole or not at all."""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from config.catalog import Catalog, Loaded
from config.errors import ConfigError, Problem

# Looking at the files themselves costs some microseconds, works on every file system, and does not wake for
# what else happens in their folder, as a watch on the folder does: beside a busy database that cost a tenth
# of a gateway's time.
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 0.1  # an editor writes a file in several steps
_MOST_READS = 10  # of a file that somebody goes on writing

Stamps: TypeAlias = tuple[tuple[str, int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reload did. `version` is that of the catalog in force afterwards, `at` the clock's time."""

    result: Literal["changed", "unchanged", "refused"]
    version: str
    at: float
    problems: tuple[Problem, ...] = ()  # why it was refused
    warnings: tuple[Problem, ...] = ()


class Reloader:
    """Holds the catalog in force. An invalid configuration changes nothing; `last` says why.

    `load` reads and compiles, in a thread. `swap` is called on the loop with each new catalog and with no
    other. Either may raise ConfigError to refuse. One reload runs at a time.
    """

    def __init__(
        self,
        load: Callable[[], Loaded],
        current: Loaded,
        swap: Callable[[Catalog], None],
        clock: Callable[[], float],
    ) -> None:
        self._load = load
        self._swap = swap
        self._clock = clock
        self._files = current.files
        self._stamps = stamps(current.files)
        self._one_at_a_time = asyncio.Lock()
        self._asked = asyncio.Event()
        self.catalog = current.catalog
        self.last = Outcome("unchanged", current.catalog.version, clock(), (), current.warnings)
        self.reloads = 0  # that changed the catalog
        self.refusals = 0

    async def reload(self) -> Outcome:
        """Build the catalog again and put it in force when it differs; a bad file is an outcome, no error."""
        async with self._one_at_a_time:
            before, loaded = await self._read()
            try:
                if isinstance(loaded, ConfigError):
                    raise loaded
                self.last = self._take(loaded)
                files = loaded.files
            except ConfigError as error:
                self.refusals += 1
                self.last = Outcome("refused", self.catalog.version, self._clock(), error.problems)
                files = error.files or self._files
            # Files that were not watched until now have no earlier stamp: the next look reloads once more.
            self._stamps = before if files == self._files else ()
            self._files = files
            return self.last

    async def _read(self) -> tuple[Stamps, Loaded | ConfigError]:
        """The files as nobody is writing them: what is read in the middle may look whole, or empty."""
        for _ in range(_MOST_READS):
            before = await asyncio.to_thread(stamps, self._files)
            if any(each is not None and each[-1] == 0 for each in before):  # empty: the first of those steps
                await asyncio.sleep(SETTLE_SECONDS)
                before = await asyncio.to_thread(stamps, self._files)
            found: Loaded | ConfigError
            try:
                found = await asyncio.to_thread(self._load)
            except ConfigError as error:
                found = error
            if await asyncio.to_thread(stamps, self._files) == before:
                break
            await asyncio.sleep(SETTLE_SECONDS)
        return before, found

    def _take(self, loaded: Loaded) -> Outcome:
        if loaded.catalog.version == self.catalog.version:
            return Outcome("unchanged", self.catalog.version, self._clock(), (), loaded.warnings)
        self._swap(loaded.catalog)
        self.catalog = loaded.catalog
        self.reloads += 1
        return Outcome("changed", self.catalog.version, self._clock(), (), loaded.warnings)

    def request(self) -> None:
        """Ask `run` for a reload soon; for signal handlers, on the loop's thread."""
        self._asked.set()

    async def run(self) -> None:
        """Reload when asked and when a file has changed, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reload_when_asked())
            tasks.create_task(self._watch_files())

    async def _reload_when_asked(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.reload()

    async def _watch_files(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        """Reload when one of the files is another than at the last load, and nobody is still writing it."""
        found = await asyncio.to_thread(stamps, self._files)
        while found != self._stamps:
            await asyncio.sleep(SETTLE_SECONDS)
            before, found = found, await asyncio.to_thread(stamps, self._files)
            if found == before:
                await self.reload()
                return


def stamps(files: Iterable[str]) -> Stamps:
    """What tells a file from its successor: where links lead, inode, time, size; None when it is away."""
    return tuple(_stamp(path) for path in files)


def _stamp(path: str) -> tuple[str, int, int, int] | None:
    try:
        found = os.stat(path)
        return os.path.realpath(path), found.st_ino, found.st_mtime_ns, found.st_size
    except OSError:
        return None
