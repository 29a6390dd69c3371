"""A workflow goes its way by what its nodes answered, and makes good what it did where it cannot go on."""

import json

import pytest

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import WORD, AgentVersion, ApprovalRule, ToolVersion, digest, written
from agentloop.choke import Door
from agentloop.deciding import decision
from agentloop.flow import Branch, Flow, FlowCall, FlowNode
from agentloop.run import Run, apply, replay

DOOR = Door(lambda schema, value: None)


def tool(name, effect="read", **more):
    return ToolVersion(name, "fake", "", {"type": "object"}, effect, **more)


TOOLS = (
    tool("shop/look"),
    tool("shop/check"),
    tool("shop/pay", "keyed"),
    tool("shop/take_back", "keyed"),
    ToolVersion("approval/sign", WORD, "", {"type": "object"}, "read", approval=ApprovalRule("leads")),
)
FLOW = Flow(
    "look",
    {
        "look": FlowNode("call", (FlowCall("look", "shop/look", {"id": "${input.id}"}),), next="route"),
        "route": FlowNode("switch", choose="nodes.look.output.status", cases={"new": "both"}, default="no"),
        "both": FlowNode(
            "call",
            (FlowCall("a", "shop/check", {"n": 1}), FlowCall("b", "shop/check", {"n": 2})),
            next="big",
            on_error="no",
        ),
        "big": FlowNode("when", branches=(Branch("nodes.look.output.total > 100", "sign"),), default="pay"),
        "sign": FlowNode(
            "call",
            (FlowCall("sign", "approval/sign", {"order": "${nodes.look.output}"}),),
            next="pay",
            on_error="no",
        ),
        "pay": FlowNode(
            "call", (FlowCall("pay", "shop/pay", {"sum": "${nodes.look.output.total}"}),), next="wait"
        ),
        "wait": FlowNode(
            "call",
            (FlowCall("wait", "shop/look", {"id": "${input.id}"}),),
            next="end",
            until='nodes.wait.output.status == "paid"',
            most=2,
        ),
        "no": FlowNode("output", output="refused: ${input.text}"),
        "end": FlowNode("output", output={"paid": "${nodes.look.output.total}"}),
    },
    {"pay": FlowCall("compensate.pay", "shop/take_back", {"sum": "${nodes.look.output.total}"})},
)
AGENT = AgentVersion("shop", "", "", TOOLS, e.Limits(), flow=FLOW)


def begun(agent: AgentVersion) -> e.RunCreated:
    given = (e.Item(json.dumps({"role": "user", "content": '{"id": 7}'})),)
    return e.RunCreated(agent.name, digest(agent), given, agent.limits, written(agent), flow=agent.undoes)


def run(answers, agent=AGENT, person="approved", stop=None):
    """Drive it; `answers` are by tool, the last one again and again; an exception's text is a failure."""
    events: list[e.Event] = [begun(agent), e.RunClaimed("w")]
    now = replay("run_1", events)
    answers = {name: list(each) for name, each in answers.items()}
    while True:
        command = c.decide(now)
        if isinstance(command, c.Rest) and command.why == "ended":
            return now, events
        for event in _next(now, command, answers, agent, person, stop):
            now = apply(now, event)
            events.append(event)


def _next(now: Run, command, answers, agent, person, stop):
    if isinstance(command, c.Rest):
        step = next(each for each in now.steps if not each.done)
        return [e.ApprovalResolved(step.approval_id, step.call.call_id, person, "key_2")]
    if isinstance(command, c.RunTools):
        found = []
        for call_id in command.call_ids:
            said = answers[now.step(call_id).call.tool]
            one = said.pop(0) if len(said) > 1 else said[0]
            found.append(
                e.ToolFailed(call_id, "tool_error", str(one))
                if isinstance(one, Exception)
                else e.ToolCompleted(call_id, one)
            )
            if stop == now.step(call_id).call.tool:
                found.append(e.CancelRequested("key_9"))
        return found
    return [decision(now, command, agent, DOOR, 5)]


