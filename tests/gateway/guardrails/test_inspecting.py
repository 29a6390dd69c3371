"""What guards want is done to a body, and whatever they do themselves, their rule holds."""

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts, GuardSettings
from config.kinds import Operation
from dialects.conversation import Conversation, Message, Text, Tool, ToolCall, ToolResult
from dialects.dialect import Destination, Dialect
from dialects.features import fit
from dialects.spots import SPOTS
from gateway.formats import SPOKEN
from gateway.guardrails.cordons import Cordon, Post
from gateway.guardrails.inspecting import Verdict, inspect
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import Whole
from guardrails.guard import Action, Finding, GuardBroken, Segment, Span, Stage
from guardrails.guards import pii
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued


@dataclass(frozen=True)
class Word:
    """A guard that finds one word."""

    name: str
    action: Action = "mask"
    stages: frozenset[Stage] = frozenset(["input"])
    partial: Sequence[str] = field(default=())
    kinds: frozenset[str] = frozenset()

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        start = segment.text.find(self.name.encode())
        found = Finding(self.name, self.name.upper(), self.action, start, start + len(self.name))
        return [] if start < 0 else [found]


class Broken(Word):
    def inspect(self, segment: Segment) -> Sequence[Finding]:
        raise RuntimeError("it was about tea")


def post(guard: Word, **facts: Any) -> Post:
    return Post(guard, GuardFacts(guard.name, "words", **facts))


def judged(text: str, *posts: Post, unmask: bool = True) -> tuple[Verdict, str]:
    places = Placeholders(b"k", "team")
    body = json.dumps({"messages": [{"content": text}]}).encode()
    verdict = inspect(Cordon(posts, (), unmask, GuardSettings()), body, places)
    said: str = json.loads(verdict.body)["messages"][0]["content"]
    for name, value in places.values.items():
        said = said.replace(name, f"[{name[1:-1].rpartition('_')[0]}={value}]")
    return verdict, said


def test_a_finding_is_masked_and_the_rest_passes() -> None:
    verdict, said = judged("milk and tea", post(Word("tea")))
    assert said == "milk and [TEA=tea]"
    assert (verdict.outcome, verdict.blocked) == ("mask", "")


def test_what_holds_nothing_passes_as_the_very_same_bytes() -> None:
    body = b'{ "a" : "milk" }'
    cordon = Cordon((post(Word("tea")),), (), True, GuardSettings())
    assert inspect(cordon, body, Placeholders(b"k", "t")).body is body


@pytest.mark.parametrize(
    ("action", "said", "outcome"),
    [("redact", "milk, [TEA]", "redact"), ("flag", "milk, tea", "flag"), ("block", "milk, tea", "block")],
)
def test_each_action_does_what_it_says(action: Action, said: str, outcome: str) -> None:
    verdict, text = judged("milk, tea", post(Word("tea", action)))
    assert (text, verdict.outcome, verdict.blocked) == (said, outcome, "tea" if action == "block" else "")


