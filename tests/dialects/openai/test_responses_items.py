"""The flat items of an input are turns, and turns are items again."""

from typing import Any

import pytest

from dialects.conversation import (
    Image,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from dialects.errors import Malformed
from dialects.openai.responses_items import (
    read_input,
    read_reasoning,
    write_input,
    write_output,
    write_reasoning,
)

NAME = "openai_responses"


def said(*texts: str, **more: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "role": "assistant", "content": content} | more


def asked(text: str, role: str = "user", **more: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]} | more


def called(call: str, **more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call, "name": "f", "arguments": "{}"} | more


def answered(id: str, output: Any = "ok", **more: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": id, "output": output} | more


SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
CUSTOM = {"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": "*** Begin"}
CUSTOM_OUTPUT = {"type": "custom_tool_call_output", "call_id": "c", "output": "Done"}
SHELL = {"type": "local_shell_call", "call_id": "s", "action": {"type": "exec", "command": ["ls"]}}
REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "hm"}],
    "encrypted_content": "sealed",
}
SUMMARIES = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]
CONTENT = [{"type": "reasoning_text", "text": "hm"}]

INPUTS: list[tuple[str, list[dict[str, Any]], tuple[Message, ...]]] = [
    ("a question", [asked("hi")], (Message("user", (Text("hi"),)),)),
    (
        "rules in between",
        [asked("a", "developer"), asked("b", "system"), asked("c", status="completed")],
        (
            Message("developer", (Text("a"),)),
            Message("system", (Text("b"),)),
            Message("user", (Text("c"),), extra={"status": "completed"}),
        ),
    ),
    (
        "a turn of many items",
        [REASONING, said("so", id="msg_1", phase="commentary"), called("c1", id="fc_1"), SEARCH],
        (
            Message(
                "assistant",
                (
                    Thinking("hm", "sealed", "openai", "rs_1"),
                    Text("so", extra={"item": {"id": "msg_1", "phase": "commentary"}}),
                    ToolCall("c1", "f", "{}", extra={"id": "fc_1"}),
                    Native(NAME, SEARCH),
                ),
            ),
        ),
    ),
    (
        "messages in a row, each of its own",
        [said("a", "b", id="msg_1"), said("c", id="msg_2")],
        (
            Message(
                "assistant",
                (
                    Text("a", extra={"item": {"id": "msg_1"}}),
                    Text("b"),
                    Text("c", extra={"item": {"id": "msg_2"}}),
                ),
            ),
        ),
    ),
    (
        "a round of tools",
        [called("c1"), called("c2"), answered("c1"), answered("c2", "", status="completed")],
        (
            Message("assistant", (ToolCall("c1", "f", "{}"), ToolCall("c2", "f", "{}"))),
            Message(
                "tool", (ToolResult("c1", (Text("ok"),)), ToolResult("c2", extra={"status": "completed"}))
            ),
        ),
    ),
    (
        "tools of kinds that only this format has",
        [CUSTOM, SHELL, CUSTOM_OUTPUT],
        (
            Message("assistant", (Native(NAME, CUSTOM), Native(NAME, SHELL))),
            Message("tool", (Native(NAME, CUSTOM_OUTPUT),)),
        ),
    ),
    (
        "a result in parts",
        [answered("c1", [{"type": "input_text", "text": "a"}, {"type": "input_image", "file_id": "file_1"}])],
        (Message("tool", (ToolResult("c1", (Text("a"), Image(Stored("file_1")))),)),),
    ),
    (
        "a result with a part nobody knows",
        [answered("c1", [{"type": "input_text", "text": "a"}, {"type": "input_smell"}])],
        (
            Message(
                "tool",
                (
                    ToolResult(
                        "c1",
                        (Text("a"),),
                        extra={"output": [{"type": "input_text", "text": "a"}, {"type": "input_smell"}]},
                    ),
                ),
            ),
        ),
    ),
    (
        "a refusal",
        [{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}],
        (Message("assistant", (Refusal("no"),)),),
    ),
    (
        "something the model said that nobody knows",
        [{"type": "message", "role": "assistant", "content": [{"type": "output_smell"}]}],
        (
            Message(
                "assistant",
                (
                    Native(
                        NAME,
                        {"type": "message", "role": "assistant", "content": [{"type": "output_smell"}]},
                    ),
                ),
            ),
        ),
    ),
    (
        "a thought of another vendor",
        [
            {"type": "reasoning", "summary": [], "encrypted_content": "sb1:r:anthropic:x"},
            {
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "hm"}],
                "encrypted_content": "sb1:s:anthropic:y",
            },
        ],
        (Message("assistant", (RedactedThinking("x", "anthropic"), Thinking("hm", "y", "anthropic"))),),
    ),
]


