"""The characters of a message are counted wherever a vendor puts them."""

from typing import Any

import msgspec
import pytest

from dialects.openai.text import UNREAD, Delta, is_content, length_of

THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "two"}, "odd", {"text": 7}]}

ROWS = [
    pytest.param({}, 0, False, id="nothing"),
    pytest.param({"role": "assistant", "content": ""}, 0, False, id="a role"),
    pytest.param({"content": "four"}, 4, False, id="content"),
    pytest.param({"content": None, "refusal": "no"}, 2, False, id="refusal"),
    pytest.param({"reasoning_content": "abc"}, 3, False, id="reasoning of DeepSeek"),
    pytest.param({"reasoning": "abc"}, 3, False, id="reasoning of Groq"),
    pytest.param({"reasoning": "abc", "reasoning_content": "abc"}, 3, False, id="reasoning of vLLM, twice"),
    pytest.param({"tool_calls": [{"function": {"name": "f"}}]}, 0, True, id="a tool's name"),
    pytest.param({"tool_calls": [{"function": {"arguments": "{}"}}, {}]}, 2, True, id="arguments"),
    pytest.param({"tool_calls": []}, 0, False, id="no tools"),
    pytest.param({"function_call": {"arguments": "{}"}}, 2, True, id="function"),
    pytest.param({"audio": {"data": "AA"}}, 0, True, id="sound"),
    pytest.param({"content": [THINKING, {"type": "text", "text": "4"}]}, 4, False, id="Mistral's lists"),
    pytest.param({"content": ["ab", 3, None, {"thinking": "cd"}]}, 4, False, id="lists of anything"),
]


@pytest.mark.parametrize(("message", "length", "content"), ROWS)
def test_a_message_says_so_much(message: dict[str, Any], length: int, content: bool) -> None:
    delta = msgspec.convert(message, Delta)
    assert (length_of(delta), is_content(delta)) == (length, content)


def test_what_nobody_could_read_is_a_token() -> None:
    assert len(UNREAD) == 4
