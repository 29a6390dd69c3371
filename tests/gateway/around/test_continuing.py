"""The parts of a joined stream: what was said goes behind the question, and one writer writes all of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from config.capabilities import Capabilities, CapabilityOverride
from config.catalog import GuardFacts
from dialects.usage import Usage
from gateway.around.continuing import summed
from gateway.errors import Blocked, UpstreamError
from gateway.guardrails.cordons import Cordons
from gateway.upstream import ClosedEarly
from tests.gateway.crossing import ask, call, crossing
from tests.gateway.road import COUNTED, DONE, ERROR_ANSWER, ROLE, STOP, Answer, Caller, Road, streams

LOST = ClosedEarly("v", "body", "reset")
CALLS = {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f"}}]}
TOOL = b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, "delta": CALLS}]}).encode()


def words(*texts: str) -> list[bytes]:
    return [
        b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()
        for text in texts
    ]


def broken(*texts: str) -> Answer:
    return streams(ROLE, *words(*texts), LOST)


def whole(*texts: str) -> Answer:
    return streams(ROLE, *words(*texts), STOP, COUNTED, DONE)


def road(first: Answer, *then: Answer, able: Sequence[str] = ("next",), extra: int = 100) -> Road:
    """The second of two targets is the first that is asked, by what chance draws."""
    on = crossing({"next": then, "first": [first]}, "weighted", extra=extra)
    known = tuple(CapabilityOverride(f"{name}/m", Capabilities(prefill=True)) for name in able)
    catalog = replace(on.deployment.catalog, capabilities=known)
    on.deployment = replace(on.deployment, catalog=catalog, _routes={})
    on.services.deployment = on.deployment
    return on


async def said(on: Road, usage: bool = False, **members: Any) -> tuple[str, Caller]:
    if usage:
        members["stream_options"] = {"include_usage": True}
    asked = call(on, stream=True, **members)
    asked.headers = [(b"x-signalbox-continue", b"true")]
    caller = await ask(on, asked)
    events = [json.loads(line[6:]) for line in caller.body.split(b"\n\n") if line[:7] == b"data: {"]
    deltas = [event["choices"][0]["delta"].get("content") or "" for event in events if event["choices"]]
    return "".join(deltas), caller


async def test_a_text_that_broke_is_gone_on_with() -> None:
    on = road(broken("Seven ", "trains "), whole(" leave", " at 7."))
    text, caller = await said(on)
    assert text == "Seven trains leave at 7."
    assert caller.complete and caller.body.count(b"[DONE]") == 1
    assert [(row.vendor, row.status) for row in on.rows] == [("first", "cut"), ("next", "ok")]
    sent = json.loads(on.vendors.requests[1][2])
    assert sent["messages"][-1] == {"role": "assistant", "content": "Seven trains"}
    assert sent["stream"] is True
    assert '"continue","next/m","its text broke off after 13 characters' in on.rows[1].trail


async def test_the_usage_that_is_told_is_the_sum_of_both_rows() -> None:
    on = road(broken("Seven"), whole(" trains."))
    _, caller = await said(on, usage=True)
    told = json.loads(caller.body.split(b"\n\n")[-3][6:])["usage"]
    assert told["prompt_tokens"] == sum(row.usage.input for row in on.rows)
    assert told["completion_tokens"] == sum(row.usage.output for row in on.rows)


async def test_what_the_caller_still_wants_is_what_is_asked_for() -> None:
    on = road(broken("Seven"), whole(" trains."))
    await said(on, max_tokens=100)
    used = on.rows[0].usage.output
    assert json.loads(on.vendors.requests[1][2])["max_completion_tokens"] == 100 - used
    with pytest.raises(UpstreamError):
        await said(road(broken("Seven trains leave."), whole("x")), max_tokens=1)


@pytest.mark.parametrize(
    "on",
    [
        pytest.param(road(broken("Seven"), whole("x"), able=()), id="nobody is known to go on"),
        pytest.param(road(broken("Seven"), whole("x"), extra=0), id="the retry budget is spent"),
        pytest.param(road(streams(ROLE, *words("a"), TOOL, LOST), whole("x")), id="a tool call"),
        pytest.param(road(broken("Seven"), ERROR_ANSWER), id="who would go on fails"),
    ],
)
async def test_else_the_stream_ends_as_it_broke(on: Road) -> None:
    with pytest.raises(UpstreamError):
        await said(on)
    assert [row.status for row in on.rows][0] == "cut"
    assert b'"x"' not in b"".join(
        entry[1] for entry in on.log if isinstance(entry, tuple) and entry[0] in ("begin", "write")
    )


async def test_what_a_guard_stops_where_two_answers_meet_is_told_as_what_it_is() -> None:
    on = road(broken("clean ni"), streams(*words("ght train left."), STOP, COUNTED, DONE))
    facts = GuardFacts("words", "words", words=("night train",), stages=("output",))
    catalog = replace(on.deployment.catalog, guards=MappingProxyType({"words": facts}), guardrails=("words",))
    on.deployment.cordons = Cordons(catalog)
    with pytest.raises(Blocked, match="WORD"):
        await said(on)
    told = b"".join(
        entry[1] for entry in on.log if isinstance(entry, tuple) and entry[0] in ("begin", "write")
    )
    assert b'"clean "' in told and b'"ni' not in told and b"ght" not in told


async def test_it_is_gone_on_with_once() -> None:
    on = road(broken("Seven"), broken(" trains"), whole("x"), able=("next", "first"))
    with pytest.raises(UpstreamError):
        await said(on)
    assert [row.status for row in on.rows] == ["cut", "cut"]


async def test_one_that_does_not_break_is_only_written_anew() -> None:
    text, caller = await said(road(whole("Seven", " trains.")))
    assert text == "Seven trains." and caller.complete


async def test_a_character_cut_between_two_events_is_written_whole() -> None:
    pieces = ({"index": 0, "function": {"arguments": text}} for text in ("\ud83d", "\ude00"))
    said_by = ({"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in pieces)
    events = [b"data: %b\n\n" % json.dumps(event).encode() for event in said_by]
    _, caller = await said(road(streams(ROLE, TOOL, *events, STOP, COUNTED, DONE)))
    assert caller.complete and '"arguments":"\U0001f600"' in caller.body.decode()


def test_usage_adds_up_class_by_class() -> None:
    assert summed(Usage(1, 2, reasoning=1), Usage(10, 20, cached_read=5)) == Usage(
        11, 22, cached_read=5, reasoning=1
    )


def thought(text: str) -> bytes:
    delta = {"choices": [{"index": 0, "delta": {"reasoning_content": text}}]}
    return b"data: %b\n\n" % json.dumps(delta).encode()


async def test_a_text_after_thoughts_is_gone_on_with_and_nobody_is_asked_to_think_again() -> None:
    on = road(
        streams(ROLE, thought("Hm."), *words("Seven "), LOST),
        streams(ROLE, thought("Oh."), *words("trains."), STOP, COUNTED, DONE),
    )
    text, caller = await said(on, reasoning_effort="high")
    assert text == "Seven trains." and caller.complete
    assert b"Hm." in caller.body and b"Oh." not in caller.body
    sent = json.loads(on.vendors.requests[1][2])
    assert "reasoning_effort" not in sent
    assert sent["messages"][-1] == {"role": "assistant", "content": "Seven"}


async def test_thoughts_that_break_off_before_any_text_are_not_gone_on_with() -> None:
    with pytest.raises(UpstreamError):
        await said(road(streams(ROLE, thought("Hm."), LOST), whole("x")))


SCHEMA = {"type": "object", "properties": {"trains": {"type": "integer"}}}
FORMATS = [
    pytest.param({"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}, id="a schema"),
    pytest.param({"type": "json_object"}, id="any object"),
]


@pytest.mark.parametrize("form", FORMATS)
async def test_json_is_gone_on_with_by_who_is_told_in_words_what_it_must_be(form: Any) -> None:
    on = road(broken('{"tra'), whole('ins": ', "7}"))
    text, caller = await said(on, response_format=form)
    assert json.loads(text) == {"trains": 7} and caller.complete
    sent = json.loads(on.vendors.requests[1][2])
    assert "response_format" not in sent
    assert sent["messages"][0]["role"] == "system" and "JSON" in sent["messages"][0]["content"]
    assert sent["messages"][-1] == {"role": "assistant", "content": '{"tra'}


@pytest.mark.parametrize("form", FORMATS)
async def test_what_makes_no_json_in_the_end_is_no_clean_answer(form: Any) -> None:
    on = road(broken('{"tra'), whole('{"trains": 7}'))
    with pytest.raises(UpstreamError, match="to valid JSON"):
        await said(on, response_format=form)
