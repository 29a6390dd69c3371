"""The one door: what is not listed, not JSON, not fitting or over and over again does not pass."""

import json

import msgspec
import pytest

from agentloop import events as e
from agentloop.agents import AgentVersion, ApprovalRule, ToolVersion
from agentloop.choke import MAX_ARGUMENT_BYTES, Door
from agentloop.policy import Rule
from agentloop.run import Run
from agentloop.steps import Step

OBJECT = {"type": "object"}
AGENT = AgentVersion(
    "desk",
    "fast",
    "",
    (
        ToolVersion("orders/get", "http", "", OBJECT, "read"),
        ToolVersion("orders/refund", "http", "", OBJECT, "keyed", approval=ApprovalRule("people", 60)),
    ),
)
RUN = Run("run_1", limits=e.Limits(same_call=1))


def decided(tool, arguments="{}", run=RUN, wrong=None, **step):
    door = Door(lambda schema, value: wrong)
    return door.decide_tool(run, Step(e.ToolCall("c", tool, arguments), 1, **step), AGENT, 1000)


REFUSED = [
    ("a tool that is not listed", "orders__delete", "{}", "denied", "orders__get, orders__refund"),
    ("no JSON", "orders__get", "{", "invalid_arguments", "no JSON object"),
    ("no object", "orders__get", "[1]", "invalid_arguments", "no JSON object"),
    ("not a number", "orders__get", '{"a":NaN}', "invalid_arguments", "no JSON object"),
    ("a member twice", "orders__get", '{"a":1,"a":2}', "invalid_arguments", "'a' is there twice"),
    ("a member twice, spelt otherwise", "orders__get", r'{"a":1,"\u0061":2}', "invalid_arguments", "'a'"),
    ("a member twice inside", "orders__get", '{"a":[{"b":1,"b":1}]}', "invalid_arguments", "'b'"),
    ("too long", "orders__get", '{"a":"%s"}' % ("x" * MAX_ARGUMENT_BYTES), "invalid_arguments", "bytes"),
    (
        "far too deep",
        "orders__get",
        '{"a":' + "[" * 5000 + "]" * 5000 + "}",
        "invalid_arguments",
        "",
    ),  # newer Pythons read it
    *(
        (f"{deep} deep", "orders__get", '{"a":' + "[" * deep + "]" * deep + "}", "invalid_arguments", "")
        for deep in (100, 800, *range(920, 1000, 5))
    ),
]


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_is_refused_is_told_to_the_model(tool, arguments, code, message):
    decision = decided(tool, arguments)
    assert decision.verdict == "deny"
    said = json.loads(decision.message)["error"]
    assert said["code"] == code
    assert message in said["message"]


def test_a_rule_that_an_older_version_could_read_lets_nothing_pass():
    rule = Rule("old", "forbid", when=r"args.iban.matches('^DE\d+$')")
    agent = msgspec.structs.replace(AGENT, rules=(rule,))
    said = Door(lambda schema, value: None).decide_tool(
        RUN, Step(e.ToolCall("c", "orders__get", "{}"), 1), agent, 1000
    )
    assert (said.verdict, said.rules) == ("deny", ("old",))


def test_what_does_not_fit_the_schema_is_refused_with_the_reason():
    assert "order_id is missing" in decided("orders__get", wrong="order_id is missing").message


def test_what_is_listed_passes_with_its_effect():
    decision = decided("orders__get", '{"b":2,"a":1}')
    assert (decision.verdict, decision.effect, decision.rules) == ("allow", "read", ("listed",))
    assert decision.arguments_sha256 == decided("orders__get", '{"a":1, "b":2}').arguments_sha256
    assert decision.arguments_sha256 != decided("orders__get", '{"a":1, "b":3}').arguments_sha256


def test_a_tool_that_needs_a_person_is_asked_for_once():
    asked = decided("orders__refund")
    assert (asked.verdict, asked.group, asked.expires_ms) == ("ask", "people", 61_000)
    assert decided("orders__refund", approved_by="key_9", group="people").verdict == "allow"


def test_who_agreed_for_another_group_did_not_agree_for_this_one():
    assert decided("orders__refund", approved_by="key_9", group="others").verdict == "ask"


WARNED = e.Warned(("guard cards: CARD",), "leads", 30, "board", 90)


@pytest.mark.parametrize(
    ("tool", "warned", "verdict", "group", "seconds", "rules"),
    [
        ("orders__get", WARNED, "ask", "leads", 30, ("guard cards: CARD", "listed")),
        ("orders__refund", WARNED, "ask", "people", 30, ("guard cards: CARD", "approval")),
        ("orders__get", e.Warned(("guard cards",)), "deny", "", 0, ("guard cards",)),
    ],
    ids=["a guard alone", "a guard and the agent", "a guard that could not look"],
)
def test_what_guards_want_is_asked_with_what_rules_want(tool, warned, verdict, group, seconds, rules):
    door = Door(lambda schema, value: None, warned=warned)
    said = door.decide_tool(RUN, Step(e.ToolCall("c", tool, "{}"), 1), AGENT, 1000)
    assert (said.verdict, said.group, said.rules, said.warned) == (verdict, group, rules, warned)
    assert said.expires_ms == (1000 + seconds * 1000 if seconds else 0)


@pytest.mark.parametrize(("group", "verdict"), [("leads", "allow"), ("board", "allow"), ("people", "ask")])
def test_what_a_guard_asked_about_passes_when_its_people_agreed(group, verdict):
    door = Door(lambda schema, value: None, warned=WARNED)
    step = Step(e.ToolCall("c", "orders__get", "{}"), 1, approved_by="key_9", group=group)
    assert door.decide_tool(RUN, step, AGENT, 1000).verdict == verdict


def test_the_same_call_over_and_over_is_refused_but_not_its_repetition_after_a_crash():
    hashed = decided("orders__get").arguments_sha256
    run = Run("run_1", limits=e.Limits(same_call=1), calls=(("orders__get", hashed),))
    assert json.loads(decided("orders__get", run=run).message)["error"]["code"] == "limit"
    assert decided("orders__get", run=run, attempt=1).verdict == "allow"
    assert decided("orders__get", '{"other":1}', run=run).verdict == "allow"


def test_a_tool_that_is_not_what_was_pinned_is_held_back_under_a_name_of_its_own():
    door = Door(lambda schema, value: None, lambda tool: "changed" if tool.name == "orders/get" else None)
    held = door.decide_tool(RUN, Step(e.ToolCall("c", "orders__get", "{}"), 1), AGENT, 1000)
    assert (held.verdict, held.rules) == ("deny", ("quarantine orders/get",))
    assert "orders__get is held back: changed" in json.loads(held.message)["error"]["message"]
    other = door.decide_tool(RUN, Step(e.ToolCall("c", "orders__refund", "{}"), 1), AGENT, 1000)
    assert other.verdict == "ask"
