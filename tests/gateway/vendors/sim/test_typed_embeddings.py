"""Vectors in the formats of others than OpenAI, and what they are billed as."""

import math
from typing import Any

import pytest

PATHS: dict[str, tuple[dict[str, Any], Any]] = {
    "/v2/embed": (
        {"texts": ["one", "two"], "input_type": "search_query", "embedding_types": ["float"]},
        lambda said: said["embeddings"]["float"],
    ),
    "/api/embed": ({"input": ["one", "two"]}, lambda said: said["embeddings"]),
}


@pytest.mark.parametrize("path", PATHS)
def test_texts_become_unit_vectors_in_their_order(sim: Any, path: str) -> None:
    body, vectors_of = PATHS[path]
    answer = sim.http.post(path, json={"model": "embed-small", **body})
    first, second = vectors_of(answer.json())
    assert first != second and math.isclose(math.hypot(*first), 1, abs_tol=1e-5)
    (line,) = sim.lines()
    assert (line["input"], line["output"], line["usage_delivered"]) == (2, 0, True)
    assert line["nano_dollars"] == 40


def test_one_text_becomes_one_vector(sim: Any) -> None:
    answer = sim.http.post("/api/embeddings", json={"model": "embed-small", "prompt": "one"})
    assert math.isclose(math.hypot(*answer.json()["embedding"]), 1, abs_tol=1e-5)
    assert sim.lines()[0]["endpoint"] == "ollama_embeddings"


@pytest.mark.parametrize(
    "wanted", [{"output_dimension": 10**9}, {"texts": ["x"] * 2049}], ids=["places", "texts"]
)
def test_more_vectors_than_anybody_asks_for_are_refused(sim: Any, wanted: dict[str, Any]) -> None:
    body = {"model": "embed-small", **PATHS["/v2/embed"][0], **wanted}
    answer = sim.http.post("/v2/embed", json=body)
    assert answer.status_code == 400 and "above maximum" in answer.json()["message"]


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_wrong_is_refused_in_the_formats_words(sim: Any, path: str) -> None:
    answer = sim.http.post(path, json={"model": "embed-small", "texts": 7, "input": 7})
    assert answer.status_code == 400
    assert set(answer.json()) == ({"message"} if path == "/v2/embed" else {"error"})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("fault", "holds"),
    [("no_usage", False), ("inband_error", False), ("malformed", False), ("refuse", None)],
)
def test_a_fault_strikes_whole_answers(sim: Any, path: str, fault: str, holds: bool | None) -> None:
    body, vectors_of = PATHS[path]
    heard = sim.raw({"model": f"embed-small@fault={fault}", **body}, path)
    (line,) = sim.lines()
    assert (line["fault"], line["usage_delivered"]) == (fault, False)
    if holds is None:
        assert heard.data == b""
    elif fault == "no_usage":
        assert b"billed_units" not in heard.body and b"prompt_eval_count" not in heard.body
        assert line["nano_dollars"] == 40
    else:
        assert b'"embeddings"' not in heard.body or not heard.body.endswith(b"}")
