"""What one key may use, beside its team."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("keys", sa.Column("limits", sa.Text(), nullable=True))
