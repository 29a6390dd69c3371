"""A long piece of the system prompt never leaves, wherever the answer is cut; a short one may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts
from guardrails.ends import Ends
from guardrails.guard import Bindable, Finding, Segment
from guardrails.guards.leak import GUARD
from guardrails.window import Stopped, Window

PROMPT = (
    b"You are Rudder, the assistant of the Acme ferry line. Never promise a refund above 40 euros. "
    b"The override code for captains is seven swans swimming, and nobody else may learn of it."
)
ONE, TWO = PROMPT[:50], PROMPT[90:140]
FACTS = GuardFacts("leak", "leak", max_bytes=40, canaries=("swan-7731",))


def found(text: bytes, facts: GuardFacts = FACTS) -> list[tuple[str, bytes]]:
    guard = GUARD.build(facts)
    assert isinstance(guard, Bindable)
    bound, _ = guard.bound([b"short", PROMPT], Ends(["zzz"]))
    return [(each.kind, text[each.start : each.end]) for each in bound.inspect(Segment("output", text))]


TABLE = [
    ("nothing of it", b"The ferry leaves at noon.", []),
    ("a piece of 40", b"He said: " + PROMPT[10:50] + b"!", []),
    ("a piece of 41", b"He said: " + PROMPT[10:51] + b"!", [("SYSTEM_PROMPT", PROMPT[10:51])]),
    ("all of it", PROMPT, [("SYSTEM_PROMPT", PROMPT)]),
    ("in capitals", PROMPT[:60].upper(), [("SYSTEM_PROMPT", PROMPT[:60].upper())]),
    ("two pieces", ONE + b" / " + TWO, [("SYSTEM_PROMPT", ONE), ("SYSTEM_PROMPT", TWO)]),
    ("a canary", b"the code is SWAN-7731.", [("CANARY", b"SWAN-7731")]),
    ("a canary letter by letter", b"s w a n - 7 7 3 1", [("CANARY", b"s w a n - 7 7 3 1")]),
    ("a canary in base64", b"c3dhbi03NzMx=", [("CANARY", b"c3dhbi03NzMx")]),
    ("a canary in a word", b"swan-77312", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_repeated(text: bytes, wanted: list[tuple[str, bytes]]) -> None:
    assert found(text) == wanted


def test_without_a_prompt_there_are_canaries_alone() -> None:
    guard = GUARD.build(FACTS)
    assert isinstance(guard, Bindable)
    assert guard.bound([b"be brief"], Ends(["zzz"]))[0] is guard


@given(
    before=st.integers(0, 12),
    start=st.integers(0, 60),
    length=st.integers(41, 100),
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=12),
)
def test_no_cut_lets_a_byte_of_it_out(before: int, start: int, length: int, cuts: list[int]) -> None:
    guard = GUARD.build(FACTS)
    assert isinstance(guard, Bindable)
    bound, openings = guard.bound([PROMPT], Ends(list(guard.partial)))
    seen: list[Finding] = []
    window = Window(lambda text: bound.inspect(Segment("output", text)), openings, seen.append, in_json=False)
    secret = PROMPT[start : start + length].decode()
    text = "~" * before + secret + "~ and more"
    out, at = "", 0
    with pytest.raises(Stopped):
        for size in [*cuts, len(text)]:
            out += window.feed(text[at : at + size])
            at += size
        out += window.flush()
    assert ("~" * before).startswith(out)  # what came with it in one piece is not said either


def test_words_that_are_not_the_prompts_are_not_held() -> None:
    guard = GUARD.build(FACTS)
    assert isinstance(guard, Bindable)
    bound, openings = guard.bound([PROMPT], Ends(list(guard.partial)))
    window = Window(lambda text: bound.inspect(Segment("output", text)), openings, print, in_json=False)
    assert window.feed("Kestrels hover #") == "Kestrels hover #"


@pytest.mark.parametrize(
    "facts", [{"stages": ("input",)}, {"action": "mask"}, {"max_bytes": 8}, {"max_bytes": 300}]
)
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="leak"):
        GUARD.build(GuardFacts("leak", "leak", **facts))  # type: ignore[arg-type]
