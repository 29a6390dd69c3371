"""Every client finds the models in the list that its own format has."""

import json
from typing import Any

import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import Malformed
from dialects.model_lists import Listed, anthropic_models, gemini_model, gemini_models, ollama_tags

MODELS = [Listed("fast", 1_700_000_000), Listed("smart", 1_700_000_001), Listed("team/tiny:1b", 0)]
NAMES = [model.name for model in MODELS]
lists = st.lists(st.sampled_from("abcdefghij"), max_size=8, unique=True).map(
    lambda names: [Listed(name, 1_700_000_000) for name in names]
)


def test_ollama_lists_every_model() -> None:
    read = ollama.ListResponse.model_validate_json(ollama_tags(MODELS))
    assert [model.model for model in read.models] == NAMES
    assert [model.modified_at.timestamp() for model in read.models if model.modified_at] == [
        model.created for model in MODELS
    ]


def test_gemini_lists_every_model() -> None:
    (first, *_) = json.loads(gemini_models(MODELS))["models"]
    assert first == {
        "name": "models/fast",
        "baseModelId": "fast",
        "version": "001",
        "displayName": "fast",
        "supportedGenerationMethods": ["generateContent", "countTokens", "embedContent"],
    }
    assert gemini_model(MODELS[0])["name"] == first["name"]


@given(lists, st.integers(1, 4))
def test_the_pages_of_gemini_hold_each_model_once(models: list[Listed], size: int) -> None:
    found, token = [], ""
    while True:
        page: dict[str, Any] = json.loads(gemini_models(models, size, token))
        assert len(page["models"]) <= size
        found += [model["baseModelId"] for model in page["models"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert found == [model.name for model in models]


@pytest.mark.parametrize("size", [0, -1, 5000])
def test_a_page_of_gemini_has_bounds(size: int) -> None:
    many = [Listed(str(number), 0) for number in range(1100)]
    assert len(json.loads(gemini_models(many, size))["models"]) == (1000 if size > 0 else 50)


@pytest.mark.parametrize("token", ["x", "-1", "4", "٣", "9" * 5000])
def test_a_token_nobody_gave_is_refused(token: str) -> None:
    with pytest.raises(Malformed) as refused:
        gemini_models(MODELS, 1, token)
    assert refused.value.param == "pageToken"


def test_anthropic_lists_every_model() -> None:
    read = json.loads(anthropic_models(MODELS))
    assert read["data"][0] == {
        "type": "model",
        "id": "fast",
        "display_name": "fast",
        "created_at": "2023-11-14T22:13:20Z",
    }
    assert ([model["id"] for model in read["data"]], read["has_more"]) == (NAMES, False)
    assert (read["first_id"], read["last_id"]) == (NAMES[0], NAMES[-1])


def test_no_models_are_an_empty_page() -> None:
    assert json.loads(anthropic_models([])) == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


@given(lists, st.integers(1, 4))
def test_the_pages_of_anthropic_hold_each_model_once(models: list[Listed], limit: int) -> None:
    found, after = [], ""
    while True:
        page = json.loads(anthropic_models(models, limit, after_id=after))
        assert len(page["data"]) <= limit
        found += [model["id"] for model in page["data"]]
        after = page["last_id"]
        if not page["has_more"]:
            break
    assert found == [model.name for model in models]


def test_a_page_before_a_model_ends_there() -> None:
    page = json.loads(anthropic_models(MODELS, 1, before_id=NAMES[2]))
    assert ([model["id"] for model in page["data"]], page["has_more"]) == ([NAMES[1]], True)
    page = json.loads(anthropic_models(MODELS, 1, before_id=NAMES[1]))
    assert ([model["id"] for model in page["data"]], page["has_more"]) == ([NAMES[0]], False)


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({"after_id": "x"}, "after_id"),
        ({"before_id": "x"}, "before_id"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
    ],
    ids=str,
)
def test_a_cursor_or_limit_that_cannot_be_is_refused(wish: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        anthropic_models(MODELS, **wish)
    assert refused.value.param == param
