"""Embeddings of Google in three forms, in both directions."""

import json
from typing import Any

import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.gemini.embeddings import GeminiEmbeddings, VertexEmbeddings
from dialects.usage import Usage
from tests.dialects.conversations import texts

BATCH: EmbeddingDialect = GeminiEmbeddings()
ONE: EmbeddingDialect = GeminiEmbeddings(batch=False)
VERTEX: EmbeddingDialect = VertexEmbeddings()
ALL = [BATCH, ONE, VERTEX]
IDS = ["batch", "one", "vertex"]
TO = Destination("e")
REPLY = Reply("r", 1, "alias")


def asked(*inputs: Any, **rest: Any) -> EmbeddingRequest:
    return EmbeddingRequest(dialect="other", model="e", inputs=inputs, **rest)


purposes = st.sampled_from([None, "search_document", "search_query", "classification", "clustering"])


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
@given(st.lists(texts, min_size=1, max_size=3), st.none() | st.integers(1, 3072), purposes)
def test_a_request_that_is_written_is_read_again(
    dialect: EmbeddingDialect, inputs: list[str], dimensions: int | None, purpose: str | None
) -> None:
    inputs = inputs[:1] if dialect is ONE else inputs
    request = asked(*inputs, dimensions=dimensions, purpose=purpose)
    body = dialect.write_embedding(request, TO)
    read = dialect.read_embedding(body)
    assert (read.dialect, read.inputs, read.dimensions, read.purpose, read.extra) == (
        dialect.name,
        request.inputs,
        dimensions,
        purpose,
        None,
    )
    assert dialect.read_embedding(dialect.write_embedding(read, TO)) == read
    assert dialect.peek(body) == Asked("")


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
@given(st.lists(st.lists(st.floats(-1, 1), max_size=3), min_size=1, max_size=3), st.integers(1, 99))
def test_vectors_that_are_written_are_read_again(
    dialect: EmbeddingDialect, vectors: list[list[float]], tokens: int
) -> None:
    vectors = vectors[:1] if dialect is ONE else vectors
    answer = EmbeddingAnswer(dialect=dialect.name, vectors=tuple(map(tuple, vectors)), usage=Usage(tokens))
    body = dialect.write_vectors(answer, asked(), REPLY)
    assert dialect.read_vectors(body) == answer
    assert dialect.peek_answer(body) == WholeAnswer(Usage(tokens), None, 0)
    if dialect is BATCH:
        types.EmbedContentResponse.model_validate(json.loads(body))


def test_the_forms_are_those_of_the_vendor() -> None:
    request = asked("a", "b", dimensions=256, purpose="search_query")
    settings = {"model": "models/e", "taskType": "RETRIEVAL_QUERY", "outputDimensionality": 256}
    assert json.loads(BATCH.write_embedding(request, TO)) == {
        "requests": [{**settings, "content": {"parts": [{"text": text}]}} for text in "ab"]
    }
    assert json.loads(VERTEX.write_embedding(request, TO)) == {
        "instances": [{"content": text, "task_type": "RETRIEVAL_QUERY"} for text in "ab"],
        "parameters": {"outputDimensionality": 256},
    }
    with pytest.raises(Unsupported):
        ONE.write_embedding(request, TO)


def test_what_only_this_format_knows_is_put_back() -> None:
    one = {"content": {"parts": {"text": "a"}}, "task_type": "FACT_VERIFICATION", "title": "t"}
    read = BATCH.read_embedding(json.dumps({"requests": [one]}).encode())
    assert (read.purpose, read.extra) == (None, {"taskType": "FACT_VERIFICATION", "title": "t"})
    assert json.loads(BATCH.write_embedding(read, TO))["requests"][0]["title"] == "t"
    wire = {"instances": [{"content": "a", "task_type": "X"}], "parameters": {"autoTruncate": False}}
    assert json.loads(VERTEX.write_embedding(VERTEX.read_embedding(json.dumps(wire).encode()), TO)) == wire


def test_newer_callers_put_their_settings_into_an_object() -> None:
    body = {"content": {"parts": [{"text": "a"}]}, "embedContentConfig": {"outputDimensionality": 5}}
    assert ONE.read_embedding(json.dumps(body).encode()).dimensions == 5


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
def test_token_ids_are_refused(dialect: EmbeddingDialect) -> None:
    with pytest.raises(Unsupported):
        dialect.write_embedding(asked((1, 2)), TO)


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requests":7,"content":7,"instances":7}', b"\xff"])
def test_what_is_no_request_is_malformed(dialect: EmbeddingDialect, body: bytes) -> None:
    with pytest.raises(Malformed):
        dialect.read_embedding(body)


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        (BATCH, b'{"requests":[{"content":{"parts":[{"inlineData":{}}]}}]}'),
        (VERTEX, b'{"instances":[{"content":7}]}'),
        (VERTEX, b'{"instances":[{}]}'),
    ],
)
def test_what_is_no_text_is_malformed(dialect: EmbeddingDialect, body: bytes) -> None:
    with pytest.raises(Malformed):
        dialect.read_embedding(body)


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
@pytest.mark.parametrize("body", [b"", b"7", b"{}", b'{"embeddings":[{}],"predictions":[7]}'])
def test_what_is_no_answer_is_malformed(dialect: EmbeddingDialect, body: bytes) -> None:
    with pytest.raises(Malformed, match="^the answer "):
        dialect.peek_answer(body)


@pytest.mark.parametrize("dialect", ALL, ids=IDS)
def test_errors_are_googles(dialect: EmbeddingDialect) -> None:
    body = dialect.write_error(VendorError("no", code="c"), 404)
    assert dialect.read_error(404, body) == VendorError("no", "NOT_FOUND", "c")
    assert dialect.peek_answer(body).error == VendorError("no", "NOT_FOUND", "c")
    assert dialect.write_error_event(VendorError("no", code="c"), 404) == b"data: " + body + b"\n\n"


def test_the_model_is_replaced_in_each_request() -> None:
    body = b'{"requests":[{"model":"models/alias","content":[ 1.0 ]},{"content":[ 2.0 ]}]}'
    assert BATCH.edit(body, TO) == (
        b'{"requests":[{"model":"models/e","content":[ 1.0 ]},{"content":[ 2.0 ],"model":"models/e"}]}'
    )
    alone = b'{"requests":{"model":"models/alias","content":[ 1.0 ]}}'
    assert BATCH.edit(alone, TO) == b'{"requests":[{"model":"models/e","content":[ 1.0 ]}]}'
    assert (
        ONE.edit(b'{"model":"models/alias","content":[ 1.0 ]}', TO)
        == b'{"model":"models/e","content":[ 1.0 ]}'
    )
    assert VERTEX.edit(b'{"instances":[ 1.0 ]}', TO) == b'{"instances":[ 1.0 ]}'
