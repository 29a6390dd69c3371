"""A batch on a bench: scripted vendors, a real database, a folder, and a clock that is set."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from config.catalog import BatchSettings
from gateway.batching.asking import Asker, face_of
from gateway.batching.blobs import Folder
from gateway.batching.gate import Gate
from gateway.batching.running import Run, Tools
from gateway.clock import Clock
from gateway.endpoints.faces import Faces
from gateway.errors import Unauthenticated
from ledger.batches import Batch, Batches
from ledger.files import Files, KeptFile
from ledger.principal import Principal
from tests.gateway.road import WHO, Answer, Road
from tests.ledger.world import opened

CHAT = "/v1/chat/completions"
NOW = 1_700_000_000  # long before any file that a test writes
DAY = 86_400


@dataclass
class Time:
    """Stands still until it is moved."""

    now: float = NOW

    def clock(self) -> Clock:
        return Clock(lambda: int(self.now * 1000), lambda: self.now)


@dataclass
class Porter:
    """Knows one key, until it is revoked."""

    who: Principal = WHO
    revoked: bool = False
    asked: list[str] = field(default_factory=list)

    async def holder_of(self, key_id: str) -> Principal:
        self.asked.append(key_id)
        if self.revoked:
            raise Unauthenticated("The key was revoked.")
        return self.who


@dataclass
class Bench:
    road: Road
    tools: Tools
    porter: Porter
    time: Time
    folder: Path

    async def add(self, *lines: bytes | dict[str, Any], **changes: Any) -> Batch:
        """A batch of these lines that nobody works on yet."""
        content = b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines)
        batch_id = changes.pop("id", "batch_sb1")
        file = KeptFile(f"in-{batch_id}", "support", "batch", "in", 1, f"in-{batch_id}", 1, 10**14)
        await self.tools.blobs.write(file.blob, once(content))
        await self.tools.files.add(file)
        batch = Batch(
            **{
                "id": batch_id,
                "team": "support",
                "key_id": "key_1",
                "endpoint": CHAT,
                "input_file_id": file.id,
                "completion_window": "24h",
                "created_ms": NOW * 1000,
                "expires_ms": (NOW + DAY) * 1000,
                **changes,
            }
        )
        await self.tools.batches.add(batch)
        return batch

    async def begun(self) -> Run:
        """Work on the oldest batch, not started yet."""
        found = await self._claimed()
        assert found is not None
        return found

    async def taken(self) -> Run:
        """Work on a batch that another had, once its lease is over; it may hold it once more meanwhile."""
        while True:
            self.time.now += 60
            if (found := await self._claimed()) is not None:
                return found

    async def _claimed(self) -> Run | None:
        found = await self.tools.batches.claim(5)
        if found is None:
            return None
        face = face_of(Faces(), found[0].endpoint)
        assert face is not None
        return Run(*found, Asker(found[0], *face, self.road.services), self.tools)

    async def batch(self, batch_id: str = "batch_sb1") -> Batch:
        batch = await self.tools.batches.get(batch_id)
        assert batch is not None
        return batch

    async def read(self, file_id: str | None) -> list[dict[str, Any]]:
        """The lines of one of its files."""
        if file_id is None:
            return []
        file = await self.tools.files.get(file_id, "support")
        assert file is not None
        content = b"".join([piece async for piece in self.tools.blobs.read(file.blob)])
        assert len(content) == file.bytes
        return [json.loads(line) for line in content.splitlines()]


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def line(custom_id: str, **body: Any) -> dict[str, Any]:
    asked = {"model": "fast", "messages": [], **body}
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": asked}


@asynccontextmanager
async def bench(
    place: Path, script: Mapping[str, Sequence[Answer]] | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    time, porter = Time(), Porter()
    road = Road({"a": [Answer()]} if script is None else script)
    clock = time.clock()
    road.services = replace(road.services, keys=cast(Any, porter))
    chosen = BatchSettings(**settings)
    async with opened(place / "a.db", deadline=20.0) as database:
        tools = Tools(
            Batches(database, clock.unix_seconds),
            Files(database, clock.unix_seconds),
            Folder(place / "files"),
            Gate(lambda: chosen.concurrency, lambda: 0),
            clock,
            road.metrics,
            lambda: road.services.deployment,
            lambda: chosen,
        )
        yield Bench(road, tools, porter, time, place / "files")
