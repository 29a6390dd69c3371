"""Embeddings: a model's name of the request, the input tokens of the answer."""

import json
from typing import Any

import pytest

from dialects.dialect import Asked, Destination, Spoken, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.openai.embeddings import OpenAIEmbeddings
from dialects.usage import Usage

EMBEDDINGS: Spoken = OpenAIEmbeddings()
VECTOR = {"object": "embedding", "index": 0, "embedding": [0.1, -2e-5]}
PACKED = {"object": "embedding", "index": 0, "embedding": "AACAPw=="}


@pytest.mark.parametrize("text", ["a", ["a", "b"], [1, 2], [[1], [2]], None], ids=repr)
def test_a_request_is_read_whatever_its_input(text: Any) -> None:
    assert EMBEDDINGS.peek(json.dumps({"model": "m", "input": text}).encode()) == Asked("m")


@pytest.mark.parametrize(("body", "param"), [(b'{"model":"m"}', "input"), (b'{"input":"a"}', "model")])
def test_model_and_input_must_be_there(body: bytes, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        EMBEDDINGS.peek(body)
    assert refused.value.param == param


def test_token_ids_and_floats_pass_bit_for_bit() -> None:
    body = b'{"input":[[1, 2],[30]],"model":"fast","encoding_format":"base64"}'
    edited = EMBEDDINGS.edit(body, Destination("e"))
    assert edited == b'{"input":[[1, 2],[30]],"model":"e","encoding_format":"base64"}'


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        pytest.param(
            {"data": [VECTOR], "usage": {"prompt_tokens": 5, "total_tokens": 5}},
            WholeAnswer(Usage(5), None, 0),
            id="floats",
        ),
        pytest.param({"data": [PACKED], "usage": None}, WholeAnswer(None, None, 0), id="base64, no usage"),
        pytest.param(
            {"data": [], "usage": {"prompt_tokens": 5.0}}, WholeAnswer(Usage(5), None, 0), id="odd usage"
        ),
        pytest.param({"error": {"message": "m"}}, WholeAnswer(None, VendorError("m"), 0), id="error"),
    ],
)
def test_an_answer_is_read(fields: dict[str, Any], whole: WholeAnswer) -> None:
    assert EMBEDDINGS.peek_answer(json.dumps(fields).encode()) == whole


@pytest.mark.parametrize(
    "body", [b"{}", b'{"data":null}', b'{"data":"x"}', b'{"data":[1]}', b"[]", b"", b'{"data":[']
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the answer "):
        EMBEDDINGS.peek_answer(body)
