"""PostgreSQL: rows of usage in partitions by the month of their arrival, with which their ids begin.

What was there before stays where it is, as the partition of everything up to the end of this month. Nothing
is copied, but it is read once, to prove that it belongs there; rows wait for that in the spool.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    now = datetime.now(UTC)
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    bound = f"req_{int(following.timestamp() * 1000):011x}"
    for statement in (
        "ALTER TABLE usage RENAME TO usage_before",
        "ALTER INDEX usage_pkey RENAME TO usage_before_pkey",
        "CREATE TABLE usage (LIKE usage_before INCLUDING DEFAULTS) PARTITION BY RANGE (attempt_id)",
        "ALTER TABLE usage ADD CONSTRAINT usage_pkey PRIMARY KEY (attempt_id)",
        "CREATE TABLE usage_rest PARTITION OF usage DEFAULT",
        # Ids that no gateway gives, or of a clock that is ahead.
        f"WITH moved AS (DELETE FROM usage_before WHERE attempt_id >= '{bound}' RETURNING *) "
        "INSERT INTO usage_rest SELECT * FROM moved",
        f"ALTER TABLE usage ATTACH PARTITION usage_before FOR VALUES FROM (MINVALUE) TO ('{bound}')",
    ):
        op.execute(sa.text(statement))
