"""The kinds of guards, by name; a server needs only these until it compiles a file."""

# Those whose judgement is somebody else's: a service's, or a model's.
SERVICE_KINDS = ("presidio", "webhook")
MODEL_KINDS = ("judge", "moderation")
TOPICS = "topics"  # by a sentence model, of this machine or of this gateway
NAMES = "names"  # by that of this machine
DISTANT_KINDS = (*SERVICE_KINDS, *MODEL_KINDS, TOPICS, NAMES)
READY_KINDS = ("injection", "leak", "links", NAMES, "pii", "secrets", "words")  # named as they are
GUARD_KINDS = tuple(sorted({*READY_KINDS, "language", "size", *DISTANT_KINDS}))
