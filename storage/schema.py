"""Every table, for SQLite and PostgreSQL alike."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from storage.conditions import UNSENT_INDEX

# Times are Unix milliseconds in UTC: both engines sort and compare them alike, and no time zone can get lost.
metadata = MetaData()

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_ms", BigInteger, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("name", String(200), nullable=False, unique=True),
    Column("models", Text),  # JSON list of names and patterns; NULL: every model
    Column("tags", Text),  # JSON object
    Column("declared", Boolean, nullable=False, default=False),  # in the YAML file, so read-only in the API
    Column("created_ms", BigInteger, nullable=False),
    Column("archived_ms", BigInteger),
)

users = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team_id", ForeignKey("teams.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("team_id", "name"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hash", String(64), nullable=False),  # SHA-256 of the whole key, hexadecimal
    Column("team_id", ForeignKey("teams.id"), nullable=False),
    Column("user_id", ForeignKey("users.id")),
    Column("name", String(200), nullable=False, default=""),
    Column("role", String(16), nullable=False, default="caller"),  # caller | admin
    Column("models", Text),  # JSON list; NULL: all that the team may use
    Column("tags", Text),  # JSON object
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Column("replaced_by", String(32)),
    Column("limits", Text),  # JSON list of limits in the command line's syntax; NULL: none of its own
)
Index("keys_team", keys.c.team_id)

# One row per change of an account, or order to purge answers: replicas read those newer than the last seen.
account_changes = Table(
    "account_changes",
    metadata,
    Column("seq", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # key | team | user | organisation | answers
    Column("subject_id", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    # Without this, SQLite reuses the number of a deleted row, and a reader would miss the change.
    sqlite_autoincrement=True,
)

# Who created which object at a vendor, and with which of its keys. A team can use only its own objects.
vendor_objects = Table(
    "vendor_objects",
    metadata,
    Column("vendor", String(100), primary_key=True),  # the configured name
    Column("id", String(200), primary_key=True),  # as given by the vendor
    Column("team", String(200), nullable=False),
    Column("kind", String(32), nullable=False),  # files, batches, …
    Column("created_ms", BigInteger, nullable=False),
    Column("account", String(200), nullable=False, server_default=""),
)
Index("vendor_objects_id", vendor_objects.c.id)
Index("vendor_objects_team", vendor_objects.c.team, vendor_objects.c.kind)
Index("vendor_objects_age", vendor_objects.c.kind, vendor_objects.c.created_ms)

usage = Table(
    "usage",
    metadata,
    # request id + "." + number, roughly in order of arrival; both engines compare it byte by byte.
    Column("attempt_id", String(64).with_variant(String(64, collation="C"), "postgresql"), primary_key=True),
    Column("batch", String(40), nullable=False),  # the drain's transaction, for the hourly totals
    Column("at_ms", BigInteger, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("user", String(200), nullable=False),
    Column("team", String(200), nullable=False),
    Column("organisation", String(200), nullable=False),
    Column("endpoint", String(32), nullable=False),
    Column("model_asked", String(200), nullable=False),
    Column("vendor", String(100), nullable=False),
    Column("model_served", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("error_code", String(64), nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cached_read_tokens", BigInteger, nullable=False),
    Column("cache_write_tokens", BigInteger, nullable=False),
    Column("reasoning_tokens", BigInteger, nullable=False),
    Column("input_audio_tokens", BigInteger, nullable=False),
    Column("output_audio_tokens", BigInteger, nullable=False),
    Column("cost_nano", BigInteger, nullable=False),
    Column("price_version", String(64), nullable=False),
    Column("priced", Boolean, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("stream", Boolean, nullable=False),
    Column("queue_ms", Float, nullable=False),
    Column("first_ms", Float, nullable=False),
    Column("total_ms", Float, nullable=False),
    Column("vendor_request_id", String(200), nullable=False),
    Column("cache", String(16), nullable=False),
    Column("guard", String(32), nullable=False),
    Column("trail", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("units", BigInteger, nullable=False, server_default="0"),  # besides tokens, counted in `unit`
    Column("unit", String(16), nullable=False, server_default=""),
    Column("saved_nano", BigInteger, nullable=False, server_default="0"),  # by a cached answer
    Column("cache_write_1h_tokens", BigInteger, nullable=False, server_default="0"),  # of cache_write_tokens
    Column("input_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("output_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("cached_audio_tokens", BigInteger, nullable=False, server_default="0"),
    # What the vendor may bill beyond the cost, if its usage is unknown: hard budgets count it.
    Column("unsure_nano", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,  # the table is its primary key's index: one B-tree to write instead of two
)
# Not an `Index`: its condition would load the other engine's dialect.
event.listen(usage, "after_create", UNSENT_INDEX)
usage_hourly = Table(
    "usage_hourly",
    metadata,
    Column("hour", BigInteger, primary_key=True),  # Unix hours, UTC
    Column("organisation", String(200), primary_key=True),
    Column("team", String(200), primary_key=True),
    Column("user", String(200), primary_key=True),
    Column("key_id", String(32), primary_key=True),
    Column("endpoint", String(32), primary_key=True),
    Column("model_asked", String(200), primary_key=True),
    Column("vendor", String(100), primary_key=True),
    Column("model_served", String(200), primary_key=True),
    Column("tags", Text, primary_key=True),
    Column("attempts", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),  # attempts numbered 0 or 1: each request counts once
    Column("errors", BigInteger, nullable=False),
    Column("estimated", BigInteger, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
    Column("cache_hits", BigInteger, nullable=False, server_default="0"),  # answered without a vendor
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cached_read_tokens", BigInteger, nullable=False),
    Column("cache_write_tokens", BigInteger, nullable=False),
    Column("reasoning_tokens", BigInteger, nullable=False),
    Column("input_audio_tokens", BigInteger, nullable=False),
    Column("output_audio_tokens", BigInteger, nullable=False),
    Column("cost_nano", BigInteger, nullable=False),
    Column("saved_nano", BigInteger, nullable=False, server_default="0"),
    Column("cache_write_1h_tokens", BigInteger, nullable=False, server_default="0"),
    Column("input_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("output_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("cached_audio_tokens", BigInteger, nullable=False, server_default="0"),
    Column("unsure_nano", BigInteger, nullable=False, server_default="0"),
    # Usage not counted in tokens, in a column per unit, so that sums over any rows are meaningful.
    Column("images", BigInteger, nullable=False, server_default="0"),
    Column("characters", BigInteger, nullable=False, server_default="0"),
    Column("seconds", BigInteger, nullable=False, server_default="0"),
    Column("searches", BigInteger, nullable=False, server_default="0"),
)

# Files that this installation stores itself; their contents are in `batches.folder`.
files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("filename", String(255), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("blob", String(100), nullable=False),  # the content's file name
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("key_id", String(32), nullable=False, server_default=""),  # the key that uploaded it; "": unknown
)
Index("files_team", files.c.team, files.c.created_ms)
Index("files_expiry", files.c.expires_ms)

# Batches run here. Only the lease's holder writes; each new holder raises the fence, which stops the old one.
batches = Table(
    "batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # its limits and models apply to each line
    Column("endpoint", String(200), nullable=False),  # a path, /v1/chat/completions
    Column("input_file_id", String(64), nullable=False),
    Column("completion_window", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("metadata", Text, nullable=False),  # JSON object, or empty
    Column("errors", Text, nullable=False),  # JSON list, or empty
    Column("output_file_id", String(64)),
    Column("error_file_id", String(64)),
    Column("total", Integer, nullable=False),
    Column("completed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("in_progress_ms", BigInteger),
    Column("finalizing_ms", BigInteger),
    Column("completed_ms", BigInteger),
    Column("failed_ms", BigInteger),
    Column("expired_ms", BigInteger),
    Column("cancelling_ms", BigInteger),
    Column("cancelled_ms", BigInteger),
    Column("lease_until_ms", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
)
Index("batches_team", batches.c.team, batches.c.created_ms)
Index("batches_status", batches.c.status, batches.c.lease_until_ms)

# The result of each line, until it is in the batch's files.
batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", String(64), primary_key=True),
    Column("line", Integer, primary_key=True),  # in the input file, from 1
    Column("ok", Boolean, nullable=False),
    Column("text", Text, nullable=False),  # JSON, as written to the file
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # the run has its rights
    Column("agent", String(200), nullable=False),
    Column("digest", String(80), nullable=False),  # of the agent's version that the run uses
    Column("status", String(16), nullable=False),
    Column("reason", String(64), nullable=False, server_default=""),
    Column("head", Integer, nullable=False),  # the number of events, and of the next event
    Column("epoch", Integer, nullable=False),  # how often it was claimed; earlier claimants may not write
    Column("worker", String(64), nullable=False, server_default=""),
    Column("lease_ms", BigInteger, nullable=False, server_default="0"),  # when the claim expires
    Column("wake_ms", BigInteger, nullable=False, server_default="0"),  # when a waiting run is due; 0: never
    Column("request_key", String(200)),  # the caller's Idempotency-Key
    Column("request_hash", String(64), nullable=False, server_default=""),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    UniqueConstraint("team", "request_key"),
)
Index("runs_due", runs.c.status, runs.c.lease_ms)
Index("runs_team", runs.c.team, runs.c.created_ms)

run_events = Table(
    "run_events",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    # Not on PostgreSQL: it took a sixth of a commit, and the same statement updates the run's row.
    ForeignKeyConstraint(["run_id"], ["runs.id"]).ddl_if(dialect="sqlite"),
)

# Append-only: triggers reject updates and deletes. Each row holds the hash of the previous one.
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),  # JSON object, as it was hashed
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index("audit_subject", audit.c.subject)

# Alerts on budgets: whichever process inserts one first sends it. Webhook deliveries wait here.
alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),  # from the budget, its window and the percentage
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON, as it is sent
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),  # when it is due to be sent; 0: never
)
Index("alerts_due", alerts.c.next_ms)
kill_switches = Table(
    "kill_switches",
    metadata,
    Column("scope", String(16), primary_key=True),  # all, team, agent, model or tool
    Column("name", String(200), primary_key=True),  # empty: all
    Column("by", String(64), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at_ms", BigInteger, nullable=False),
)

# Requests and answers, if the team's retention stores them; encrypted with the caller's content key.
contents = Table(
    "contents",
    metadata,
    Column("request_id", String(64), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # of the caller
    Column("store", String(16), nullable=False),  # masked | full
    Column("sealed", LargeBinary, nullable=False),  # the format is in gateway.contents.sealing
)
Index("contents_expiry", contents.c.expires_ms)
Index("contents_key", contents.c.key_id)

# The encryption key of each caller's contents, itself encrypted. A shredded one stays, empty, for good.
content_keys = Table(
    "content_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),  # of the caller
    Column("locked_by", String(200), nullable=False),  # name of the configured key
    Column("sealed", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("shredded_ms", BigInteger),
)

# Messages of tools: stored with the key of their step, then sent until their queue has accepted them.
tool_outbox = Table(
    "tool_outbox",
    metadata,
    Column("key", String(64), primary_key=True),  # the step's: one message, however often it is tried
    Column("server", String(100), nullable=False),  # its name in the configuration
    Column("stream", String(200), nullable=False),
    Column("body", Text, nullable=False),  # JSON: the message's fields
    Column("at_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),  # when it is due to be sent; 0: sent
    Column("entry", String(64), nullable=False, server_default=""),  # its id in the stream, once sent
)
Index("tool_outbox_due", tool_outbox.c.next_ms)

# Calls counted by rules across runs. A call is entered before it is judged: lower ids came first.
tool_history = Table(
    "tool_history",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("same", String(64), nullable=False),  # from the rule, its scope and the values that must be equal
    Column("key", String(64), nullable=False),  # of the call
    Column("at_ms", BigInteger, nullable=False),
    Column("amount", Float, nullable=False),
    UniqueConstraint("same", "key"),
    sqlite_autoincrement=True,
)
Index("tool_history_at", tool_history.c.same, tool_history.c.at_ms)
Index("tool_history_key", tool_history.c.key)

# What agents remember beyond a run; visible only within its team and to its holder.
memories = Table(
    "memories",
    metadata,
    Column("key", String(64), primary_key=True),  # the step that wrote it
    Column("team", String(200), nullable=False),
    Column("scope", String(16), nullable=False),  # user, team or agent
    Column("holder", String(200), nullable=False),  # user:ID, key:ID or an agent's name; empty: the team's
    Column("agent", String(200), nullable=False),  # the agent that wrote it
    Column("key_id", String(32), nullable=False),  # the key of its run
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)
Index("memories_holder", memories.c.team, memories.c.scope, memories.c.holder, memories.c.at_ms)
Index("memories_expiry", memories.c.expires_ms)
Index("memories_key", memories.c.key_id)
