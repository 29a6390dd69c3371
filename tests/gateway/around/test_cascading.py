"""The cheap answer where it does, the strong one where it does not, and never less than there was."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from config.catalog import ModelGroup, Strategy, Target
from config.strategies import found_strategies
from gateway.errors import BadRequest, NobodyAnswered, RefusedByVendor
from gateway.routing.learning import Learning, read_learnt
from routing.difficulty.answers import train_answers
from routing.difficulty.checks import checked
from routing.difficulty.features import features
from routing.difficulty.labelled import Labelled
from routing.difficulty.model import dump
from routing.difficulty.training import Example
from tests.gateway.crossing import ask, call, crossing, said, steps, text
from tests.gateway.road import COST, ERROR_ANSWER, STREAM, Answer, Road

SIDES = {"cheap": "cheap", "strong": "strong"}
REFUSED = Answer([b'{"error":{"message":"no such member"}}'], status=400)


def cascade(cheap: Answer, strong: Answer, judged: Answer | None = None, **written: Any) -> Road:
    script = {"cheap": [cheap], "strong": [strong], **({"judge": [judged]} if judged is not None else {})}
    return crossing(script, "cascade", **{**SIDES, **written})


async def test_a_cheap_answer_that_does_is_the_answer() -> None:
    on = cascade(said("Seven."), said("Eight."))
    caller = await ask(on)
    assert text(caller) == "Seven."
    assert [row.vendor for row in on.rows] == ["cheap"]


@pytest.mark.parametrize(
    ("cheap", "reason"),
    [
        pytest.param(said(""), "it is empty", id="empty"),
        pytest.param(said("I am", "length"), "it was cut by its length", id="cut"),
        pytest.param(said("", refusal="I will not."), "it is a refusal", id="refused"),
        pytest.param(said("no", "content_filter"), "it is a refusal", id="filtered"),
    ],
)
async def test_the_strong_side_is_asked_where_it_does_not_do(cheap: Answer, reason: str) -> None:
    on = cascade(cheap, said("Eight."))
    caller = await ask(on)
    assert text(caller) == "Eight."
    assert [(row.vendor, row.status, row.cost) for row in on.rows] == [
        ("cheap", "ok", COST),
        ("strong", "ok", COST),
    ]
    assert ("escalated", f"state: {reason}") in steps(on, "cascade")
    assert caller.head is not None
    assert b"x-signalbox-attempts: 2\r\n" in caller.head.block
    assert b"x-signalbox-cost: 0.%09d\r\n" % (2 * COST) in caller.head.block


async def test_a_streams_cheap_answer_is_held_and_the_strong_one_streams() -> None:
    on = cascade(said("Seven."), STREAM)
    caller = await ask(on, stream=True)
    assert caller.complete and b'"Seven."' in caller.body and caller.body.endswith(b"[DONE]\n\n")
    assert b'"stream":true' not in on.vendors.requests[0][2]
    on = cascade(said(""), STREAM)
    caller = await ask(on, stream=True)
    assert b'"Hello"' in caller.body and caller.body.endswith(b"[DONE]\n\n")
    assert b'"stream":true' in on.vendors.requests[1][2]
    assert any(isinstance(entry, tuple) and entry[0] == "write" for entry in on.log)  # as it came


async def test_a_doubtful_answer_is_given_where_the_strong_side_has_none() -> None:
    on = cascade(said("I am", "length"), ERROR_ANSWER)
    assert text(await ask(on)) == "I am"
    on = cascade(said(""), ERROR_ANSWER)
    with pytest.raises(NobodyAnswered):
        await ask(on)


@pytest.mark.parametrize(
    "cheap",
    [
        pytest.param(ERROR_ANSWER, id="broken"),
        pytest.param(Answer([b"<h1>Not Allowed</h1>"], status=405), id="refused by a proxy before it"),
        pytest.param(Answer([b'{"error":{"message":"too long"}}'], status=413), id="too long for it"),
    ],
)
async def test_a_cheap_side_that_fails_is_passed_over_as_long_as_the_retry_budget_pays(cheap: Answer) -> None:
    on = cascade(cheap, said("Eight."))
    assert text(await ask(on)) == "Eight."
    with pytest.raises((NobodyAnswered, RefusedByVendor)):
        await ask(cascade(cheap, said("Eight."), extra=0))


async def test_a_request_that_is_wrong_is_wrong_everywhere() -> None:
    on = cascade(REFUSED, said("Eight."))
    with pytest.raises(RefusedByVendor, match="no such member"):
        await ask(on)
    assert [row.vendor for row in on.rows] == ["cheap"]


async def test_the_judge_sees_question_and_answer_and_its_no_escalates() -> None:
    on = cascade(said("Seven."), said("Eight."), said("No, it is not."), verify=("judge",), judge="judge")
    caller = await ask(on)
    assert text(caller) == "Eight."
    assert [row.vendor for row in on.rows] == ["cheap", "judge", "strong"]
    assert [row.attempt_id for row in on.rows] == ["req_1.1", "req_1.2", "req_1.3"]
    assert [row.tags for row in on.rows] == ['{"app":"x"}', '{"judge":"auto"}', '{"app":"x"}']
    assert b"How many trains?" in on.vendors.requests[1][2] and b"Seven." in on.vendors.requests[1][2]
    assert caller.head is not None and b"x-signalbox-attempts: 3\r\n" in caller.head.block


@pytest.mark.parametrize(("unsure", "answered"), [("escalate", "Eight."), ("accept", "Seven.")])
@pytest.mark.parametrize("judge", [said("Perhaps."), ERROR_ANSWER], ids=["vague", "down"])
async def test_a_judge_that_says_nothing_is_weighed_as_the_file_says(
    judge: Answer, unsure: str, answered: str
) -> None:
    on = cascade(said("Seven."), said("Eight."), judge, verify=("judge",), judge="judge", unsure=unsure)
    caller = await ask(on)
    assert text(caller) == answered
    assert caller.head is not None
    told = sum(row.cost for row in on.rows)
    assert b"x-signalbox-cost: 0.%09d\r\n" % told in caller.head.block


async def test_a_model_that_has_seen_answers_sends_the_doubtful_share_on(tmp_path: Path) -> None:
    rows = [
        Labelled(
            Example(features("How many trains?"), n % 9 > 0, right),
            checked("How many trains?", f"It is 4 + 4 = {8 + (not right)}."),
        )
        for n, right in ((n, n % 2 == 0) for n in range(200))
    ]
    (tmp_path / "router.bin").write_bytes(dump(train_answers(rows, {})))
    settings = {"verify": ("model",), "model": str(tmp_path / "router.bin")}
    good, bad = (cascade(said(f"It is 4 + 4 = {n}."), said("Eight."), **settings) for n in (8, 9))
    assert text(await ask(good)) == "It is 4 + 4 = 8."
    assert text(await ask(bad)) == "Eight."
    (step,) = steps(bad, "cascade")
    assert step[1].startswith("model: more doubtful than ")
    never = cascade(said("It is 4 + 4 = 9."), said("Eight."), **settings, dial=0.0)
    assert text(await ask(never)) == "It is 4 + 4 = 9."


async def test_what_is_no_valid_json_by_its_schema_escalates() -> None:
    schema = {"type": "object", "required": ["a"]}
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    on = cascade(said('{"b":1}'), said('{"a":1}'), verify=("schema",))
    caller = await ask(on, call(on, response_format=wish))
    assert text(caller) == '{"a":1}'
    assert steps(on, "cascade") == [("escalated", "schema: it breaks required of its schema")]


async def test_what_was_found_out_is_learnt_under_a_name_of_its_own(tmp_path: Path) -> None:
    script = {"cheap": [said(""), said("Seven.")], "strong": [said("Eight.")]}
    on = crossing(script, "cascade", Learning(tmp_path, 1), **SIDES, learn=True)
    await ask(on)
    (learnt,) = read_learnt(tmp_path, "auto")
    assert (learnt.example.weak, learnt.example.strong) == (False, None)
    await ask(on)  # nobody was asked whether this one is right: it waits for somebody to say so
    assert len(read_learnt(tmp_path, "auto")) == 1


async def test_what_cannot_be_read_is_refused() -> None:
    on = cascade(said("Seven."), said("Eight."))
    broken = call(on)
    broken.body = b'{"model":"auto","messages":[{"role":"user"}]}'
    with pytest.raises(BadRequest, match="content"):
        await ask(on, broken)


def inside(script: Mapping[str, Sequence[Answer]], outer: ModelGroup, extra: int = 100) -> Road:
    """`outer` leads to the cascade `auto`, whose judge says no unless the script has it say yes."""
    script = {"judge": [said("no")], **script}
    on = crossing(script, "cascade", None, extra, **SIDES, verify=("state", "judge"), judge="judge")
    catalog = replace(on.deployment.catalog, models={**on.deployment.catalog.models, "outer": outer})
    on.deployment = replace(on.deployment, catalog=catalog, _routes={})
    on.services = replace(on.services, deployment=on.deployment)
    return on


def side_of(kind: str, **written: Any) -> ModelGroup:
    options = {name: each.default for name, each in found_strategies()[kind].options.items()} | written
    sides = {name: written[name] for name in ("cheap", "strong")}
    return ModelGroup("outer", (), Strategy(kind, MappingProxyType(options), MappingProxyType(sides)))


async def ask_outer(on: Road, *, stream: bool = False) -> Any:
    asked = call(on, stream=stream)
    asked.body = asked.body.replace(b'"auto"', b'"outer"')
    asked.asked = asked.dialect.peek(asked.body)
    return await ask(on, asked)


FALLBACK = ModelGroup("outer", (Target("first", "m"),), fallback=("auto",))


async def test_a_cascade_that_is_a_fallback_looks_at_its_own_answers_and_at_no_others() -> None:
    on = inside({"first": [said("")], "cheap": [said("Seven.")], "strong": [said("Eight.")]}, FALLBACK)
    assert text(await ask_outer(on)) == ""
    on = inside({"first": [ERROR_ANSWER], "cheap": [said("Seven.")], "strong": [said("Eight.")]}, FALLBACK)
    caller = await ask_outer(on)
    assert text(caller) == "Eight."
    assert [(row.vendor, row.status) for row in on.rows] == [
        ("first", "error"),
        ("cheap", "ok"),
        ("judge", "ok"),
        ("strong", "ok"),
    ]
    assert [row.attempt_id for row in on.rows] == [f"req_1.{number}" for number in (1, 2, 3, 4)]
    assert on.rows[2].tags == '{"judge":"outer"}'
    assert steps(on, "cascade") == [
        ("escalated", "nobody before it has an answer: vendor_failed"),
        ("escalated", "judge: the judge says no"),
    ]
    assert caller.head is not None
    assert b"x-signalbox-cost: 0.%09d\r\n" % sum(row.cost for row in on.rows) in caller.head.block


async def test_the_way_to_a_cascade_that_is_a_fallback_is_paid_from_the_retry_budget() -> None:
    script = {"first": [ERROR_ANSWER], "cheap": [said("Seven.")], "strong": [said("Eight.")]}
    with pytest.raises(NobodyAnswered):
        await ask_outer(inside(script, FALLBACK, extra=0))


@pytest.mark.parametrize(("judged", "answered"), [("yes", "Seven."), ("no", "Eight.")])
async def test_a_cascade_that_is_a_side_looks_at_its_answers(judged: str, answered: str) -> None:
    script = {"cheap": [said("Seven.")], "strong": [said("Eight.")], "judge": [said(judged)]}
    hard = side_of("difficulty", cheap="cheap", strong="auto", dial=1.0, explore=0.0)
    assert text(await ask_outer(inside(script, hard))) == answered


async def test_a_cascade_whose_cheap_side_is_one_looks_twice() -> None:
    outer = side_of("cascade", cheap="auto", strong="best", verify=("state",))
    script = {"cheap": [said("Seven.")], "strong": [said("")], "best": [said("Nine.")]}
    on = inside(script, outer)
    assert text(await ask_outer(on)) == "Nine."
    assert [row.vendor for row in on.rows] == ["cheap", "judge", "strong", "best"]
    on = inside({**script, "strong": [said("Eight.")]}, outer)
    assert text(await ask_outer(on)) == "Eight."
    assert [row.vendor for row in on.rows] == ["cheap", "judge", "strong"]


async def test_a_cascade_whose_strong_side_is_one_looks_twice_and_its_last_answer_streams() -> None:
    outer = side_of("cascade", cheap="least", strong="auto", verify=("state",))
    on = inside({"least": [said("")], "cheap": [said("Seven.")], "strong": [STREAM]}, outer)
    caller = await ask_outer(on, stream=True)
    assert caller.complete and b'"Hello"' in caller.body and caller.body.endswith(b"[DONE]\n\n")
    assert [row.vendor for row in on.rows] == ["least", "cheap", "judge", "strong"]


async def test_what_comes_before_a_cascade_streams_as_it_would_without() -> None:
    on = inside({"first": [STREAM], "cheap": [said("Seven.")], "strong": [said("Eight.")]}, FALLBACK)
    caller = await ask_outer(on, stream=True)
    assert caller.complete and b'"Hello"' in caller.body
    assert [row.vendor for row in on.rows] == ["first"]
    assert any(isinstance(entry, tuple) and entry[0] == "write" for entry in on.log)
