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

# Times are Unix milliseconds in UTC: both engines sort and compare them alike, without a time zone to forget.
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
    Column("declared", Boolean, nullable=False, default=False),  # owned by the YAML file, closed to the API
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
    Column("models", Text),  # JSON list; NULL: what the team may
    Column("tags", Text),  # JSON object
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Column("replaced_by", String(32)),
    Column("limits", Text),  # JSON list of limits as the command line writes them; NULL: none of its own
)
Index("keys_team", keys.c.team_id)

# One row per change of a key, team or user: replicas read what is newer than the last they saw.
account_changes = Table(
    "account_changes",
    metadata,
    Column("seq", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # key | team | user
    Column("subject_id", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    # Without it SQLite gives the number of a deleted row again, and a reader would miss the change.
    sqlite_autoincrement=True,
)

# Who made what at a vendor, by which of its keys: whatever else a team names is not there for it.
vendor_objects = Table(
    "vendor_objects",
    metadata,
    Column("vendor", String(100), primary_key=True),  # the configured name
    Column("id", String(200), primary_key=True),  # as the vendor gave it
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
    # request id + "." + number, in about the order of arrival; both engines compare it byte by byte.
    Column("attempt_id", String(64).with_variant(String(64, collation="C"), "postgresql"), primary_key=True),
    Column("batch", String(40), nullable=False),  # the drain's transaction, for the roll-up
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
    Column("units", BigInteger, nullable=False, server_default="0"),  # beside the tokens, of one `unit`
    Column("unit", String(16), nullable=False, server_default=""),
    Column("saved_nano", BigInteger, nullable=False, server_default="0"),  # by an answer from the cache
    Column("cache_write_1h_tokens", BigInteger, nullable=False, server_default="0"),  # of those written
    Column("input_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("output_image_tokens", BigInteger, nullable=False, server_default="0"),
    Column("cached_audio_tokens", BigInteger, nullable=False, server_default="0"),
    # What its vendor may bill beyond the cost, where nobody was told: hard budgets count it.
    Column("unsure_nano", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,  # the key is the table: one tree to write to instead of two
)
# Not an `Index`, whose condition would load the other engine's dialect.
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
    Column("cache_hits", BigInteger, nullable=False, server_default="0"),  # rows without a call to a vendor
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
    # What is not counted in tokens, each unit in a column of its own: sums over any rows then mean something.
    Column("images", BigInteger, nullable=False, server_default="0"),
    Column("characters", BigInteger, nullable=False, server_default="0"),
    Column("seconds", BigInteger, nullable=False, server_default="0"),
    Column("searches", BigInteger, nullable=False, server_default="0"),
)

# Files that this installation keeps itself; their content is in the folder of `batches.folder`.
files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("filename", String(255), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("blob", String(100), nullable=False),  # the content's name in the folder
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("key_id", String(32), nullable=False, server_default=""),  # whose upload it was; "": not known
)
Index("files_team", files.c.team, files.c.created_ms)
Index("files_expiry", files.c.expires_ms)

# Batches run here. Who holds the lease writes; each new holder raises the fence, which stops a slow one.
batches = Table(
    "batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # whose limits and models each line has
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

# What became of each line, until it stands in the batch's files.
batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", String(64), primary_key=True),
    Column("line", Integer, primary_key=True),  # of the input file, from 1
    Column("ok", Boolean, nullable=False),
    Column("text", Text, nullable=False),  # JSON, as it will stand in the file
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # whose rights the run has
    Column("agent", String(200), nullable=False),
    Column("digest", String(80), nullable=False),  # of the agent's version that the run keeps to
    Column("status", String(16), nullable=False),
    Column("reason", String(64), nullable=False, server_default=""),
    Column("head", Integer, nullable=False),  # events there are: the next has this number
    Column("epoch", Integer, nullable=False),  # how often it was claimed; an older claim may write no more
    Column("worker", String(64), nullable=False, server_default=""),
    Column("lease_ms", BigInteger, nullable=False, server_default="0"),  # until when the claim counts
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
    # PostgreSQL took a sixth of a commit for this, and the same statement changes that row.
    ForeignKeyConstraint(["run_id"], ["runs.id"]).ddl_if(dialect="sqlite"),
)

# Append-only: triggers refuse to change or delete. Each row carries the hash of the one before it.
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

# Shares of budgets that were reached: whoever enters one first tells it. The webhook's deliveries wait here.
alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),  # of the budget, its window and the share
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON, as it is sent
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),  # when it is due to be sent; 0: not any more
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

# What was asked and answered, where a team's retention wants it kept; readable only by the key's own lock.
contents = Table(
    "contents",
    metadata,
    Column("request_id", String(64), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("team", String(200), nullable=False),
    Column("key_id", String(32), nullable=False),  # of the caller
    Column("store", String(16), nullable=False),  # masked | full
    Column("sealed", LargeBinary, nullable=False),  # as gateway.contents.sealing says
)
Index("contents_expiry", contents.c.expires_ms)
Index("contents_key", contents.c.key_id)

# The lock of each caller's contents, itself locked. A shredded one stays, empty: no new one takes its place.
content_keys = Table(
    "content_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),  # of the caller
    Column("locked_by", String(200), nullable=False),  # the configured key's name
    Column("sealed", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("shredded_ms", BigInteger),
)

# Messages of tools: written down with the key of their step, then sent until their queue has taken them.
tool_outbox = Table(
    "tool_outbox",
    metadata,
    Column("key", String(64), primary_key=True),  # of the step: it has one message, however often it is tried
    Column("server", String(100), nullable=False),  # by its name in the configuration
    Column("stream", String(200), nullable=False),
    Column("body", Text, nullable=False),  # JSON: the message's fields
    Column("at_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),  # when it is due to be sent; 0: it was
    Column("entry", String(64), nullable=False, server_default=""),  # its id in the stream, once it is there
)
Index("tool_outbox_due", tool_outbox.c.next_ms)

# Calls that rules about many runs count. A call takes its place before it is judged: lower ids came first.
tool_history = Table(
    "tool_history",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("same", String(64), nullable=False),  # of the rule, its scope and what has to be the same
    Column("key", String(64), nullable=False),  # of the call
    Column("at_ms", BigInteger, nullable=False),
    Column("amount", Float, nullable=False),
    UniqueConstraint("same", "key"),
    sqlite_autoincrement=True,
)
Index("tool_history_at", tool_history.c.same, tool_history.c.at_ms)
Index("tool_history_key", tool_history.c.key)

# What agents keep beyond a run, and whose it is: found in no other team and for no other holder.
memories = Table(
    "memories",
    metadata,
    Column("key", String(64), primary_key=True),  # of the step that wrote it
    Column("team", String(200), nullable=False),
    Column("scope", String(16), nullable=False),  # user, team or agent
    Column("holder", String(200), nullable=False),  # user:ID or key:ID; empty: the team's; an agent's name
    Column("agent", String(200), nullable=False),  # that wrote it
    Column("key_id", String(32), nullable=False),  # in whose name
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)
Index("memories_holder", memories.c.team, memories.c.scope, memories.c.holder, memories.c.at_ms)
Index("memories_expiry", memories.c.expires_ms)
Index("memories_key", memories.c.key_id)
