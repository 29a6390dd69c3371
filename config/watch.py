"""Keeps the configuration current at runtime: rebuilt, validated, and swapped as a whole or not at all."""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from config.catalog import Catalog, Loaded
from config.errors import ConfigError, Problem

# Polling the files takes microseconds, works on every file system, and does not wake for other changes in the
# folder, as a watch on the folder does: beside a busy database that cost a tenth of a gateway's time.
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 0.1  # editors write files in several steps
_MOST_READS = 10  # of a file that keeps changing

Stamps: TypeAlias = tuple[tuple[str, int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a reload. `version` is that of the catalog now in force, `at` the clock's time."""

    result: Literal["changed", "unchanged", "refused"]
    version: str
    at: float
    problems: tuple[Problem, ...] = ()  # why it was refused
    warnings: tuple[Problem, ...] = ()


class Reloader:
    """Holds the catalog in force. An invalid configuration changes nothing; `last` says why.

    `load` reads and compiles, in a thread. `swap` is called on the event loop, only with new catalogs. Either
    may raise ConfigError to refuse. Reloads run one at a time.
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
        self.reloads = 0  # those that changed the catalog
        self.refusals = 0

    async def reload(self) -> Outcome:
        """Rebuilds the catalog and puts it in force if it differs; a bad file is an outcome, not an error."""
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
            # Files that were not watched before have no earlier stamp: the next look reloads once more.
            self._stamps = before if files == self._files else ()
            self._files = files
            return self.last

    async def _read(self) -> tuple[Stamps, Loaded | ConfigError]:
        """Reads the files while nothing writes them: a half-written file may look complete, or empty."""
        for _ in range(_MOST_READS):
            before = await asyncio.to_thread(stamps, self._files)
            if any(each is not None and each[-1] == 0 for each in before):  # empty: an unfinished write
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
        """Asks `run` for a reload soon; for signal handlers, on the loop's thread."""
        self._asked.set()

    async def run(self) -> None:
        """Reloads on request and when a file has changed, until cancelled."""
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
        """Reloads if a file differs from the last load and is no longer being written."""
        found = await asyncio.to_thread(stamps, self._files)
        while found != self._stamps:
            await asyncio.sleep(SETTLE_SECONDS)
            before, found = found, await asyncio.to_thread(stamps, self._files)
            if found == before:
                await self.reload()
                return


def stamps(files: Iterable[str]) -> Stamps:
    """What identifies each file's version: link target, inode, time, size; None if it does not exist."""
    return tuple(_stamp(path) for path in files)


def _stamp(path: str) -> tuple[str, int, int, int] | None:
    try:
        found = os.stat(path)
        return os.path.realpath(path), found.st_ino, found.st_mtime_ns, found.st_size
    except OSError:
        return None
