"""Ensures at start that the tables are up to date, without loading alembic into the server."""

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import URL

from storage.engine import Database, is_current
from storage.errors import StoreDown, StoreSlow

_ROOT = Path(__file__).parent.parent  # the migration must import this installation's code


async def ensure_schema(database: Database, *, patience: float = 90.0) -> bool:
    """Create or upgrade the tables if they are missing or outdated; True if that was needed.

    `patience` is in seconds. Safe if several processes start at once. Raises `StoreDown`, or `StoreTooNew`
    if the database is newer.
    """
    if await is_current(database):
        return False
    await _migrate_apart(database.engine.url, patience)
    if not await is_current(database):
        raise StoreDown("The migration of the database ended, but its tables are still of an older version.")
    return True


async def _migrate_apart(url: URL, patience: float) -> None:
    # The URL is passed on standard input: it may hold a password, and any user can read arguments.
    # `-P` and our own path: a folder named `storage` in the working directory must not be imported.
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
