"""Ollama's embeddings, of many texts and, in the older form, of one."""

from typing import Any

import msgspec
import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.ollama.embed import OllamaEmbed, OllamaEmbeddings
from dialects.usage import Usage
from tests.dialects.conversations import texts
from tests.dialects.oracles import oddities, reads

EMBED: EmbeddingDialect = OllamaEmbed()
OLD: EmbeddingDialect = OllamaEmbeddings()
TO = Destination("m")
REPLY = Reply("r1", 1_700_000_000, "m")
ASKED = EmbeddingRequest(dialect="other", model="x", inputs=("a",), encoding="base64", extra={"y": 1})
own = st.sampled_from([None, {"keep_alive": "5m", "options": {"num_ctx": 1}}])


@given(st.lists(texts, max_size=3).map(tuple), st.none() | st.integers(1, 2000), own)
def test_a_request_is_read_as_it_was_written(inputs: Any, dimensions: int | None, extra: Any) -> None:
    asked = EmbeddingRequest(
        dialect="ollama_embed", model="m", inputs=inputs, dimensions=dimensions, extra=extra
    )
    assert EMBED.read_embedding(EMBED.write_embedding(asked, TO)) == asked


@given(texts, own)
def test_the_older_form_is_read_as_it_was_written(prompt: str, extra: Any) -> None:
    asked = EmbeddingRequest(dialect="ollama_embeddings", model="m", inputs=(prompt,), extra=extra)
    assert OLD.read_embedding(OLD.write_embedding(asked, TO)) == asked


def test_what_is_another_formats_own_is_not_written() -> None:
    assert msgspec.json.decode(EMBED.write_embedding(ASKED, TO)) == {"model": "m", "input": ["a"]}
    assert msgspec.json.decode(OLD.write_embedding(ASKED, TO)) == {"model": "m", "prompt": "a"}


def test_one_text_may_stand_alone() -> None:
    assert EMBED.read_embedding(b'{"model":"m","input":"a"}').inputs == ("a",)


@pytest.mark.parametrize(
    ("dialect", "body", "param"),
    [
        (EMBED, b'{"model":"m","input":7}', "input"),
        (EMBED, b'{"model":"m","input":["a",7]}', "input.1"),
        (EMBED, b'{"input":"a"}', "model"),
        (OLD, b'{"model":"m","prompt":["a"]}', "prompt"),
    ],
    ids=["a number", "a number among texts", "no model", "several prompts"],
)
def test_what_cannot_be_embedded_is_refused_with_its_place(
    dialect: EmbeddingDialect, body: bytes, param: str
) -> None:
    with pytest.raises(Malformed) as refused:
        dialect.read_embedding(body)
    assert refused.value.param == param


@pytest.mark.parametrize("inputs", [(), ("a", "b")])
def test_the_older_form_takes_one_text(inputs: Any) -> None:
    with pytest.raises(Unsupported):
        OLD.write_embedding(msgspec.structs.replace(ASKED, inputs=inputs), TO)


@given(st.lists(st.lists(st.floats(-1, 1), max_size=3).map(tuple), min_size=1, max_size=3).map(tuple))
def test_vectors_are_read_as_they_were_written(vectors: Any) -> None:
    answer = EmbeddingAnswer(dialect="ollama_embed", vectors=vectors, model="m", usage=Usage(3))
    body = EMBED.write_vectors(answer, ASKED, REPLY)
    assert EMBED.read_vectors(body) == answer
    assert ollama.EmbedResponse.model_validate_json(body).prompt_eval_count == 3
    old = OLD.write_vectors(answer, ASKED, REPLY)
    assert OLD.read_vectors(old) == EmbeddingAnswer(dialect="ollama_embeddings", vectors=vectors[:1])
    assert ollama.EmbeddingsResponse.model_validate_json(old).embedding == list(vectors[0])


@pytest.mark.parametrize("dialect", [EMBED, OLD], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    "body", [b"{}", b'{"embeddings":7,"embedding":7}', b'{"embeddings":[7],"embedding":["x"]}', b"[]"]
)
def test_what_is_no_answer_is_malformed(dialect: EmbeddingDialect, body: bytes) -> None:
    for read in (dialect.read_vectors, dialect.peek_answer):
        with pytest.raises(Malformed, match=r"^the answer "):
            read(body)


def test_a_request_and_an_answer_are_peeked_at() -> None:
    assert EMBED.peek(b'{"model":"m","input":"a"}') == Asked("m")
    body = b'{"embeddings":[[1]],"prompt_eval_count":2}'
    assert EMBED.peek_answer(body) == WholeAnswer(Usage(2), None, 0)
    assert OLD.peek_answer(b'{"embedding":[1]}') == WholeAnswer(None, None, 0)
    assert OLD.peek_answer(b'{"error":"no"}') == WholeAnswer(None, VendorError("no"), 0)


@given(
    oddities("model", "input", "prompt", "dimensions"),
    oddities("embeddings", "embedding", "prompt_eval_count", "model", "error"),
)
def test_nothing_is_too_odd(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    for dialect in (EMBED, OLD):
        reads(dialect.read_embedding, asked)
        if reads(dialect.read_vectors, answer):
            assert reads(dialect.peek_answer, answer)
