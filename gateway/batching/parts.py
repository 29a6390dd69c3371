"""Assembles file storage and the batch worker."""

from collections.abc import Callable
from pathlib import Path

from gateway.batching.blobs import Folder
from gateway.batching.endpoints import Own
from gateway.batching.gate import Gate
from gateway.batching.running import Tools
from gateway.batching.worker import Prices, Worker
from gateway.endpoints.faces import Faces
from gateway.services import Services
from ledger.batches import Batches
from ledger.files import Files
from storage.engine import Database


def batching(services: Services, database: Database, folder: Path, callers: Callable[[], int]) -> Own:
    """The endpoints and the worker behind them.

    `folder` stores contents unless the configuration names another; `callers` counts open requests.
    """
    books = services.books
    clock = books.clock
    chosen = services.deployment.catalog.settings.batches.folder
    blobs = Folder(Path(chosen).expanduser() if chosen is not None else folder)
    files, batches = Files(database, clock.unix_seconds), Batches(database, clock.unix_seconds)
    tools = Tools(
        batches,
        files,
        blobs,
        Gate(lambda: services.deployment.catalog.settings.batches.concurrency, callers),
        clock,
        books.metrics,
        Prices(services).deployment,
        lambda: services.deployment.catalog.settings.batches,
    )

    def new_id() -> str:
        return f"{clock.unix_ms():011x}{services.random_bits(52):013x}"

    return Own(files, batches, blobs, Worker(services, tools), new_id, Faces())
