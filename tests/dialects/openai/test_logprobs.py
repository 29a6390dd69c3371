"""Log probabilities in both of OpenAI's shapes."""

from typing import Any

import pytest

from dialects.openai.logprobs import read_logprobs, write_legacy

TOKEN = {"token": "é", "logprob": -0.5, "bytes": [195, 169], "top_logprobs": []}
TOP = {"token": "b", "logprob": -1.0, "bytes": [98], "top_logprobs": []}
LEGACY = {
    "tokens": ["é", "ab"],
    "token_logprobs": [-0.5, None],
    "top_logprobs": [{"b": -1.0}, {}],
    "text_offset": [3, 4],
}


def test_the_four_lists_are_read_as_one_and_written_again() -> None:
    found = read_logprobs(LEGACY)
    second = {"token": "ab", "logprob": None, "bytes": [97, 98], "top_logprobs": []}
    assert found == (TOKEN | {"top_logprobs": [TOP]}, second)
    assert write_legacy(found, 3) == LEGACY


@pytest.mark.parametrize(
    ("found", "tokens"),
    [
        ({"content": [TOKEN], "refusal": None}, (TOKEN,)),
        ({"content": None}, ()),
        (None, ()),
        (7, ()),
        ({"tokens": ["é"]}, ()),
        ({"tokens": ["é"], "token_logprobs": [-0.5], "top_logprobs": None}, (TOKEN,)),
        ({"tokens": ["é"], "token_logprobs": [-0.5, -1], "top_logprobs": [7]}, (TOKEN,)),
    ],
)
def test_what_is_no_list_of_tokens_says_nothing(found: Any, tokens: tuple[Any, ...]) -> None:
    assert read_logprobs(found) == tokens


def test_odd_tokens_are_written_too() -> None:
    assert write_legacy([{"token": "a", "top_logprobs": None}, 7])["tokens"] == ["a"]
