"""Messages of tools that wait until their queue takes them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "tool_outbox",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("server", sa.String(length=100), nullable=False),
        sa.Column("stream", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_ms", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("tool_outbox_due", "tool_outbox", ["next_ms"])
