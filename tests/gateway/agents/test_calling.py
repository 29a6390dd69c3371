"""A run's tools are reached as the configuration of now says, and lost calls are looked up."""

from types import SimpleNamespace

import msgspec
import pytest

from agentloop.agents import AgentVersion, Reconciliation, ToolVersion
from agentloop.events import ToolCall, ToolCompleted, ToolFailed, ToolReconciled, ToolUnknown
from agentloop.journal import RunRecord
from agentloop.means import Means
from agentloop.steps import Step
from config.secret import Secret
from config.toolbox import ToolServerFacts
from gateway.agents.calling import Calling
from gateway.agents.fitting import fits
from gateway.agents.tooling import Kinds

RECORD = RunRecord("run_1", "support", "key_1", "desk", "sha256:1")
LOOK = ToolVersion("desk/look", "http", "", {}, "read", 0.0)
CANCEL = ToolVersion(
    "desk/cancel",
    "http",
    "",
    {},
    "queryable",
    0.0,
    reconcile=Reconciliation(LOOK, {"order_id": "id"}, "order.status", "cancelled"),
)
STEP = Step(ToolCall("c", "desk__cancel", '{"id":"A-7"}'), 1, attempt=1)
AGENT = AgentVersion("desk", "fast", "", (CANCEL,))


class Http:
    def __init__(self, outcome):
        self.outcome = outcome
        self.calls = []

    async def call(self, tool, reach, step):
        self.calls.append((tool.name, reach, step))
        return self.outcome


def calling(outcome, servers=None):
    known = {
        "desk": ToolServerFacts(
            "desk", "http", "desk:443", ("10.0.0.0/8",), (("x-key", Secret("hush", "file")),), {}
        )
    }
    catalog = SimpleNamespace(tool_servers=known if servers is None else servers)
    http = Http(outcome)
    kinds = Kinds(Means(None, fits, None, float), http)
    return Calling(SimpleNamespace(deployment=SimpleNamespace(catalog=catalog)), kinds), http


async def test_secrets_and_bounds_are_those_of_the_server_now():
    hands, http = calling(ToolCompleted("c", "done"))
    assert await hands.call(RECORD, CANCEL, STEP) == ToolCompleted("c", "done")
    [(name, reach, _)] = http.calls
    assert name == "desk/cancel"
    assert reach.headers == {"x-key": "hush"}
    assert reach.egress.hosts == {"desk:443"}


async def test_a_tool_whose_server_is_gone_is_unavailable():
    hands, http = calling(ToolCompleted("c", "done"), servers={})
    outcome = await hands.call(RECORD, CANCEL, STEP)
    assert isinstance(outcome, ToolFailed)
    assert outcome.code == "unavailable"
    assert not http.calls


async def test_a_memory_needs_no_server_and_knows_whose_run_it_is():
    hands, _ = calling(None, servers={})
    memory = Http(ToolCompleted("c", "done"))
    hands._kinds._opened["memory"] = memory
    recall = ToolVersion("memory/recall", "memory", "", {}, "read")
    assert await hands.call(RECORD, recall, STEP) == ToolCompleted("c", "done")
    [(_, reach, _)] = memory.calls
    assert reach.record == RECORD
    assert not reach.egress.hosts


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (ToolCompleted("c", '{"order":{"status":"cancelled"}}'), True),
        (ToolCompleted("c", '{"order":{"status":"open"}}'), False),
        (ToolCompleted("c", '{"order":[]}'), False),
        (ToolCompleted("c", "{}"), False),
        (ToolCompleted("c", "no json"), None),
        (ToolCompleted("c", '{"order":{"status":"canc\n[cut after 65536 bytes]'), None),
        (ToolCompleted("c", "[" * 30_000), None),
        (ToolFailed("c", "tool_error", "404"), None),
        (ToolUnknown("c", "broke"), None),
    ],
    ids=[
        "it happened",
        "it did not",
        "another form",
        "nothing",
        "no JSON",
        "cut",
        "too deep",
        "refused",
        "silent",
    ],
)
async def test_a_lost_call_is_looked_up_by_its_own_arguments(seen, expected):
    hands, http = calling(seen)
    outcome = await hands.reconcile(RECORD, AGENT, STEP)
    [(name, _, step)] = http.calls
    assert name == "desk/look"
    assert msgspec.json.decode(step.call.arguments) == {"order_id": "A-7"}
    if expected is None:
        assert isinstance(outcome, ToolUnknown)
    else:
        assert isinstance(outcome, ToolReconciled)
        assert outcome.happened is expected


async def test_without_a_look_up_nobody_can_tell():
    hands, _ = calling(ToolCompleted("c", "x"))
    agent = AgentVersion("desk", "fast", "", (ToolVersion("desk/cancel", "http", "", {}),))
    assert isinstance(await hands.reconcile(RECORD, agent, STEP), ToolUnknown)


async def test_a_kind_whose_library_is_missing_is_unavailable():
    servers = {"desk": ToolServerFacts("desk", "nothing", "", (), (), {})}
    hands, _ = calling(ToolCompleted("c", "done"), servers)
    outcome = await hands.call(RECORD, msgspec.structs.replace(CANCEL, kind="nothing"), STEP)
    assert isinstance(outcome, ToolFailed)
    assert "not installed" in outcome.message
