"""Events of a run are added where its row is changed: PostgreSQL need not look for that row once more."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    # SQLite would have to write the whole table anew, and looks without a journey.
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("run_events_run_id_fkey", "run_events", type_="foreignkey")
