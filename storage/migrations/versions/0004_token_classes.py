"""Cache writes for an hour and tokens of images, apart; what is counted in other units, by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TOKENS = ("cache_write_1h_tokens", "input_image_tokens", "output_image_tokens")
_UNITS = {"images": "image", "characters": "character", "seconds": "second", "searches": "search"}
_KEYS = (
    "organisation",
    "team",
    "user",
    "key_id",
    "endpoint",
    "model_asked",
    "vendor",
    "model_served",
    "tags",
)


def upgrade() -> None:
    # Both engines add a column in place, and the rows there are get its default.
    for name in _TOKENS:
        op.add_column("usage", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for name in (*_TOKENS, *_UNITS):
        op.add_column("usage_hourly", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    _count_units()


def _count_units() -> None:
    """Add up the units that rows have had since 0002, which no hour has counted yet."""
    rows = sa.table("usage", *map(sa.column, ("at_ms", "units", "unit", *_KEYS)))
    hours = sa.table("usage_hourly", *map(sa.column, ("hour", *_KEYS, *_UNITS)))
    same = [hours.c.hour == rows.c.at_ms // 3_600_000, *(hours.c[key] == rows.c[key] for key in _KEYS)]
    for name, unit in _UNITS.items():
        counted = sa.select(sa.func.sum(rows.c.units)).where(rows.c.unit == unit, *same)
        some = sa.exists().where(rows.c.unit == unit, *same)
        op.execute(sa.update(hours).where(some).values({name: counted.scalar_subquery()}))
