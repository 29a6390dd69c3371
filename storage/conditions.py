"""The conditions of partial indexes, whose wording must match that of queries."""

from sqlalchemy import DDL

# Of `usage`: attempts of which no vendor saw anything. They are few, so their index is small; what a calendar
# limit counted in an hour is the hour's requests but for these.
UNSENT = (
    "queue_ms = 0 AND vendor <> '' AND status <> 'lost' "
    "AND cache NOT IN ('hit', 'shared', 'stale', 'semantic')"
)
UNSENT_INDEX = DDL(  # type: ignore[no-untyped-call]
    f"CREATE INDEX usage_unsent ON usage (at_ms) WHERE {UNSENT}"
)
