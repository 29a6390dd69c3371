"""Makes sure at start that the tables exist, without loading alembic into the server."""

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import URL

from storage.engine import Database, is_current
from storage.errors import StoreDown, StoreSlow

_ROOT = Path(__file__).parent.parent  # what the migration must import is what runs here


async def ensure_schema(database: Database, *, patience: float = 90.0) -> bool:
    """Create or upgrade the tables when they are behind; True when something was done.

    `patience` is in seconds. Safe with any number of starters at once.
    Raises `StoreDown`, or `StoreTooNew` for a later database.
    """
    if await is_current(database):
        return False
    await _migrate_apart(database.engine.url, patience)
    if not await is_current(database):
        raise StoreDown("The migration of the database ended, but its tables are still of an older version.")
    return True


async def _migrate_apart(url: URL, patience: float) -> None:
    # The URL goes by standard input, because it may hold a password and every user can read an argument.
    # `-P` and our own path: a folder named `storage` where the operator stands must not be imported.
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "storage.migrate", "-"),
        env=os.environ | {"PYTHONPATH": path},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(patience):
            said, _ = await process.communicate(url.render_as_string(hide_password=False).encode() + b"\n")
    except TimeoutError as error:
        raise StoreSlow(f"The migration of the database did not end within {patience:.0f} s.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise StoreDown(f"The migration of the database failed: {last or 'it said nothing'}")
