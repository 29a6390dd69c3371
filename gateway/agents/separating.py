"""Separation of duties: whoever started a run cannot approve its calls with any of their keys."""

from sqlalchemy import select

from storage.engine import Database
from storage.schema import keys

_MOST_ROTATIONS = 100  # followed at most; beyond that, only the user links a key to its replacement


async def began(database: Database, run_key: str, key_id: str) -> bool:
    """Whether the holder of `key_id` started what was started with `run_key`. Raises StoreError.

    They did if it is the same key, another key of the same user, or one that replaced the other.
    """
    if run_key == key_id:
        return True
    of = keys.c
    found = await database.fetch(select(of.id, of.user_id).where(of.id.in_([run_key, key_id])))
    users = [row.user_id for row in found]
    if len(users) == 2 and None not in users and users[0] == users[1]:
        return True
    return await _replaced(database, run_key, key_id) or await _replaced(database, key_id, run_key)


async def _replaced(database: Database, old: str, new: str) -> bool:
    """Whether `new` replaced `old`, directly or over several rotations."""
    for _ in range(_MOST_ROTATIONS):
        rows = await database.fetch(select(keys.c.replaced_by).where(keys.c.id == old))
        if not rows or rows[0].replaced_by is None:
            return False
        old = rows[0].replaced_by
        if old == new:
            return True
    return False
