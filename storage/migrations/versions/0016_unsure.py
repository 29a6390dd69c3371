"""What vendors may bill beyond what was estimated."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    for table in ("usage", "usage_hourly"):
        op.add_column(table, sa.Column("unsure_nano", sa.BigInteger(), server_default="0", nullable=False))
