"""Sound that was read from a cache, which some vendors charge more for than for text."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    for table in ("usage", "usage_hourly"):
        op.add_column(
            table, sa.Column("cached_audio_tokens", sa.BigInteger(), server_default="0", nullable=False)
        )
