"""Attempts of which no vendor saw anything are found without reading the others.

The rows that are there are read once; new ones wait in the spool for that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
_UNSENT = sa.text(
    "queue_ms = 0 AND vendor <> '' AND status <> 'lost' "
    "AND cache NOT IN ('hit', 'shared', 'stale', 'semantic')"
)


def upgrade() -> None:
    op.create_index("usage_unsent", "usage", ["at_ms"], sqlite_where=_UNSENT, postgresql_where=_UNSENT)
