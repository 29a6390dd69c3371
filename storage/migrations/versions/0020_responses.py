"""By which of a vendor's keys something was made there, and what is forgotten after a time."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    op.add_column("vendor_objects", sa.Column("account", sa.String(200), server_default="", nullable=False))
    op.create_index("vendor_objects_age", "vendor_objects", ["kind", "created_ms"], unique=False)
