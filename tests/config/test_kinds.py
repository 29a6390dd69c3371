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
    assert [str(operation) for operation in Operation] == ["chat", "completions", "embeddings"]
