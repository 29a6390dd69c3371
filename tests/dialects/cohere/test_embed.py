"""Cohere's embeddings: what texts are for, and how vectors are written."""

from typing import Any

import msgspec
import pytest
from cohere.types import EmbedByTypeResponse
from hypothesis import given
from hypothesis import strategies as st

from dialects.cohere.embed import CohereEmbed
from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.usage import Usage
from tests.dialects.conversations import texts
from tests.dialects.oracles import oddities, reads

EMBED: EmbeddingDialect = CohereEmbed()
TO = Destination("m")
REPLY = Reply("r1", 1_700_000_000, "m")
requests = st.builds(
    EmbeddingRequest,
    dialect=st.just("cohere_embed"),
    model=st.just("m"),
    inputs=st.lists(texts, min_size=1, max_size=3).map(tuple),
    dimensions=st.none() | st.integers(1, 2000),
    purpose=st.sampled_from(["search_document", "search_query", "classification", "clustering"]),
    extra=st.sampled_from([None, {"truncate": "END"}]),
)
vectors = st.lists(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=3).map(tuple), max_size=3).map(
    tuple
)


def read(**fields: Any) -> EmbeddingRequest:
    return EMBED.read_embedding(msgspec.json.encode({"model": "m", "texts": ["a"]} | fields))


@given(requests)
def test_a_request_is_read_as_it_was_written(request: EmbeddingRequest) -> None:
    assert EMBED.read_embedding(EMBED.write_embedding(request, TO)) == request


def test_what_a_text_is_for_is_always_said() -> None:
    asked = EmbeddingRequest(dialect="other", model="x", inputs=("a",), encoding="base64", extra={"y": 1})
    assert msgspec.json.decode(EMBED.write_embedding(asked, TO)) == {
        "model": "m",
        "texts": ["a"],
        "input_type": "search_document",
        "embedding_types": ["float"],
    }


@pytest.mark.parametrize(
    ("kinds", "encoding", "extra"),
    [
        (["float"], "float", None),
        (["base64"], "base64", None),
        (["float", "base64"], "float", {"embedding_types": ["float", "base64"]}),
        (None, "float", None),
    ],
    ids=str,
)
def test_the_encoding_is_what_was_asked_for(kinds: Any, encoding: str, extra: Any) -> None:
    asked = read(embedding_types=kinds)
    assert (asked.encoding, asked.extra) == (encoding, extra)
    written = msgspec.json.decode(
        EMBED.write_vectors(EmbeddingAnswer(dialect="x", vectors=((1.0,),)), asked, REPLY)
    )
    packed = {"float": [[1.0]], "base64": ["AACAPw=="]}
    assert written["embeddings"] == {kind: packed[kind] for kind in kinds or ["float"]}


def test_inputs_of_one_text_are_texts() -> None:
    inputs = [{"content": [{"type": "text", "text": "b"}]}]
    assert read(inputs=inputs).inputs == ("a", "b")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"texts": None}, "texts"),
        ({"texts": [7]}, "texts.0"),
        ({"texts": "a"}, "texts"),
        ({"embedding_types": ["int8"]}, "embedding_types.0"),
        ({"inputs": [{"content": [{"type": "image_url"}]}]}, "inputs.0.content.0.type"),
        ({"inputs": [{"content": []}]}, "inputs.0"),
        ({"output_dimension": "x"}, "output_dimension"),
        ({"model": None}, "model"),
    ],
    ids=str,
)
def test_what_cannot_be_embedded_is_refused_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**fields)
    assert refused.value.param == param


def test_token_ids_are_refused() -> None:
    with pytest.raises(Unsupported):
        EMBED.write_embedding(EmbeddingRequest(dialect="x", model="m", inputs=((1, 2),)), TO)


@given(vectors, st.sampled_from(["float", "base64"]), st.none() | st.integers(1, 99))
def test_vectors_are_read_as_they_were_written(found: Any, encoding: Any, count: int | None) -> None:
    asked = EmbeddingRequest(dialect="x", model="m", inputs=("a",), encoding=encoding)
    usage = None if count is None else Usage(count)
    answer = EmbeddingAnswer(dialect="cohere_embed", vectors=found, usage=usage)
    body = EMBED.write_vectors(answer, asked, REPLY)
    assert EMBED.read_vectors(body) == answer
    assert EMBED.peek_answer(body) == WholeAnswer(usage, None, 0)
    assert EmbedByTypeResponse.model_validate_json(body).texts == ["a"]


def test_a_vendors_answer_is_read() -> None:
    body = b'{"id":"x","embeddings":[[1,0.5]],"meta":{"billed_units":{"input_tokens":3.0}}}'
    assert EMBED.read_vectors(body) == EmbeddingAnswer(
        dialect="cohere_embed", vectors=((1.0, 0.5),), usage=Usage(3)
    )


@pytest.mark.parametrize(
    "body", [b"{}", b'{"embeddings":{}}', b'{"embeddings":{"float":[7]}}', b"[]", b"", b'{"embeddings":7}']
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the answer "):
        EMBED.read_vectors(body)


def test_a_request_and_an_error_are_peeked_at() -> None:
    assert EMBED.peek(b'{"model":"m","texts":["a"]}') == Asked("m")
    assert EMBED.peek_answer(b'{"message":"no"}') == WholeAnswer(None, VendorError("no"), 0)
    with pytest.raises(Malformed):
        EMBED.peek_answer(b"{}")


@given(
    oddities("model", "texts", "inputs", "content", "type", "text", "embedding_types", "float"),
    oddities("embeddings", "float", "base64", "meta", "tokens", "billed_units", "input_tokens", "message"),
)
def test_nothing_is_too_odd(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    reads(EMBED.read_embedding, asked)
    if reads(EMBED.read_vectors, answer):
        assert reads(EMBED.peek_answer, answer)
