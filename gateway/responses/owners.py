"""Owners of objects stored at vendors: recorded in the background, checked before a call."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence

from gateway.call import Call
from gateway.responses.masks import Masks
from ledger.objects import Made, VendorObjects
from ledger.principal import Principal
from storage.errors import StoreError

log = logging.getLogger("signalbox.responses")

KIND = "responses"
_MOST_WAITING = 100_000  # ids; beyond it, new ones get no owner while the database is unavailable
_BATCH = 2_000
_LONGEST = 15.0  # seconds between tries while the database is unavailable
# Waits between lookups of unknown ids: another process may be about to record what it has just answered.
_PATIENCE = (0.05, 0.15, 0.4)


class Owners:
    """Records and finds owners, one instance per process. Answers do not wait for recording."""

    def __init__(
        self, objects: VendorObjects, masks: Masks | None = None, patience: Sequence[float] = _PATIENCE
    ) -> None:
        """`masks` are written first, so that a recorded response always has its masked values."""
        self.objects = objects
        self.masks = masks
        self._patience = patience
        self._waiting: dict[tuple[str, str], Made] = {}  # by vendor and id
        self._woken = asyncio.Event()

    def note(self, made: Sequence[Made]) -> None:
        """Record new objects, in the background."""
        if len(self._waiting) + len(made) > _MOST_WAITING:
            log.warning(
                "the database is unavailable for so long that %d new responses have no owner", len(made)
            )
            return
        for each in made:
            self._waiting.setdefault((each.vendor, each.id), each)
        self._woken.set()

    def masked(self, conversation: str, who: Principal, call: Call, earlier: Mapping[str, str]) -> None:
        """Record the values that a call masked in a conversation, without `earlier` ones."""
        if self.masks is not None:
            self.masks.add(conversation, who, call, earlier)
            self._woken.set()

    async def holders(self, ids: Collection[str], *, patiently: bool = True) -> Mapping[str, Sequence[Made]]:
        """The owners of these ids; unknown ids are missing. `patiently`: retry those. Raises StoreError."""
        found = await self._looked(ids)
        for seconds in self._patience if patiently else ():
            if len(found) == len(ids):
                break
            await asyncio.sleep(seconds)
            found = await self._looked(ids)
        return found

    async def accounts_of(self, team: str, object_id: str) -> Mapping[str, str]:
        """The vendors where the team owns an object with this id, with the account of each."""
        found = (await self.holders([object_id])).get(object_id, ())
        return {made.vendor: made.account for made in found if made.team == team}

    async def own(self, vendor: str, team: str, ids: Collection[str]) -> set[str]:
        """The ids among these that the team owns at this vendor."""
        return await self.objects.own(vendor, team, ids)

    async def bind(self, vendor: str, team: str, kind: str, ids: Iterable[str]) -> None:
        """Make the team the owner of these ids."""
        await self.objects.bind(vendor, team, kind, ids)

    async def forget(self, vendor: str, team: str, object_id: str) -> None:
        """Forget an object that was deleted at its vendor, with its masked values."""
        if self.masks is not None:
            await self.masks.forget(object_id)
        await self.objects.forget(vendor, team, object_id)

    async def write(self) -> None:
        """Write what waits. Raises StoreError; then the rest keeps waiting."""
        if self.masks is not None:
            await self.masks.write()
        while some := list(self._waiting.items())[:_BATCH]:
            await self.objects.keep([made for _, made in some])
            for place, _ in some:
                self._waiting.pop(place, None)

    async def run(self) -> None:
        """Write new entries until cancelled; a background duty."""
        failures = 0
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.write()
                failures = 0
            except StoreError as error:
                failures += 1
                log.log(logging.WARNING if failures == 1 else logging.DEBUG, "responses wait: %s", error)
                await asyncio.sleep(min(_LONGEST, 0.25 * 2 ** min(failures, 10)))
                self._woken.set()

    async def close(self) -> None:
        """Write what is left, if the database is available."""
        try:
            await self.write()
        except StoreError as error:
            log.warning("%d responses will have no owner: %s", len(self._waiting), error)

    async def _looked(self, ids: Collection[str]) -> Mapping[str, Sequence[Made]]:
        here = [made for made in self._waiting.values() if made.id in ids] if self._waiting else []
        found = {name: list(made) for name, made in (await self.objects.holders(ids)).items()}
        for made in here:
            if made.vendor not in {each.vendor for each in found.get(made.id, ())}:
                found.setdefault(made.id, []).append(made)
        return found
