"""A process that keeps nothing loads nothing for it; what is left at its end is written."""

import subprocess
import sys

from sqlalchemy import select

from gateway.contents.copying import Copies
from gateway.contents.parts import Contents
from gateway.telemetry.metrics import Metrics
from storage.engine import open_database
from storage.schema import contents, metadata
from tests.gateway.contents.copies import WHOLE, catalog_keeping, copied
from tests.gateway.road import Answer, Road


def test_the_libraries_are_not_loaded_before_they_are_needed() -> None:
    code = (
        "import sys, gateway.server.process; print([m for m in sys.modules if m.startswith('cryptography')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


async def test_what_is_left_is_written_at_the_end(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", deadline=5.0)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    copies, catalog = Copies(), catalog_keeping()
    clock = Road({"one": [Answer()]}).services.books.clock
    kept = Contents(copies, database, lambda: catalog, Metrics(), clock)
    await kept.close()
    copies.put(copied(WHOLE))
    await kept.close()
    [row] = await database.fetch(select(contents))
    found = await (await kept.vault()).read(row.request_id)
    assert found is not None and b"Hello" in found[1]
    await database.close()
