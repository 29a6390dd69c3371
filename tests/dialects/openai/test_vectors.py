"""Embeddings in the typed form: inputs of four kinds, vectors of two."""

import base64
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse

from dialects.dialect import Destination, Reply
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed
from dialects.openai.embeddings import OpenAIEmbeddings
from dialects.usage import Usage

EMBEDDINGS: EmbeddingDialect = OpenAIEmbeddings()
TO = Destination("m")
REPLY = Reply("r1", 1_700_000_000, "asked")
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
vectors = st.lists(st.lists(floats, min_size=1, max_size=5).map(tuple), max_size=3).map(tuple)
texts = st.sampled_from(["a", "b c", "é\n"])
ids = st.lists(st.integers(0, 200_000), min_size=1, max_size=4).map(tuple)
requests = st.builds(
    EmbeddingRequest,
    dialect=st.just("openai_embeddings"),
    model=st.just("m"),
    inputs=st.lists(texts | ids, min_size=1, max_size=3).map(tuple),
    dimensions=st.none() | st.integers(1, 3000),
    encoding=st.sampled_from(["float", "base64"]),
    user=st.none() | texts,
    extra=st.none() | st.just({"input_type": "query"}),
)


def request(**fields: Any) -> EmbeddingRequest:
    return EmbeddingRequest(**({"dialect": "test", "model": "x", "inputs": ("a",)} | fields))


def read(value: Any, **fields: Any) -> EmbeddingRequest:
    return EMBEDDINGS.read_embedding(json.dumps({"model": "m", "input": value} | fields).encode())


def answered(*data: Any, **fields: Any) -> EmbeddingAnswer:
    return EMBEDDINGS.read_vectors(json.dumps({"data": data} | fields).encode())


@given(requests)
def test_what_is_written_reads_the_same(asked: EmbeddingRequest) -> None:
    assert EMBEDDINGS.read_embedding(EMBEDDINGS.write_embedding(asked, TO)) == asked


@pytest.mark.parametrize(
    ("value", "inputs"),
    [
        ("a", ("a",)),
        (["a", "b"], ("a", "b")),
        ([1, 2], ((1, 2),)),
        ([[1], [2, 3]], ((1,), (2, 3))),
        (["a", [1]], ("a", (1,))),
    ],
)
def test_an_input_is_a_text_or_token_ids(value: Any, inputs: Any) -> None:
    assert read(value).inputs == inputs


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": []}, "input"),
        ({"input": 7}, "input"),
        ({"input": ["a", 7]}, "input.1"),
        ({"input": [[]]}, "input.0"),
        ({"input": [[1.5]]}, "input.0"),
        ({"input": [True]}, "input.0"),
        ({"encoding_format": "int8"}, "encoding_format"),
        ({"dimensions": "x"}, "dimensions"),
    ],
)
def test_a_mistake_is_named_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read("a", **fields)
    assert refused.value.param == param


def test_the_target_has_the_last_word_and_hears_no_purpose() -> None:
    to = Destination("m", renames={"dimensions": "output_dimension"}, drops=frozenset(["user"]))
    written = EMBEDDINGS.write_embedding(request(dimensions=3, user="u", purpose="search_query"), to)
    assert json.loads(written) == {"model": "m", "input": "a", "output_dimension": 3}


@given(vectors, st.sampled_from(["float", "base64"]))
def test_vectors_read_as_they_were_written(said: tuple[tuple[float, ...], ...], encoding: Any) -> None:
    answer = EmbeddingAnswer(dialect="openai_embeddings", vectors=said, model="told", usage=Usage(5))
    body = EMBEDDINGS.write_vectors(answer, request(encoding=encoding), REPLY)
    assert EMBEDDINGS.read_vectors(body) == answer
    if encoding == "float":
        CreateEmbeddingResponse.model_validate_json(body)


def test_base64_is_of_little_endian_floats() -> None:
    packed = base64.b64encode(struct.pack("<2f", 1.0, -2.5)).decode()
    assert answered({"embedding": packed}).vectors == ((1.0, -2.5),)
    answer = EmbeddingAnswer(dialect="test", vectors=((1.0, -2.5),))
    written = json.loads(EMBEDDINGS.write_vectors(answer, request(encoding="base64"), REPLY))
    assert written["data"] == [{"object": "embedding", "index": 0, "embedding": packed}]
    assert (written["model"], written["usage"]) == ("asked", {"prompt_tokens": 0, "total_tokens": 0})


def test_vectors_come_in_the_order_of_their_inputs() -> None:
    assert answered({"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]}).vectors == (
        (1.0,),
        (2.0,),
    )
    assert answered({"embedding": [2]}, {"index": 0, "embedding": [1]}).vectors == ((2.0,), (1.0,))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"data":7}',
        b'{"data":[{}]}',
        b'{"data":[{"embedding":["a"]}]}',
        b'{"data":[{"embedding":"AAA"}]}',
        b'{"data":[{"embedding":"AAAA"}]}',
        b'{"data":[{"embedding":"\xc3\xa9"}]}',
        b'{"data":[{"embedding":"AADAfw=="}]}',
        b'{"data":[{"embedding":[1e400]}]}',
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the answer "):
        EMBEDDINGS.read_vectors(body)


def test_odd_usage_does_not_spoil_an_answer() -> None:
    found = answered({"embedding": [1]}, usage={"prompt_tokens": "5"})
    assert (found.vectors, found.usage) == (((1.0,),), Usage(5))
