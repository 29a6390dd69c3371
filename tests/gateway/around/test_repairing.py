"""Answers that have to be valid: asked again, asked elsewhere, and never passed on when they are not."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.capabilities import Capabilities, CapabilityOverride
from config.catalog import ModelGroup, SchemaRule
from config.kinds import Operation
from dialects.dialect import Destination
from gateway.call import Call
from gateway.errors import AnswerNotValid, BadRequest, NobodyAnswered
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.pipeline import answer
from tests.gateway.road import COST, HANG, Answer, Caller, Road

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
USAGE = {"prompt_tokens": 100, "completion_tokens": 10}
GOOD, BAD = '{"a":1}', '{"a":"secret"}'
ALWAYS = SchemaRule()


def said(text: str, finish: str = "stop", **more: Any) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **more}, "finish_reason": finish}
    return Answer([json.dumps({"id": "v", "model": "m", "choices": [choice], "usage": USAGE}).encode()])


def road(script: dict[str, list[Answer]], rule: SchemaRule | None = ALWAYS, **facts: Any) -> Road:
    """Targets in their order, of which the first group wants its answers checked."""
    made = Road(script)
    catalog = made.deployment.catalog
    fast: ModelGroup = replace(catalog.models["fast"], json_schema=rule)
    lacks = tuple(CapabilityOverride(f"{name}/m", Capabilities(**facts)) for name in script if facts)
    catalog = replace(catalog, models={**catalog.models, "fast": fast}, capabilities=lacks)
    made.deployment = replace(made.deployment, catalog=catalog, _routes={})
    made.services.deployment = made.deployment
    return made


def call(on: Road, *, stream: bool = False, **members: Any) -> Call:
    asked = on.call(stream=stream)
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}]
    body = {"model": "fast", "messages": messages, "response_format": FORMAT, **members}
    asked.body = json.dumps({**body, **({"stream": True} if stream else {})}).encode()
    return asked


class Told(Caller):
    """Lets a test wait until it was told to wait."""

    def __init__(self, log: list[Any]) -> None:
        super().__init__(log)
        self.told = asyncio.Event()

    def hold(self, head: Head, data: bytes) -> None:
        super().hold(head, data)
        self.told.set()


async def run(on: Road, asked: Call) -> Caller:
    caller = Caller(on.log)
    await answer(asked, on.services, caller)
    return caller


def sent(on: Road, at: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(on.vendors.requests[at][2])
    return found


def trail(on: Road) -> list[list[Any]]:
    steps: list[list[Any]] = json.loads(on.rows[-1].trail)
    return steps


async def test_a_valid_answer_passes_as_it_came() -> None:
    on = road({"one": [said(GOOD)]})
    asked = call(on)
    caller = await run(on, asked)
    assert json.loads(caller.body)["choices"][0]["message"]["content"] == GOOD
    assert [row.status for row in on.rows] == ["ok"]
    assert on.vendors.requests[0][2] == asked.dialect.edit(asked.body, Destination("m"))
    assert ["schema", "valid", "one/m", {}] in trail(on)


async def test_a_target_whose_answer_is_not_valid_is_shown_its_fault_and_asked_once_more() -> None:
    on = road({"one": [said(BAD), said(GOOD)]})
    caller = await run(on, call(on))
    assert json.loads(caller.body)["choices"][0]["message"]["content"] == GOOD
    assert [(row.attempt_id, row.status, row.error_code, row.cost) for row in on.rows] == [
        ("req_1.1", "error", "answer_not_valid", COST),
        ("req_1.2", "ok", "", COST),
    ]
    *before, shown, told = sent(on, 1)["messages"]
    assert before == sent(on, 0)["messages"]
    assert shown == {"role": "assistant", "content": BAD}
    assert told["role"] == "user" and 'at /a: "secret" is not of type "integer"' in told["content"]
    assert sent(on, 1)["response_format"]["json_schema"]["schema"] == SCHEMA
    assert caller.head is not None
    assert b"x-signalbox-attempts: 2\r\n" in caller.head.block
    assert b"x-signalbox-cost: 0.%09d\r\n" % (2 * COST) in caller.head.block


async def test_the_ledger_names_what_was_broken_and_quotes_nothing() -> None:
    on = road({"one": [said(BAD)]})
    with pytest.raises(AnswerNotValid, match='one/m does not match .* "secret"'):
        await run(on, call(on))
    assert ["schema", "invalid", "breaks type", {}] in trail(on)
    assert all("secret" not in row.trail for row in on.rows)
    assert len(on.rows) == 2


async def test_the_next_target_is_asked_when_asking_again_did_not_help() -> None:
    on = road({"one": [said(BAD)], "two": [said(GOOD)]})
    caller = await run(on, call(on))
    assert json.loads(caller.body)["choices"][0]["message"]["content"] == GOOD
    assert [row.vendor for row in on.rows] == ["one", "one", "two"]
    assert [row.attempt_id for row in on.rows] == ["req_1.1", "req_1.2", "req_1.3"]
    assert sent(on, 2)["messages"] == sent(on, 0)["messages"]


async def test_a_vendor_that_fails_when_it_is_asked_again_is_passed_over() -> None:
    on = road({"one": [said(BAD), Answer(status=500)], "two": [said(GOOD)]})
    await run(on, call(on))
    assert [row.status for row in on.rows] == ["error", "error", "ok"]
    alone = road({"one": [said(BAD), Answer(status=500)]})
    with pytest.raises(NobodyAnswered):
        await run(alone, call(alone))


async def test_nobody_is_asked_again_where_that_is_not_wanted() -> None:
    on = road({"one": [said(BAD)], "two": [said(BAD)]}, SchemaRule(repair=False))
    with pytest.raises(AnswerNotValid, match="two/m"):
        await run(on, call(on))
    assert [row.vendor for row in on.rows] == ["one", "two"]


@pytest.mark.parametrize(
    "first",
    [
        said(BAD, "length"),
        said("", "tool_calls", tool_calls=[{"id": "1", "type": "function", "function": {"name": "f"}}]),
        said("", refusal="no"),
        said("", "content_filter"),
    ],
    ids=["broken off", "a call", "a refusal", "filtered"],
)
async def test_what_is_no_answer_passes(first: Answer) -> None:
    on = road({"one": [first]})
    await run(on, call(on))
    assert [row.status for row in on.rows] == ["ok"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_a_call_without_a_schema_goes_as_everywhere_else(stream: bool) -> None:
    on = road({"one": [Answer(), Answer()]})
    asked = call(on, stream=stream, response_format={"type": "json_object"})
    await run(on, asked)
    assert sent(on, 0)["response_format"] == {"type": "json_object"}
    assert sent(on, 0).get("stream", False) is stream


async def test_a_streamed_call_is_answered_whole_and_written_as_a_stream() -> None:
    on = road({"one": [said(BAD), said(GOOD)]})
    asked = call(on, stream=True, stream_options={"include_usage": True})
    asked.asked = msgspec.structs.replace(asked.asked, include_usage=True)
    caller = await run(on, asked)
    assert "stream" not in sent(on, 0) and "stream_options" not in sent(on, 0)
    assert caller.head is not None and not caller.head.whole
    assert caller.head.block.startswith(b"content-type: text/event-stream")
    lines = [line[6:] for line in caller.body.split(b"\n\n") if line]
    assert lines[-1] == b"[DONE]"
    events = [json.loads(line) for line in lines[:-1]]
    pieces = [each["delta"].get("content") or "" for event in events for each in event["choices"]]
    assert "".join(pieces) == GOOD
    assert events[-1]["usage"]["prompt_tokens"] == 100
    assert (asked.asked.stream, asked.check) == (True, None)


async def test_a_streams_caller_is_told_to_wait_meanwhile() -> None:
    on = road({"one": [Answer([HANG])]})
    on.deployment = replace(
        on.deployment,
        catalog=replace(
            on.deployment.catalog, settings=replace(on.deployment.catalog.settings, keep_alive=0.001)
        ),
        _routes={},
    )
    caller = Told(on.log)
    running = asyncio.ensure_future(answer(call(on, stream=True), on.services, caller))
    async with asyncio.timeout(30):
        await caller.told.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert caller.held[0][1] == b": keep-alive\n\n"


async def test_a_model_without_schemas_is_told_in_words_and_checked() -> None:
    on = road({"one": [said(BAD), said(GOOD)]}, SchemaRule("unenforced"), json_schema=False)
    await run(on, call(on))
    for at in (0, 1):
        assert "response_format" not in sent(on, at)
        system, told, *_ = sent(on, at)["messages"]
        assert system == {"role": "system", "content": "s"}
        assert told["role"] == "system" and '"required":["a"]' in told["content"]


async def test_a_model_that_enforces_its_schemas_is_believed_where_only_others_are_checked() -> None:
    on = road({"one": [said(BAD)]}, SchemaRule("unenforced"), json_schema=True)
    await run(on, call(on))
    assert [row.status for row in on.rows] == ["ok"]
    assert "schema" not in {step[0] for step in trail(on)}


@pytest.mark.parametrize(
    "schema", [{"$ref": "http://elsewhere/x"}, {"type": "strng"}], ids=["elsewhere", "no schema"]
)
async def test_a_schema_by_which_nothing_can_be_checked_is_the_callers_fault(schema: dict[str, Any]) -> None:
    on = road({"one": [said(GOOD)]})
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    with pytest.raises(BadRequest, match="The JSON Schema of the answer cannot be used"):
        await run(on, call(on, response_format=wanted))
    assert not on.vendors.requests


async def test_a_request_that_cannot_be_read_is_the_callers_fault() -> None:
    on = road({"one": [said(GOOD)]})
    with pytest.raises(BadRequest) as refused:
        await run(on, call(on, messages=3))
    assert refused.value.param == "messages"


async def test_one_prompt_has_no_turns_to_repair_in() -> None:
    on = road({"one": [said(BAD)]})
    asked = call(on)
    asked.operation, asked.endpoint = Operation.OLLAMA_GENERATE, "ollama_generate"
    asked.dialect = SPOKEN[Operation.OLLAMA_GENERATE]
    asked.body = json.dumps({"model": "fast", "prompt": "hi", "format": SCHEMA, "stream": False}).encode()
    with pytest.raises(AnswerNotValid):
        await run(on, asked)
    assert len(on.rows) == 1
