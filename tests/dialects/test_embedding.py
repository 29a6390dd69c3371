"""Texts and token ids for embedding stay what they are."""

import msgspec

from dialects.embedding import EmbeddingRequest


def test_texts_and_token_ids_are_told_apart() -> None:
    asked = EmbeddingRequest(dialect="test", model="m", inputs=("a", (1, 2)))
    assert msgspec.json.decode(msgspec.json.encode(asked), type=EmbeddingRequest) == asked
