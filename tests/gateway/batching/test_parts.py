"""The parts of batches know one another."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from config.catalog import BatchSettings
from gateway.batching.parts import batching
from gateway.deployment import Deployment, UpstreamPool
from tests.gateway.batching.bench import once
from tests.gateway.road import Answer, Road
from tests.ledger.world import opened


async def test_contents_lie_where_the_configuration_says(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        road = Road({"a": [Answer()]})
        own = batching(road.services, database, tmp_path / "usual", lambda: 0)
        await own.blobs.write("a", once(b"x"))
        assert (tmp_path / "usual" / "a").read_bytes() == b"x"
        first, second = own.new_id(), own.new_id()
        assert len(first) == 24 and len(second) == 24
        settings = replace(
            road.deployment.catalog.settings, batches=BatchSettings(folder=f"{tmp_path}/chosen")
        )
        catalog = replace(road.deployment.catalog, settings=settings)
        road.services.deployment = Deployment(catalog, road.deployment.book, cast(UpstreamPool, road.vendors))
        own = batching(road.services, database, tmp_path / "usual", lambda: 0)
        await own.blobs.write("b", once(b"x"))
        assert (tmp_path / "chosen" / "b").read_bytes() == b"x"
