"""Rules: forbid beats ask, ask beats permit, and what cannot be said denies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop.events import ToolCall, Who
from agentloop.policy import Asking, History, Rule, ruled
from config.expressions import read_expression

BIG = "facts.total > 100"
CONDITIONS = {
    text: read_expression(text) for text in (BIG, "args.id == 'A-7'", "principal.tags.vip == 'yes'")
}
MADE = (("desk/send", ToolCall("c1", "desk__send", '{"id":"A-7"}')),)


def asking(facts: dict | None = None, **more) -> Asking:
    usual = {
        "tool": "desk/send",
        "effect": "keyed",
        "arguments": {"id": "A-7"},
        "facts": {"total": 180} if facts is None else facts,
        "who": Who("support", "key_1"),
        "run": {"turn": 1},
    }
    return Asking(**{**usual, **more})


def rule(verb: str, **more) -> Rule:
    return Rule(f"shop/{verb}", verb, group="leads" if verb == "require_approval" else "", **more)


PERMIT, FORBID, ASK = rule("permit"), rule("forbid"), rule("require_approval", ttl=60.0)


@pytest.mark.parametrize(
    ("rules", "verdict", "names"),
    [
        ([], "allow", ()),
        ([PERMIT], "allow", ("shop/permit",)),
        ([PERMIT, ASK], "ask", ("shop/require_approval", "shop/permit")),
        ([PERMIT, ASK, FORBID], "deny", ("shop/forbid",)),
        ([ASK], "ask", ("shop/require_approval",)),
        ([rule("permit", tools=("other/*",))], "deny", ("unpermitted",)),
        ([rule("permit", effects=("read",))], "deny", ("unpermitted",)),
        ([rule("permit", teams=("support",))], "allow", ("shop/permit",)),
        ([rule("permit", teams=("sales",))], "deny", ("unpermitted",)),
        ([rule("forbid", tools=("desk/s*",))], "deny", ("shop/forbid",)),
        ([rule("forbid", tools=("desk/look",))], "allow", ()),
        ([rule("forbid", when=BIG)], "deny", ("shop/forbid",)),
        ([rule("permit", when="args.id == 'A-7'")], "allow", ("shop/permit",)),
        ([rule("permit", when="principal.tags.vip == 'yes'")], "deny", ("unpermitted",)),
        ([ASK, rule("permit", tools=("other/*",))], "deny", ("unpermitted",)),
    ],
)
def test_the_most_severe_rule_wins(rules, verdict, names):
    found = ruled(rules, asking(), CONDITIONS)
    assert (found.verdict, found.rules) == (verdict, names)


@pytest.mark.parametrize("verb", ["forbid", "require_approval", "permit"])
def test_a_fact_that_is_not_known_denies_and_says_what_to_look_up(verb):
    found = ruled([rule(verb, when=BIG)], asking({}), CONDITIONS)
    assert found.verdict == "deny"
    assert "total" in found.hint


def test_another_permit_may_do_without_the_fact():
    found = ruled([rule("permit", when=BIG), Rule("shop/other", "permit")], asking({}), CONDITIONS)
    assert (found.verdict, found.rules) == ("allow", ("shop/other",))


@pytest.mark.parametrize(
    ("history", "made", "verdict"),
    [
        (History(("desk/send",), ("id",)), MADE, "deny"),
        (History(("desk/send",), ("id",)), (), "allow"),
        (History(("desk/send",), ("id",), 2), MADE, "allow"),
        (History(("desk/look",)), MADE, "allow"),
        (History(("desk/*",)), (("desk/send", ToolCall("c1", "desk__send", '{"id":"B-1"}')),), "deny"),
        (
            History(("desk/*",), ("id",)),
            (("desk/send", ToolCall("c1", "desk__send", '{"id":"B-1"}')),),
            "allow",
        ),
        (
            History(("desk/*",), ("id",)),
            (("desk/send", ToolCall("c1", "desk__send", r'{"id":"\u0041-7"}')),),
            "deny",
        ),
    ],
    ids=[
        "once",
        "never",
        "not yet twice",
        "another tool",
        "any arguments",
        "other arguments",
        "spelt otherwise",
    ],
)
def test_what_was_begun_in_the_run_counts(history, made, verdict):
    assert ruled([rule("forbid", history=history)], asking(made=made), CONDITIONS).verdict == verdict


def test_of_several_who_ask_the_first_groups_people_are_asked_in_the_shortest_time():
    other = Rule("shop/late", "require_approval", group="others", ttl=30.0)
    found = ruled([ASK, other], asking(), CONDITIONS)
    assert (found.group, found.ttl) == ("leads", 30.0)


@given(st.lists(st.sampled_from([PERMIT, FORBID, ASK, rule("forbid", when=BIG)]), max_size=6))
def test_no_order_of_rules_makes_a_call_freer(rules):
    verdicts = {ruled(each, asking(), CONDITIONS).verdict for each in (rules, rules[::-1])}
    assert len(verdicts) == 1
