"""What answers from the cache saved."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    op.add_column("usage", sa.Column("saved_nano", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "usage_hourly", sa.Column("cache_hits", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "usage_hourly", sa.Column("saved_nano", sa.BigInteger(), server_default="0", nullable=False)
    )
