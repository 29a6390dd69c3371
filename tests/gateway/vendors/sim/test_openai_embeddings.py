"""Embeddings, on the wire and with the official SDK."""

import base64
import json
import math
from array import array
from typing import Any

import openai
import pytest

from gateway.vendors.sim.behaviour import Behaviour, StatedUsage
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.openai_embeddings import EmbeddingRequest
from gateway.vendors.sim.script import Stamp


def answer(behaviour: Behaviour | None = None, **more: Any) -> Any:
    body = json.dumps({"model": "embed-small", "input": "Hello", **more}).encode()
    return json.loads(EmbeddingRequest(body).reply(behaviour or Behaviour(), 0, Stamp("run1", 1)).whole())


def test_the_sdk_gets_unit_vectors_in_order(sim: Any) -> None:
    with openai.OpenAI(base_url=sim.base_url, api_key="none", max_retries=0) as client:
        answer = client.embeddings.create(model="embed-small", input=["one", "two", "one"])
    vectors = [item.embedding for item in answer.data]
    assert vectors[0] == vectors[2] != vectors[1]
    assert [item.index for item in answer.data] == [0, 1, 2]
    assert len(vectors[0]) == 1536 and math.isclose(math.hypot(*vectors[0]), 1, abs_tol=1e-5)
    assert answer.usage.prompt_tokens == 3
    (line,) = sim.lines()
    assert (line["input"], line["output"], line["nano_dollars"], line["usage_delivered"]) == (3, 0, 60, True)


def test_base64_and_floats_say_the_same() -> None:
    floats = answer(encoding_format="float", dimensions=8)["data"][0]["embedding"]
    packed = array("f")
    packed.frombytes(base64.b64decode(answer(encoding_format="base64", dimensions=8)["data"][0]["embedding"]))
    assert packed.tolist() == pytest.approx(floats)
    assert len(floats) == 8


@pytest.mark.parametrize(
    ("given", "items", "size"),
    [
        pytest.param("12345", 1, 2, id="a text"),
        pytest.param(["1234", "12345"], 2, 3, id="texts"),
        pytest.param([1, 2, 3], 1, 3, id="token ids"),
        pytest.param([[1, 2], [3]], 2, 3, id="lists of token ids"),
    ],
)
def test_every_form_of_input_is_counted(given: Any, items: int, size: int) -> None:
    found = answer(input=given)
    assert (len(found["data"]), found["usage"]["prompt_tokens"]) == (items, size)


def test_usage_can_be_stated() -> None:
    assert answer(Behaviour(usage=StatedUsage(input=77)))["usage"] == {
        "prompt_tokens": 77,
        "total_tokens": 77,
    }


@pytest.mark.parametrize(
    "more",
    [
        {"input": []},
        {"input": ""},
        {"input": ["a", ""]},
        {"input": ["a", 1]},
        {"input": [[]]},
        {"input": ["a"] * 2049},
        {"input": 1},
        {"dimensions": 0},
        {"dimensions": 4000},
        {"encoding_format": "hex"},
    ],
)
def test_what_openai_refuses_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        answer(**more)
    assert refused.value.status == 400
