"""What a format cannot say is taken out, named, and refused where the operator wants it so."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.conversation import (
    Conversation,
    File,
    Inline,
    Message,
    Native,
    NativeTool,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Destination, Dialect
from dialects.errors import Unsupported
from dialects.features import FEATURES, NAMES, fit
from dialects.signs import signs_in
from tests.dialects.conversations import conversations

HINTS = [feature.name for feature in FEATURES if feature.hint]


@dataclass(frozen=True)
class Small:
    """As much of a dialect as fitting looks at."""

    cannot: frozenset[str] = frozenset()
    name: str = "test"
    origins: frozenset[str] = frozenset(["anthropic", "gemini", "openai", ""])


def small(*cannot: str, **rest: Any) -> Dialect:
    return cast(Dialect, Small(frozenset(cannot), **rest))


def to(policy: Any = "drop", **rest: Any) -> Destination:
    return Destination("m", unsupported=policy, **rest)


def said(*parts: Any, **rest: Any) -> Conversation:
    return Conversation(dialect="test", model="m", messages=(Message("user", parts),), **rest)


@given(conversations())
def test_a_format_that_can_say_everything_loses_nothing(conversation: Conversation) -> None:
    assert fit(conversation, small(), to("error")) == (conversation, ())


@given(conversations())
def test_what_need_not_be_looked_for_is_not_there(conversation: Conversation) -> None:
    signs, plain = signs_in(conversation), said()
    for feature in FEATURES:
        unsigned = feature.signs and feature.signs.isdisjoint(signs)
        value = attrgetter(feature.member) if feature.member else None
        if unsigned or (value and value(conversation) == value(plain)):
            assert feature.strip(conversation) == conversation


@given(conversations(), st.sets(st.sampled_from(sorted(NAMES))))
def test_fitting_twice_loses_no_more_than_once(conversation: Conversation, cannot: set[str]) -> None:
    fitted, _ = fit(conversation, small(*cannot), to())
    assert fit(fitted, small(*cannot), to("error")) == (fitted, ())


@given(conversations(), st.sets(st.sampled_from(sorted(NAMES))))
def test_what_is_named_as_dropped_is_what_differs(conversation: Conversation, cannot: set[str]) -> None:
    fitted, dropped = fit(conversation, small(*cannot), to())
    assert (fitted != conversation) == bool(dropped)
    assert all(name in cannot or name.partition(".")[0] in cannot for name in dropped)


@given(conversations(), st.sets(st.sampled_from(sorted(NAMES))))
def test_the_policy_refuses_what_shapes_the_answer_and_nothing_else(
    conversation: Conversation, cannot: set[str]
) -> None:
    _, dropped = fit(conversation, small(*cannot), to("drop"))
    shaping = [name for name in dropped if name not in HINTS and not name.startswith("extra.")]
    if shaping:
        with pytest.raises(Unsupported) as refused:
            fit(conversation, small(*cannot), to("error"))
        assert all(name in refused.value.message for name in shaping)
        assert refused.value.param == shaping[0]
    else:
        fit(conversation, small(*cannot), to("error"))


def test_a_model_may_lack_more_than_its_format() -> None:
    asked = said(Text("hi"), sampling=Sampling(temperature=0.5))
    fitted, dropped = fit(asked, small(), to(cannot=frozenset(["temperature"])))
    assert (fitted.sampling, dropped) == (Sampling(), ("temperature",))


def test_what_only_another_format_knows_is_dropped_whatever_the_policy() -> None:
    native = Native("test", {"type": "odd"})
    asked = said(Text("hi"), native, tools=(NativeTool("test", {}), Tool("f")), extra={"x": 1})
    fitted, dropped = fit(asked, small(name="other"), to("error"))
    assert fitted == said(Text("hi"), tools=(Tool("f"),))
    assert dropped == ("tools.native", "native", "extra", "extra.x")
    assert fit(asked, small(), to("error")) == (asked, ())


def test_a_header_has_room_for_few_unknown_names_and_for_no_odd_ones() -> None:
    odd = {"a b": 1, "x\r\ny": 1, "é": 1, "n" * 41: 1, "": 1}
    _, dropped = fit(said(Text("hi"), extra=odd), small(name="other"), to("error"))
    assert dropped == ("extra",)
    _, dropped = fit(
        said(Text("hi"), extra={f"n{n:02}": 1 for n in range(99)}), small(name="other"), to("error")
    )
    assert dropped == ("extra", *(f"extra.n{n:02}" for n in range(16)))


def test_thoughts_go_back_only_to_those_who_signed_them() -> None:
    asked = said(Text("hi"), Thinking("hm", "s", "anthropic"))
    fitted, dropped = fit(asked, small(origins=frozenset(["gemini"])), to("error"))
    assert (fitted, dropped) == (said(Text("hi")), ("thinking.foreign",))


def test_a_turn_of_which_nothing_is_left_is_gone() -> None:
    asked = said(Thinking("hm", "s", "anthropic"))
    assert fit(asked, small("thinking"), to())[0].messages == ()


@pytest.mark.parametrize("lacks", ["file", "file.plain"])
def test_a_document_of_plain_text_is_told_as_text_where_files_are_not_read(lacks: str) -> None:
    plain = File(Inline("text/plain", "w6k="), "T")
    asked = said(plain, ToolResult("t", (File(Inline("text/plain", "YQ==")),)))
    fitted, dropped = fit(asked, small(lacks), to("error"))
    assert fitted == said(Text("T\né"), ToolResult("t", (Text("a"),)))
    assert dropped == ("file.plain",)


@pytest.mark.parametrize("source", [Inline("text/plain", "/w=="), Inline("application/pdf", "QQ==")], ids=str)
def test_what_is_no_plain_text_stays_a_file(source: Inline) -> None:
    assert fit(said(File(source)), small("file.plain"), to("error")) == (said(File(source)), ())
    with pytest.raises(Unsupported, match="file"):
        fit(said(File(source)), small("file"), to("error"))


def test_neutral_wishes_are_no_loss() -> None:
    asked = said(
        Text("hi"),
        sampling=Sampling(frequency_penalty=0.0, logit_bias={}),
        parallel_tools=True,
        tool_choice=ToolChoice("auto"),
    )
    lacks = ["frequency_penalty", "logit_bias", "choices", "parallel_tools", "tool_choice.none", "prefill"]
    assert fit(asked, small(*lacks), to("error"))[1] == ()


def test_the_wish_for_one_call_at_a_time_is_a_hint() -> None:
    wish = said(Text("hi"), parallel_tools=False, tools=(Tool("f"), Tool("g")))
    fitted, dropped = fit(wish, small("parallel_tools"), to("error"))
    assert (fitted.parallel_tools, dropped) == (None, ("parallel_tools",))


def test_who_lacks_a_thing_lacks_its_kinds() -> None:
    asked = said(Text("hi"), tools=(Tool("f", strict=True), NativeTool("test", {})))
    assert fit(asked, small("tools"), to())[0].tools == ()
