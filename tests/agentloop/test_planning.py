"""What a new version may do that the old one could not is said first of all."""

import msgspec
import pytest

from agentloop.agents import ApprovalRule
from agentloop.events import Limits
from agentloop.flow import Flow, FlowNode
from agentloop.planning import changes, differences
from tests.agentloop.stories import AGENT, LOOK, SEND

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (None, AGENT, ["new: it can call desk/look, desk/send"]),
        (AGENT, AGENT, []),
        (replace(AGENT, tools=(LOOK,)), AGENT, ["gain: it can now call desk/send (keyed)"]),
        (AGENT, replace(AGENT, tools=(LOOK,)), ["loss: it can no longer call desk/send"]),
        (
            AGENT,
            replace(AGENT, tools=(LOOK, replace(SEND, approval=None))),
            ["gain: it can now call desk/send without asking people"],
        ),
        (
            AGENT,
            replace(AGENT, tools=(LOOK, replace(SEND, approval=ApprovalRule("others"), effect="unsafe"))),
            ["tool desk/send: effect, approval changed"],
        ),
        (AGENT, replace(AGENT, model="slow"), ["model: fast → slow"]),
        (AGENT, replace(AGENT, instructions="Wait."), ["instructions: -Help.", "instructions: +Wait."]),
        (AGENT, replace(AGENT, limits=Limits(turns=3)), ["limit turns: 12 → 3"]),
        (AGENT, replace(AGENT, parameters={"top": 1}), ["parameters: {} → {'top': 1}"]),
        (
            AGENT,
            replace(AGENT, flow=Flow("end", {"end": FlowNode("output")})),
            ["the workflow's graph changed"],
        ),
        (AGENT, replace(AGENT, tools=(SEND, LOOK)), ["its tools or rules stand in another order"]),
    ],
)
def test_each_change_is_one_sentence(old, new, said):
    assert changes(old, new) == said


def test_what_is_gone_is_a_difference_too():
    new = replace(AGENT, model="slow")
    assert differences({"old": AGENT, "desk": AGENT}, {"desk": new, "new": AGENT}) == {
        "desk": ["model: fast → slow"],
        "new": ["new: it can call desk/look, desk/send"],
        "old": ["gone: nobody can begin a run of it"],
    }
