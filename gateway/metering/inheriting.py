"""Reports to Redis for dead processes, so that what they did not use is released."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from ledger.meters.estate import Left, heirless
from storage.errors import StoreError

log = logging.getLogger("signalbox.limits")

_MOST_KEYS = 100  # per call


class Store(Protocol):
    """Runs scripts on keys of one hash slot."""

    async def script(self, name: str, keys: Sequence[str], values: Sequence[int | str]) -> list[Any]:
        """The script's reply. Raises StoreError."""


async def inherit(store: Store, folder: Path) -> int:
    """Report for each dead process with an estate in `folder`; for how many. Failures are left for later."""
    done = 0
    for estate in await asyncio.to_thread(lambda: list(heirless(folder))):
        reported = False
        try:
            for left in _together(estate.left):
                await _report(store, estate.process, left)
            reported = True
        except StoreError as error:
            log.warning("the usage of a dead process is reported later: %s", error)
        finally:
            estate.release(done=reported)
        done += reported
    return done


async def _report(store: Store, process: str, left: Sequence[Left]) -> None:
    values: list[int | str] = [process]
    for each in left:
        values += (each.width, each.starts, each.number, each.told, each.owed)
    await store.script("inherit", [each.key for each in left], values)


def _together(left: Sequence[Left]) -> Iterator[list[Left]]:
    """Groups by hash slot, in portions."""
    by_tag: dict[str, list[Left]] = {}
    for each in left:
        by_tag.setdefault(each.key.partition("}")[0], []).append(each)
    for those in by_tag.values():
        for start in range(0, len(those), _MOST_KEYS):
            yield those[start : start + _MOST_KEYS]
