"""What OpenAI's imitators say about thinking means something elsewhere, and goes to them as it came."""

import json
from typing import Any

import pytest

from dialects.anthropic.messages import AnthropicMessages
from dialects.conversation import Reasoning
from dialects.dialect import Destination
from dialects.openai.chat import OpenAIChat
from dialects.openai.chat_body import write_request
from dialects.openai.chat_request import read_request
from dialects.translating import Translated

CHAT = OpenAIChat()


def body(**more: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], **more}).encode()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, Reasoning(budget=2048)),
        ({"thinking": {"type": "enabled"}}, Reasoning(budget=-1)),
        ({"thinking": {"type": "adaptive"}}, Reasoning(budget=-1)),
        ({"thinking": {"type": "enabled", "budget_tokens": "many"}}, Reasoning(budget=-1)),
        ({"thinking": {"type": "disabled"}}, Reasoning(budget=0)),
        ({"thinking": {"type": "sometimes"}}, None),
        ({"thinking": "yes"}, None),
        ({"reasoning": {"effort": "high"}}, Reasoning("high")),
        ({"reasoning": {"effort": "high", "exclude": True}}, Reasoning("high", show=False)),
        ({"reasoning": {"max_tokens": 900}}, Reasoning(budget=900)),
        ({"reasoning": {"enabled": True}}, Reasoning(budget=-1)),
        ({"reasoning": {"enabled": False}}, Reasoning(budget=0)),
        ({"reasoning": {"exclude": False}}, Reasoning(show=True)),
        ({"reasoning": {"effort": ["high"]}}, None),
        ({"reasoning": None}, None),
        ({"enable_thinking": True}, Reasoning(budget=-1)),
        ({"enable_thinking": False}, Reasoning(budget=0)),
        ({"enable_thinking": "no"}, None),
        ({"reasoning_effort": "low", "thinking": {"type": "disabled"}}, Reasoning("low")),
        ({"reasoning_effort": "a lot", "reasoning": {"effort": "low"}}, Reasoning("low")),
    ],
)
def test_a_wish_is_read_and_goes_back_as_it_came(said: dict[str, Any], meant: Reasoning | None) -> None:
    conversation = read_request(body(**said))
    assert conversation.reasoning == meant
    written = json.loads(write_request(conversation, Destination("m")))
    assert {name: written.get(name) for name in said} == said
    assert "reasoning_effort" not in written or "reasoning_effort" in said


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (
            {"thinking": {"type": "enabled", "budget_tokens": 2048}},
            {"type": "enabled", "budget_tokens": 2048},
        ),
        ({"reasoning": {"max_tokens": 2048}}, {"type": "enabled", "budget_tokens": 2048}),
        ({"enable_thinking": True}, {"type": "adaptive"}),
    ],
)
def test_claude_thinks_as_it_was_told_and_nothing_counts_as_dropped(
    said: dict[str, Any], written: dict[str, Any]
) -> None:
    asked = body(max_tokens=9000, **said)
    sent = Translated(CHAT, AnthropicMessages()).request(asked, CHAT.peek(asked), Destination("c"))
    assert json.loads(sent.body)["thinking"] == written
    assert sent.dropped == ()


@pytest.mark.parametrize("said", [{"thinking": {"type": "disabled"}}, {"enable_thinking": False}])
def test_a_model_that_cannot_think_is_asked_by_who_wants_no_thought(said: dict[str, Any]) -> None:
    asked = body(**said)
    to = Destination("c", unsupported="error", cannot=frozenset(["reasoning"]))
    sent = Translated(CHAT, AnthropicMessages()).request(asked, CHAT.peek(asked), to)
    assert "thinking" not in json.loads(sent.body)
    assert sent.dropped == ()


def test_what_means_nothing_elsewhere_is_still_named() -> None:
    asked = body(max_tokens=9000, thinking={"type": "enabled"}, chat_template_kwargs={"a": 1})
    sent = Translated(CHAT, AnthropicMessages()).request(asked, CHAT.peek(asked), Destination("c"))
    assert sent.dropped == ("extra", "extra.chat_template_kwargs")


def test_a_hint_for_caches_is_no_loss_where_it_is_said() -> None:
    content = [{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]
    asked = json.dumps({"model": "m", "messages": [{"role": "user", "content": content}]}).encode()
    sent = Translated(CHAT, AnthropicMessages()).request(asked, CHAT.peek(asked), Destination("c"))
    assert json.loads(sent.body)["messages"][0]["content"] == content
    assert sent.dropped == ()