NEW, PAID = '{"status":"new","total":250}', '{"status":"paid","total":250}'
GOOD = {"shop/look": [NEW, NEW, PAID], "shop/check": ["fine"], "shop/pay": ["ok"], "shop/take_back": ["ok"]}


def made(events):
    return [each.call_id.partition("#")[0] for each in events if isinstance(each, e.ToolIntended)]


def test_it_goes_by_choices_branches_a_person_and_a_loop_to_its_last_word():
    ended, events = run(GOOD)
    assert ended.ending == e.RunFinished("completed", "", '{"paid":250}')
    assert made(events) == ["look", "a", "b", "pay", "wait", "wait"]
    assert [each.path for each in events if isinstance(each, e.FlowAdvanced)][1] == ("route",)


@pytest.mark.parametrize(
    ("change", "person", "says"),
    [
        ({"shop/look": ['{"status":"old"}']}, "approved", 'refused: {"id": 7}'),
        ({"shop/check": ["fine", ValueError("no")]}, "approved", 'refused: {"id": 7}'),
        ({}, "denied", 'refused: {"id": 7}'),
        ({}, "expired", 'refused: {"id": 7}'),
    ],
)
def test_other_answers_are_other_ways(change, person, says):
    ended, events = run({**GOOD, **change}, person=person)
    assert (ended.ending.status, ended.ending.output) == ("completed", says)
    assert "pay" not in made(events)


def test_a_loop_that_is_over_fails_and_what_was_paid_is_taken_back():
    ended, events = run({**GOOD, "shop/look": [NEW]})
    assert (ended.ending.status, ended.ending.reason) == ("failed", "node_failed")
    assert made(events)[-3:] == ["wait", "wait", "compensate.pay"]
    back = next(each for each in events if isinstance(each, e.FlowUndone)).calls[0]
    assert back.arguments == '{"sum":250}'


def test_a_cancelled_workflow_takes_back_what_it_paid_and_nothing_else():
    ended, events = run(GOOD, stop="shop/pay")
    assert ended.ending.status == "cancelled"
    assert made(events)[-2:] == ["pay", "compensate.pay"]
    ended, events = run(GOOD, stop="shop/check")
    assert ended.ending.status == "cancelled"
    assert "compensate.pay" not in made(events)


def test_a_limit_ends_it_and_what_was_paid_is_taken_back_all_the_same():
    limited = AgentVersion("shop", "", "", TOOLS, e.Limits(tool_calls=4), flow=FLOW)
    ended, events = run(GOOD, limited)
    assert (ended.ending.status, ended.ending.reason) == ("incomplete", "max_tool_calls")
    assert made(events)[-1] == "compensate.pay"


def test_what_cannot_be_said_fails_its_node():
    ended, _ = run({**GOOD, "shop/look": ["no json"]})
    assert ended.ending.status == "failed"
    assert "nodes.look.output" in ended.fault.message or "status" in ended.fault.message


def test_a_conversation_is_handed_over_and_a_model_goes_on():
    expert = AgentVersion("expert", "fast", "")
    over = ToolVersion(
        "handoffs/expert",
        "handoff",
        "",
        {"type": "object"},
        "transactional",
        settings={"definition": written(expert)},
    )
    said = {"input": "Help with ${input.id}."}
    flow = Flow("go", {"go": FlowNode("handoff", (FlowCall("go", "handoffs/expert", said),))})
    agent = AgentVersion("shop", "", "", (over,), flow=flow)
    now = replay("run_1", [begun(agent), e.RunClaimed("w")])
    while not isinstance(command := c.decide(now), c.AskModel):
        now = apply(now, decision(now, command, agent, DOOR, 5))
    assert (now.agent, now.place) == ("expert", None)
    assert command.items[-1].json == '{"role":"user","content":"Help with 7."}'