@pytest.mark.parametrize(("items", "turns"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_items_are_turns_and_turns_are_those_items(
    items: list[dict[str, Any]], turns: tuple[Message, ...]
) -> None:
    assert read_input(items) == turns
    assert write_input(turns) == items


def test_short_forms_say_the_same() -> None:
    assert read_input("hi") == read_input([{"role": "user", "content": "hi"}]) == read_input([asked("hi")])
    assert read_input([{"role": "assistant", "content": "hi"}]) == read_input([said("hi")])


def test_a_message_without_content_is_no_turn_of_the_model() -> None:
    assert read_input([{"role": "assistant", "content": []}]) == ()


def test_a_signature_carried_in_an_id_is_taken_out() -> None:
    turns = read_input([called("c1__sb__cw"), answered("c1__sb__cw")])
    assert turns[0].parts == (ToolCall("c1", "f", "{}", "s"),)
    assert turns[1].parts == (ToolResult("c1", (Text("ok"),)),)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(REASONING, id="sealed"),
        pytest.param({"type": "reasoning", "id": "rs_1", "summary": []}, id="a name alone"),
        pytest.param({"type": "reasoning", "id": "rs_1", "summary": SUMMARIES}, id="a summary in parts"),
        pytest.param({"type": "reasoning", "summary": [], "content": CONTENT}, id="thoughts in full"),
        pytest.param({"type": "reasoning", "summary": SUMMARIES[:1], "content": CONTENT}, id="both"),
        pytest.param({"type": "reasoning", "summary": [], "status": "completed"}, id="a status"),
    ],
)
def test_a_thought_is_written_as_it_was_read(item: dict[str, Any]) -> None:
    assert write_reasoning(read_reasoning(item)) == item


def test_a_summary_in_parts_is_one_text() -> None:
    assert read_reasoning({"summary": SUMMARIES}).text == "a\n\nb"
    assert read_reasoning({"summary": [], "content": CONTENT}).text == "hm"


@pytest.mark.parametrize(
    ("parts", "output"),
    [
        ((), ""),
        ((Text("a"),), "a"),
        ((Text(""),), [{"type": "input_text", "text": ""}]),
        ((Text("a"), Text("b")), [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]),
        ((Text("a", extra={"x": 1}),), [{"type": "input_text", "text": "a", "x": 1}]),
    ],
)
def test_the_output_of_a_tool_is_a_string_where_it_can_be(parts: Any, output: Any) -> None:
    assert write_output(ToolResult("c1", parts)) == output


@pytest.mark.parametrize(
    ("items", "param"),
    [
        pytest.param(7, "input", id="no list"),
        pytest.param(["hi"], "input.0", id="no object"),
        pytest.param([{}], "input.0.type", id="nothing"),
        pytest.param([asked("hi"), {"role": "critic", "content": ""}], "input.1.role", id="role"),
        pytest.param([{"type": "message", "content": ""}], "input.0.role", id="no role"),
        pytest.param([{"role": "user"}], "input.0.content", id="no content"),
        pytest.param([{"role": "user", "content": [{"type": 7}]}], "input.0.content.0.type", id="part"),
        pytest.param([{"type": "function_call", "call_id": "c"}], "input.0.name", id="call"),
        pytest.param([answered("c", 7)], "input.0.output", id="output"),
        pytest.param([answered("c", ["x"])], "input.0.output.0", id="output part"),
        pytest.param([{"type": "function_call_output", "output": ""}], "input.0.call_id", id="whose output"),
    ],
)
def test_a_bad_item_is_refused_with_its_place(items: Any, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_input(items)
    assert refused.value.param == param


def test_an_image_of_the_models_own_cannot_be_repeated() -> None:
    parts: tuple[Part, ...] = (Text("a"), Image(Stored("file_1")), Text("b"))
    assert write_input([Message("assistant", parts)]) == [said("a"), said("b")]
