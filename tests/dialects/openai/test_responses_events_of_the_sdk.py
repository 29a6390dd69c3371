"""Every event that OpenAI's SDK knows passes untouched, and harms no translation."""

from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from config.kinds import Operation
from dialects.dialect import Asked, Reply
from dialects.openai.responses import OpenAIResponses
from dialects.translating import Outgoing
from gateway.formats import passage
from tests.dialects.openai_responses_recorded import CALL, CREATED, at, completed, event, message, text

EVENTS: dict[str, type[BaseModel]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind
    for kind in get_args(get_args(ResponseStreamEvent)[0])
}
PARSE = TypeAdapter[Any](ResponseStreamEvent).validate_json
BROKEN = ("error", "response.failed")
ENDS = ("response.completed", "response.incomplete", *BROKEN)
SAID = event("response.output_text.delta", **at(9, content_index=0), delta="hi", logprobs=[])
OTHERS = [Operation.CHAT, Operation.MESSAGES, Operation.GENERATE_CONTENT, Operation.CONVERSE]
OTHERS += [Operation.COHERE_CHAT, Operation.OLLAMA_CHAT]
OWN_ITEMS: list[dict[str, Any]] = [
    {"type": "code_interpreter_call", "id": "ci_1", "status": "in_progress", "code": "", "container_id": "c"},
    {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []},
    {"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "n", "arguments": ""},
    {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "n", "arguments": "{}"},
    {"type": "image_generation_call", "id": "ig_1", "status": "in_progress"},
    {"type": "web_search_call", "id": "ws_1", "status": "in_progress"},
    {"type": "file_search_call", "id": "fs_1", "status": "in_progress", "queries": []},
    {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "patch", "input": ""},
    {"type": "compaction", "id": "cmp_1", "encrypted_content": "sealed"},
]


def least(kind: Any) -> Any:
    """The smallest value of a type."""
    if get_origin(kind) is Annotated:
        return least(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is Union or type(None) in get_args(kind):
        options = get_args(kind)
        return None if type(None) in options else least(options[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {
            name: least(each.annotation) for name, each in kind.model_fields.items() if each.is_required()
        }
    plain: dict[Any, Any] = {str: "x", int: 0, float: 0.5, bool: False, object: {}}
    return plain[kind] if kind in plain else {} if get_origin(kind) is dict else []


def sample(kind: str) -> bytes:
    members = least(EVENTS[kind])
    return event(kind, **{name: value for name, value in members.items() if name != "type"})


def stream(kind: str) -> bytes:
    """An answer in which an event of this kind comes before its text, or ends it."""
    if kind in ENDS:
        whole = {"response.completed": {}, "response.incomplete": {"status": "incomplete"}}.get(kind)
        last = sample(kind) if whole is None else completed(message(text("hi")), **whole)
        return CREATED + SAID + last
    # Arguments of a call that never began are an error.
    begun = event("response.output_item.added", output_index=0, item=CALL | {"arguments": ""})
    before = begun if kind.startswith("response.function_call") else b""
    return CREATED + before + sample(kind) + SAID + completed(message(text("hi")))


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_the_sdk_knows_what_is_sampled(kind: str) -> None:
    assert PARSE(sample(kind).partition(b"data: ")[2]).type == kind


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_event_passes_untouched(kind: str) -> None:
    watcher, sent = OpenAIResponses().watcher(hide_usage=False), stream(kind)
    passed = (
        b"".join(watcher.feed(sent[place : place + 7]) for place in range(0, len(sent), 7)) + watcher.end()
    )
    if kind in BROKEN:
        assert watcher.error is not None and passed == CREATED + SAID
    else:
        assert (passed, watcher.error) == (sent, None) and watcher.done and watcher.finished


@pytest.mark.parametrize("caller", OTHERS, ids=lambda operation: operation.value)
@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_no_event_harms_a_translation(kind: str, caller: Operation) -> None:
    asked = Asked("m", stream=True, include_usage=True)
    reader = passage(caller, Operation.RESPONSES).reader(asked, Outgoing(b""), lambda: Reply("r", 1, "m"))
    written = reader.feed(stream(kind)) + reader.end()
    assert b"hi" in written
    assert (reader.error is not None) is (kind in BROKEN)
    assert reader.finished is (kind not in BROKEN)


@pytest.mark.parametrize("item", OWN_ITEMS, ids=lambda item: item["type"])
def test_a_tool_that_the_vendor_runs_is_content_where_bytes_pass(item: dict[str, Any]) -> None:
    watcher = OpenAIResponses().watcher(hide_usage=False)
    watcher.feed(CREATED)
    assert not watcher.started
    begun = event("response.output_item.added", output_index=0, item=item)
    assert watcher.feed(begun) == begun and watcher.started


def test_thoughts_that_say_nothing_yet_are_no_content() -> None:
    watcher = OpenAIResponses().watcher(hide_usage=False)
    begun = {"type": "reasoning", "id": "rs_1", "summary": []}
    watcher.feed(CREATED + event("response.output_item.added", output_index=0, item=begun))
    assert not watcher.started
