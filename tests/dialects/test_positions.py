"""Results of tools and arguments for them are told from words, in every format that has them."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from dialects import json_strings
from dialects.conversation import Conversation, Message, Text, Tool, ToolCall, ToolResult
from dialects.dialect import Destination, Dialect
from dialects.features import fit
from dialects.positions import Position, positions
from dialects.spots import SPOTS
from gateway.formats import SPOKEN

TALKING = [each for each in SPOKEN if SPOKEN[each].name in SPOTS and not each.counts]
TALKING = [each for each in TALKING if each not in (Operation.OLLAMA_GENERATE, Operation.COMPLETIONS)]


def placed(document: bytes) -> dict[str, Position]:
    """Each string with where it stands."""
    found = positions(document)
    places = list(json_strings.texts(document))
    assert found is not None and len(found) == len(places)
    texts = [json_strings.read(document, place).decode() for place in places]
    return dict(zip(texts, found, strict=True))


@pytest.mark.parametrize("operation", TALKING)
def test_in_every_format(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    said = Conversation(
        dialect="",
        model="m",
        messages=(
            Message("system", (Text("a system's words"),)),
            Message("user", (Text("a user's words"),)),
            Message("assistant", (Text("a model's words"), ToolCall("call_1", "f", '{"to": "an argument"}'))),
            Message("tool", (ToolResult("call_1", (Text("a result"),), name="f"),)),
            Message("user", (Text("a user's last words"),)),
        ),
        tools=(Tool("f", "what it does", {"type": "object", "properties": {}}),),
    )
    to = Destination("m", unsupported="drop", output_limit=100)
    fitted, _ = fit(said, dialect, to)
    found = placed(dialect.write_request(fitted, to))
    for words in (
        "a system's words",
        "a user's words",
        "a model's words",
        "a user's last words",
        "what it does",
    ):
        assert found[words] == "words"
    assert found["a result"] == "tool_result"
    argument = next(text for text in found if "an argument" in text)
    assert found[argument] == "tool_call"


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ({"messages": [{"role": "function", "content": "x y"}]}, "x y", "tool_result"),
        ({"messages": [{"content": "x y", "role": "tool"}]}, "x y", "tool_result"),
        ({"documents": [{"data": {"snippet": "x y"}}], "tools": []}, "x y", "tool_result"),
        ({"type": "document", "source": {"data": "x y"}}, "x y", "tool_result"),
        ({"type": "web_search_tool_result", "content": [{"title": "x y"}]}, "x y", "tool_result"),
        ({"type": "custom_tool_call_output", "output": "x y"}, "x y", "tool_result"),
        ({"type": "mcp_call", "output": ["x y"]}, "x y", "tool_result"),
        ({"type": "mcp_call", "arguments": "x y"}, "x y", "tool_call"),
        ({"type": "mcp_approval_request", "name": "x y"}, "x y", "tool_call"),
        ({"type": "shell_call", "action": {"commands": ["x y"]}}, "x y", "tool_call"),
        ({"type": "apply_patch_call", "operation": {"diff": "x y"}}, "x y", "tool_call"),
        ({"type": "code_interpreter_call", "code": "x y"}, "x y", "tool_call"),
        ({"type": "code_interpreter_call", "outputs": [{"logs": "x y"}]}, "x y", "tool_result"),
        ({"type": "response.code_interpreter_call_code.done", "code": "x y"}, "x y", "tool_call"),
        ({"parts": [{"executableCode": {"code": "x y"}}]}, "x y", "tool_call"),
        ({"type": "output_text", "text": "x y", "tools": []}, "x y", "words"),
        ({"type": "function_call_output", "output": "function_call"}, "function_call", "tool_result"),
        ({"r\\u006fle": "x", "tool_calls": [["x y"]]}, "x y", "tool_call"),
    ],
    ids=str,
)  # fmt: skip
def test_by_their_names(value: Any, text: str, expected: Position) -> None:
    assert placed(json.dumps(value).encode())[text] == expected


def test_a_name_may_be_written_with_escapes() -> None:
    document = b'{"messages": [{"r\\u006fle": "t\\u006fol", "content": "x y"}]}'
    assert placed(document)["x y"] == "tool_result"


@pytest.mark.parametrize("document", [b'{"messages": ["words"]}', b"", b'{"tool": '])
def test_where_no_tool_is_or_no_json_all_are_words(document: bytes) -> None:
    assert positions(document) is None


def test_what_is_too_deep_to_read_is_all_a_result() -> None:
    document = b'{"tool": ' + b"[" * 200_000 + b'"x"' + b"]" * 200_000 + b"}"
    found = positions(document)
    assert found is not None and set(found) == {"tool_result"} and len(found) >= 2


JSON = st.recursive(
    st.text() | st.none() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["role", "type", "tool", 'a"\\']), inner),
)


@given(JSON, st.booleans())
def test_there_is_one_for_each_string_whatever_the_document(value: Any, escaped: bool) -> None:
    document = json.dumps({"tool": value}, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    found = positions(document)
    assert found is not None and len(found) == len(list(json_strings.texts(document)))
