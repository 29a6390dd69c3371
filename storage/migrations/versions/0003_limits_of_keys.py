"""What one key may use, beside its team."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("keys", sa.Column("limits", sa.Text(), nullable=True))
