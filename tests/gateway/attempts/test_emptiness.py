"""An answer in which nothing is said: another target is asked, and it is billed all the same."""

import json
from typing import Any

import pytest

from dialects.usage import Usage
from gateway.attempts.emptiness import few
from gateway.errors import NobodyAnswered
from tests.gateway.crossing import USAGE, said
from tests.gateway.road import DONE, ROLE, STOP, WHOLE, Answer, Caller, Road, streams

COUNTED = b'data: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":0}}\n\n'
NOTHING = streams(ROLE, STOP, COUNTED, DONE)
FINAL = b'data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"%b"}]}\n\n'


def whole(text: str = "", finish: str = "stop", output: int = 0, **message: Any) -> Answer:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, **message},
        "finish_reason": finish,
    }
    usage = {"prompt_tokens": 100, "completion_tokens": output}
    return Answer([json.dumps({"choices": [choice], "usage": usage}).encode()])


async def ask(first: Answer, *, stream: bool = False, last: str = "user", **settings: Any) -> Road:
    settings = {"empty_fails": True, **settings}
    on = Road({"one": [first], "two": [Answer([WHOLE])]}, **settings)
    if stream:
        on = Road({"one": [first], "two": [streams(ROLE, FINAL % b"length", DONE)]}, **settings)
    call = on.call(stream=stream)
    turn: dict[str, Any] = {"role": last, "content": "x", "tool_call_id": "t"}
    call.body = json.dumps({"model": "fast", "messages": [turn], "stream": stream}).encode()
    await on.run(Caller(on.log), call)
    return on


@pytest.mark.parametrize(
    ("answer", "stream"),
    [
        pytest.param(whole(), False, id="nothing"),
        pytest.param(whole(" \n", output=1), False, id="blank"),
        pytest.param(whole(reasoning_content="hm", output=2), False, id="thoughts alone"),
        pytest.param(NOTHING, True, id="a stream of nothing"),
    ],
)
async def test_nothing_is_no_answer(answer: Answer, stream: bool) -> None:
    on = await ask(answer, stream=stream)
    assert [(row.vendor, row.status, row.error_code) for row in on.rows] == [
        ("one", "error", "vendor_empty"),
        ("two", "ok", ""),
    ]
    assert on.rows[0].cost >= 100 * 1000 and not on.rows[0].estimated
    assert on.deployment.health.calm  # a model that has nothing to say is no broken target


@pytest.mark.parametrize(
    ("answer", "stream"),
    [
        pytest.param(said("Hi"), False, id="a word"),
        pytest.param(whole(finish="length"), False, id="cut"),
        pytest.param(whole(finish="content_filter"), False, id="filtered"),
        pytest.param(whole(refusal="I will not."), False, id="a refusal"),
        pytest.param(
            whole(tool_calls=[{"id": "t", "type": "function", "function": {"name": "f", "arguments": ""}}]),
            False,
            id="a tool call",
        ),
        pytest.param(streams(ROLE, FINAL % b"length", COUNTED, DONE), True, id="a stream that was cut"),
    ],
)
async def test_what_says_something_or_why_is_one(answer: Answer, stream: bool) -> None:
    assert [row.status for row in (await ask(answer, stream=stream)).rows] == ["ok"]


async def test_after_a_tools_result_there_may_be_nothing_to_add() -> None:
    assert [row.status for row in (await ask(whole(), last="tool")).rows] == ["ok"]


async def test_it_is_an_answer_unless_the_operator_says_otherwise() -> None:
    assert [row.status for row in (await ask(whole(), empty_fails=False)).rows] == ["ok"]


async def test_nobody_else_is_an_error_that_says_so() -> None:
    on = Road({"one": [whole()]}, empty_fails=True)
    call = on.call()
    call.body = b'{"model":"fast","messages":[{"role":"user","content":"x"}]}'
    with pytest.raises(NobodyAnswered, match="one/m ended its answer and said nothing") as found:
        await on.run(Caller(on.log), call)
    assert (found.value.status, found.value.code) == (502, "vendor_empty")


def test_who_wrote_much_is_not_read_again() -> None:
    assert few(Usage(output=4), 0) and few(Usage(output=90, reasoning=88), 0) and few(None, 0)
    assert not few(Usage(output=USAGE["completion_tokens"]), 0) and not few(None, 3)
