"""The conditions of partial indexes; queries must use exactly the same wording."""

from sqlalchemy import DDL

# Rows of `usage` that no vendor received. They are few, so their index is small. A calendar limit counts an
# hour's requests minus these.
UNSENT = (
    "queue_ms = 0 AND vendor <> '' AND status <> 'lost' "
    "AND cache NOT IN ('hit', 'shared', 'stale', 'semantic')"
)
UNSENT_INDEX = DDL(  # type: ignore[no-untyped-call]
    f"CREATE INDEX usage_unsent ON usage (at_ms) WHERE {UNSENT}"
)
