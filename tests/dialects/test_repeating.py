"""What says again what an answer says is left out of it."""

import pytest

from dialects.repeating import leave_out_probabilities, leave_out_repeated
from dialects.spots import Json


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"choices": [{"logprobs": {"content": [1]}}]}, {"choices": [{"logprobs": None}]}),
        ({"candidates": [{"logprobsResult": {"a": 1}}]}, {"candidates": [{"logprobsResult": None}]}),
        ({"delta": "a", "logprobs": []}, None),
        ({"functionCall": {"args": {"logprobs": 5}}}, None),
    ],
    ids=str,
)
def test_probabilities_are_left_out(said: Json, left: Json | None) -> None:
    expected = said if left is None else left
    before = dict(said)
    assert leave_out_probabilities(said) is (left is not None)
    assert said == expected and (left is not None or said == before)


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({"text": "a", "delta": {"content": "a"}}, {"delta": {"content": "a"}}),
        ({"message": {"content": "b a"}, "delta": {"content": "a"}}, {"delta": {"content": "a"}}),
        ({"message": {"content": "b a"}, "delta": {}}, {"delta": {}}),
        ({"text": "a", "delta": {"role": "assistant"}}, None),
        ({"text": "a"}, None),
        ({"message": {"content": "a"}}, None),
        ("odd", None),
    ],
    ids=str,
)
def test_what_says_a_delta_again_is_left_out(choice: object, left: Json | None) -> None:
    said: Json = {"choices": [choice]}
    assert leave_out_repeated(said) is (left is not None)
    assert said == {"choices": [choice if left is None else left]}
