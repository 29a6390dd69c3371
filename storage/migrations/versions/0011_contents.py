"""What was asked and answered, locked up, each holder's by a key of its own; who uploaded a file."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("store", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("contents_expiry", "contents", ["expires_ms"], unique=False)
    op.create_index("contents_key", "contents", ["key_id"], unique=False)
    op.create_table(
        "content_keys",
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("locked_by", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("shredded_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.add_column("files", sa.Column("key_id", sa.String(length=32), server_default="", nullable=False))
