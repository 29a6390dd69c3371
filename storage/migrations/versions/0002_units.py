"""What a call is billed by beside tokens, with who made what at a vendor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    op.add_column("usage", sa.Column("units", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("usage", sa.Column("unit", sa.String(length=16), server_default="", nullable=False))
    op.create_table(
        "vendor_objects",
        sa.Column("vendor", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "id"),
    )
    op.create_index("vendor_objects_id", "vendor_objects", ["id"], unique=False)
    op.create_index("vendor_objects_team", "vendor_objects", ["team", "kind"], unique=False)
