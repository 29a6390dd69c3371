"""The kinds of guards by name; a server needs no more until it compiles a file."""

# Kinds that leave the judgement to a service or to a model.
SERVICE_KINDS = ("presidio", "webhook")
MODEL_KINDS = ("judge", "moderation")
TOPICS = "topics"  # by a sentence embedding model, in this process or of this gateway
NAMES = "names"  # by the one in this process
DISTANT_KINDS = (*SERVICE_KINDS, *MODEL_KINDS, TOPICS, NAMES)
READY_KINDS = ("injection", "leak", "links", NAMES, "pii", "secrets", "words")  # usable by name, undeclared
GUARD_KINDS = tuple(sorted({*READY_KINDS, "language", "size", *DISTANT_KINDS}))
