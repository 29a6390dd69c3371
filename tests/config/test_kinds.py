"""The defaults of a vendor's kind."""

from config.kinds import OPENAI_PATHS, Operation, VendorKind


def test_a_kind_speaks_openai_unless_it_says_otherwise() -> None:
    kind = VendorKind("x", "X")
    assert kind.paths is OPENAI_PATHS
    assert {operation.value: path for operation, path in kind.paths.items()} == {
        "chat": "/chat/completions",
        "completions": "/completions",
        "embeddings": "/embeddings",
    }
    assert kind.auth_prefix + "key" == "Bearer key"
    assert (kind.drops, dict(kind.renames)) == (frozenset(), {})


def test_operations_are_the_ledgers_words() -> None:
    names = [str(operation) for operation in Operation]
    assert {"chat", "completions", "embeddings", "messages", "responses"} <= set(names)
    assert all(len(name) <= 32 and name.replace("_", "").isalpha() for name in names)


def test_an_operation_embeds_or_talks() -> None:
    assert Operation.EMBEDDINGS.embeds and Operation.COHERE_EMBED.embeds
    assert not Operation.CHAT.embeds and not Operation.CONVERSE.embeds