def operations(work: Callable[[], object]) -> int:
    """How many of the interpreter's operations it takes, which no neighbour of a machine changes."""
    count, before = 0, sys.gettrace()

    def traced(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return traced

    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_what_a_finding_takes() -> None:
    guard, said = pii.GUARD.build(GuardFacts("pii", "pii")), "the trains between Ghent and Bruges " * 20
    text = f"{said} ann.smith@night-train.example or +1 212 555 0187; the card is 4111 1111 1111 1111."
    segment = Segment("input", text.encode(), span=Span(60))
    assert len(guard.inspect(segment)) == 3
    assert operations(lambda: guard.inspect(segment)) < 2450


def test_a_value_that_was_found_once_is_masked_wherever_it_stands() -> None:
    verdict, said = judged("my number: 112233, 112233. but 1122334 and x112233", post(Word("112233")))
    assert said == "my number: [112233=112233], [112233=112233]. but 1122334 and x112233"
    assert verdict.counts[("112233", "enforce", "mask")] == {"112233": 1}


@pytest.mark.parametrize("number", [3, 300])
def test_so_are_many_values(number: int) -> None:
    names = [f"value{each:05}" for each in range(number)]
    text = " ".join([*names, "value00001x xvalue00001", *reversed(names)])
    _, said = judged(text, *(post(Word(name)) for name in names))
    assert said.count("=value") == 2 * number and "value00001x xvalue00001" in said


def test_an_order_is_none_where_it_stands_again() -> None:
    class Order(Word):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            return [msgspec.structs.replace(each, value=False) for each in super().inspect(segment)]

    assert judged("order66, order66", post(Order("order66", "redact")))[1] == "[ORDER66], order66"


def test_a_block_names_the_type_and_never_the_text() -> None:
    verdict, _ = judged("milk, tea", post(Word("tea", "block")), post(Word("milk", "flag")))
    assert verdict.kinds_of("block") == "TEA"


def test_a_shadow_counts_and_does_nothing() -> None:
    verdict, said = judged("tea", post(Word("tea", "block"), mode="shadow"))
    assert (said, verdict.blocked, verdict.outcome) == ("tea", "", "")
    assert verdict.counts == {("tea", "shadow", "block"): {"TEA": 1}}


def test_a_guard_that_breaks_lets_nothing_pass() -> None:
    with pytest.raises(GuardBroken) as raised:
        judged("tea", post(Broken("tea")))
    assert "about tea" not in str(raised.value)


@pytest.mark.parametrize("facts", [{"on_error": "allow"}, {"mode": "shadow"}], ids=["allowed to", "a shadow"])
def test_unless_its_rule_says_otherwise(facts: dict[str, Any]) -> None:
    verdict, said = judged("tea", post(Broken("tea"), **facts))
    assert (said, verdict.failed) == ("tea", [("tea", "error")])


def test_a_look_alike_of_the_callers_own_stands_for_itself() -> None:
    own = "<EMAIL_abcdefabcdef>"
    assert judged(f"is {own} a tag?", post(Word("tea")))[1] == f"is [LITERAL={own}] a tag?"


def test_who_keeps_placeholders_keeps_look_alikes_too() -> None:
    own = "<EMAIL_abcdefabcdef>"
    assert judged(own, post(Word("tea")), unmask=False)[1] == own


@pytest.mark.parametrize("place", [(-5, 2), (0, 10_000), (3, 3), (4, 1)])
def test_a_guard_that_lies_about_places_has_failed(place: tuple[int, int]) -> None:
    class Lying(Word):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            return [Finding("x", "X", "mask", *place)]

    with pytest.raises(GuardBroken):
        judged("tea", post(Lying("x")))
    assert judged("tea", post(Lying("x"), on_error="allow"))[1] == "tea"


TALKING = [each for each in SPOKEN if SPOKEN[each].name in SPOTS and not each.counts]
TALKING.remove(Operation.OLLAMA_GENERATE)  # it has one prompt and no turns
SEEDS = [
    "bob@acme.example",
    "+49 30 1234567",
    "4111 1111 1111 1111",
    "GB29NWBK60161331926819",
    "jürgen@köln.example",
]


def seeded(values: list[str]) -> Conversation:
    """Somebody's data in every field that formats share."""
    one, two, three, four, five = values
    called = ToolCall("call_1", "send", json.dumps({"to": one, two: [three, {"x\n" + four: five}]}))
    parameters = {
        "type": "object",
        "description": five,
        "properties": {"to": {"type": "string", "enum": [one]}},
    }
    return Conversation(
        dialect="",
        model="m",
        messages=(
            Message("system", (Text(f"serve {one}"),)),
            Message("user", (Text(f'I am {two}, "{three}"\\{four}\n{five}'), Text(one))),
            Message("assistant", (Text(f"so {one}"), called)),
            Message(
                "tool", (ToolResult("call_1", (Text(json.dumps({"was": two, "is": [three]})),), name="send"),)
            ),
            Message("user", (Text(f"{four} {five}"),)),
        ),
        tools=(Tool("send", f"writes to {four}", parameters),),
    )


def meant(value: Any) -> Any:
    """The same with letters for their escapes in strings that hold JSON: as the former a value comes back."""
    if isinstance(value, dict):
        return {meant(key): meant(each) for key, each in value.items()}
    if isinstance(value, list):
        return [meant(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), value)
    return value


@pytest.mark.parametrize("operation", TALKING)
@given(values=st.lists(st.sampled_from(SEEDS), min_size=5, max_size=5), escaped=st.booleans())
def test_nothing_of_anybodys_leaves_in_any_format_and_all_of_it_comes_back(
    operation: Operation, values: list[str], escaped: bool
) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    to = Destination("m", unsupported="drop", output_limit=100)
    fitted, _ = fit(seeded(values), dialect, to)
    plain = json.loads(dialect.write_request(fitted, to))
    body = json.dumps(plain, ensure_ascii=escaped).encode()
    places = Placeholders(b"k", "team")
    guard = pii.GUARD.build(GuardFacts("pii", "pii"))
    verdict = inspect(
        Cordon((Post(guard, GuardFacts("pii", "pii")),), (), True, GuardSettings()), body, places
    )
    sent = json.dumps(json.loads(verdict.body), ensure_ascii=False)
    assert not any(value in sent for value in values)
    dialect.read_request(verdict.body)  # it is still a request
    shield = Shield(dialect, Issued(places.values))
    assert meant(json.loads(Whole(shield).document(verdict.body))) == meant(plain)


TALK = json.dumps(
    {
        "messages": [
            {"role": "user", "content": "tea one"},
            {"role": "tool", "content": "tea two"},
        ]
    }
).encode()


@pytest.mark.parametrize(
    ("stages", "masked"),
    [
        (["input"], ["<", "t"]),
        (["tool_result"], ["t", "<"]),
        (["input", "tool_result"], ["<", "<"]),
    ],
    ids=", ".join,
)
def test_a_guard_stands_where_its_stages_are(stages: list[Stage], masked: list[str]) -> None:
    seen: list[Stage] = []

    class Looking(Word):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            seen.append(segment.stage)
            at = segment.text.find(b"tea")
            return [] if at < 0 else [Finding("tea", "TEA", "mask", at, at + 7)]

    guard = post(Looking("tea", stages=frozenset(stages)))
    input_posts = (guard,) if "input" in stages else ()
    result_posts = (guard,) if "tool_result" in stages else ()
    cordon = Cordon(input_posts, (), True, GuardSettings(), results=result_posts)
    verdict = inspect(cordon, TALK, Placeholders(b"k", "t"))
    first = [each["content"][0] for each in json.loads(verdict.body)["messages"]]
    assert seen == stages
    # One that reads everything as one text finds the first place only.
    assert first == masked


def test_a_guard_of_some_roles_reads_no_other() -> None:
    messages = [
        {"role": "system", "content": "tea for the system"},
        {"role": "user", "content": "tea for the user"},
        {"role": "tool", "content": "tea for the tool"},
    ]
    body = json.dumps({"messages": messages}).encode()
    seen = Word("tea", "redact")
    for roles, left in ((("user",), [0, 2]), (("assistant",), [0, 1, 2])):
        cordon = Cordon((post(seen, roles=roles),), (), True, GuardSettings())
        verdict = inspect(cordon, body, Placeholders(b"k", "team"))
        said = [each["content"] for each in json.loads(verdict.body)["messages"]]
        assert [at for at, text in enumerate(said) if "tea" in text] == left


def test_after_a_guard_that_blocks_no_other_is_asked() -> None:
    verdict, _ = judged("tea", post(Word("tea", "block")), post(cast(Any, Broken("cup"))))
    assert verdict.blocked == "tea" and list(verdict.counts) == [("tea", "enforce", "block")]


def test_a_guard_of_both_ways_reads_a_request_once() -> None:
    read: list[bytes] = []

    class Counting(Word):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            read.append(segment.text)
            return super().inspect(segment)

    both = Post(Counting("tea", stages=frozenset(["input", "output"])), GuardFacts("tea", "secrets"))
    cordon = Cordon((both,), (both,), True, GuardSettings())
    verdict = inspect(cordon, b'{"content": "some tea"}', Placeholders(b"k", "team"))
    assert read == [b"some tea"]
    assert verdict.known == {b"tea"} and b"<TEA_" in verdict.body
