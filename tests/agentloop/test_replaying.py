"""A replay decides the same from the same, and finds the first place where a new version would not."""

import msgspec
import pytest

from agentloop import events as e
from agentloop.agents import AgentVersion
from agentloop.choke import Door
from agentloop.commands import decide
from agentloop.journal import Entry
from agentloop.replaying import replayed
from agentloop.run import Run, apply
from tests.agentloop.stories import AGENT, DOOR, LOOK, SAID, SEND, story
from tests.agentloop.test_summing import LONG

replace = msgspec.structs.replace


def test_every_prefix_of_a_journal_gives_the_same_commands():
    entries = story()
    whole = replayed("run_1", entries, DOOR)
    assert whole.difference is None
    assert len(whole.digests) == len(entries) - 1
    for length in range(1, len(entries) + 1):
        part = replayed("run_1", entries[:length], DOOR)
        assert part.difference is None
        assert part.digests == whole.digests[: length - 1]


@pytest.mark.parametrize(
    ("kind", "forged"),
    [
        (e.PolicyDecided, {"verdict": "allow", "rules": ("none",)}),
        (e.ToolIntended, {"key": "another"}),
        (e.ModelRequested, {"turn": 7}),
        (e.RunFinished, {"output": "Something else."}),
        (e.ApprovalRequested, {"group": "others"}),
    ],
)
def test_a_journal_that_says_what_nobody_decided_is_found_out(kind, forged):
    entries = story()
    seq = max(entry.seq for entry in entries if isinstance(entry.event, kind))
    entries[seq] = Entry(seq, 1, entries[seq].at_ms, replace(entries[seq].event, **forged))
    found = replayed("run_1", entries, DOOR).difference
    assert found is not None
    assert found.seq == seq


def test_a_journal_with_a_gap_or_another_agent_than_it_is_pinned_to_is_found_out():
    for cut in range(1, len(story()) - 1):
        entries = story()
        del entries[cut]
        assert replayed("run_1", entries, DOOR).difference.seq == cut
    entries = story()
    other = entries[0].event.definition.replace(AGENT.instructions, "Do anything.")
    entries[0] = Entry(0, 0, 1, replace(entries[0].event, definition=other))
    assert "digest" in replayed("run_1", entries, DOOR).difference.recorded


def test_an_answer_that_nobody_asked_for_is_found_out():
    entries = story()
    seq = next(entry.seq for entry in entries if isinstance(entry.event, e.ToolIntended))
    entries[seq] = Entry(seq, 1, 1, e.ToolCompleted("c1", "found"))
    assert replayed("run_1", entries, DOOR).difference.seq == seq


@pytest.mark.parametrize(
    ("new", "kind", "replayed_as"),
    [
        (replace(AGENT, tools=(SEND,)), e.PolicyDecided, '"verdict":"deny"'),
        (replace(AGENT, tools=(LOOK, replace(SEND, approval=None))), e.PolicyDecided, '"verdict":"allow"'),
        (replace(AGENT, limits=e.Limits(turns=1)), e.ModelRequested, '"limit":"turns"'),
        (replace(AGENT, limits=e.Limits(tool_calls=1)), e.ToolIntended, '"limit":"tool_calls"'),
    ],
    ids=["a tool less", "an approval less", "fewer turns", "fewer calls"],
)
def test_what_a_new_version_would_do_otherwise_is_shown_at_its_first_event(
    new: AgentVersion, kind: type[e.Event], replayed_as: str
):
    entries = story()
    found = replayed("run_1", entries, DOOR, new)
    assert found.difference is not None
    assert isinstance(entries[found.difference.seq].event, kind)
    assert replayed_as in found.difference.replayed
    assert replayed_as not in found.difference.recorded


def test_another_prompt_is_named_and_the_recorded_answers_go_on():
    found = replayed("run_1", story(), DOOR, replace(AGENT, instructions="Help well.", model="slow"))
    assert found.changed == ("model", "instructions")
    assert found.difference is None


def test_what_guards_said_is_of_the_record_and_a_replay_asks_no_guard():
    warned = e.Warned(("guard cards: CARD",), "leads", 60)
    entries = story(door=Door(lambda schema, value: None, warned=warned))
    assert any(getattr(entry.event, "warned", None) == warned for entry in entries)
    assert replayed("run_1", entries, DOOR).difference is None


def test_a_tool_that_was_held_back_is_no_decision_that_a_replay_could_make():
    held = Door(lambda schema, value: None, lambda tool: "changed" if tool == SEND else None)
    said = (SAID[0], SAID[1], SAID[2], SAID[4])
    entries = story(said=said, door=held)
    assert any(getattr(entry.event, "rules", ()) == ("quarantine desk/send",) for entry in entries)
    assert replayed("run_1", entries, DOOR).difference is None


def test_a_summary_is_answered_from_the_record_and_another_window_is_found_out():
    agent = replace(AGENT, limits=e.Limits(window=1_000, summary="brief", turns=99))
    through = decide(apply(Run("r"), e.RunCreated("desk", "", LONG, agent.limits))).through
    entries = story(agent, (e.SummaryCompleted(through, "so far", 9, 7), *SAID), items=LONG)
    kinds = [e.name_of(entry.event) for entry in entries]
    assert kinds[2:4] == ["summary.requested", "summary.completed"]
    assert replayed("run_1", entries, DOOR).difference is None
    none = replace(agent, limits=e.Limits(window=1_000, turns=99))
    found = replayed("run_1", entries, DOOR, none).difference
    assert found.seq == 2
    assert found.replayed.startswith("model.requested ")
    later = replace(agent, limits=e.Limits(window=2_000, summary="brief", turns=99))
    assert "summary.requested" in replayed("run_1", entries, DOOR, later).difference.replayed
