"""Conversations and answers as hypothesis draws them, in the canonical form that every dialect reads into."""

import base64
from typing import Any

import msgspec
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import (
    Audio,
    CacheHint,
    Conversation,
    File,
    Format,
    Image,
    Inline,
    Message,
    Part,
    Reasoning,
    RedactedThinking,
    Refusal,
    Sampling,
    Stored,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Url,
)
from dialects.usage import Usage

# Drawn from what breaks writers: to make up free texts takes hypothesis a tenth of a second a conversation.
TEXTS = (
    "Hello",
    "a\nb",
    'say "no" \\ or \\n',
    "héllo 你好",
    "\U0001f600\u200d\u2028",
    "data: [DONE]\n\nevent: x",
    " x ",
    "</s>\t{}",
    "7",
    "\x00\x1f\x7f",
)
texts = st.sampled_from(TEXTS)
names = st.sampled_from(["f", "get_weather", "a1", "look_up_2"])
ids = st.integers(0, 9999).map(lambda number: f"call_{number:04d}")
data = st.sampled_from([b"\x00", b"abc", b"\xff\xfe\xfd\xfc"]).map(lambda raw: base64.b64encode(raw).decode())
hints = st.sampled_from([None, None, CacheHint("5m"), CacheHint("1h")])
objects = st.sampled_from(
    [
        {},
        {"city": "Paris", "days": 3},
        {"nested": {"list": [1, -2.5, None, True, "é"], "empty": {}}},
        {"text": 'a "quoted"\n line', "big": 2**40},
    ]
)
arguments = objects.map(lambda value: msgspec.json.encode(value).decode())
schemas = st.sampled_from(
    [
        {"type": "object", "properties": {}},
        {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    ]
)


def urls(ending: str) -> st.SearchStrategy[str]:
    return names.map(lambda name: f"https://example.com/{name}.{ending}")


image_sources = (
    st.builds(Inline, st.sampled_from(["image/png", "image/jpeg"]), data)
    | st.builds(Url, urls("png"))
    | st.builds(Stored, names)
)
file_sources = (
    st.builds(Inline, st.just("application/pdf"), data)
    | st.builds(Url, urls("pdf"))
    | st.builds(Stored, names)
)
user_parts = (
    st.builds(Text, texts, cache=hints)
    | st.builds(Image, image_sources, st.sampled_from([None, "low", "high"]), cache=hints)
    | st.builds(Audio, st.builds(Inline, st.sampled_from(["audio/wav", "audio/mpeg"]), data))
    | st.builds(File, file_sources, st.none() | names.map(lambda name: f"{name}.pdf"), cache=hints)
)
thoughts = st.builds(
    Thinking, texts, st.none() | data, st.sampled_from(["anthropic", "gemini", "openai", ""])
) | st.builds(RedactedThinking, data, st.just("anthropic"))


def _ask(role: Any) -> st.SearchStrategy[Message]:
    return st.builds(
        Message, st.just(role), st.lists(st.builds(Text, texts), min_size=1, max_size=2).map(tuple)
    )


@st.composite
def rounds(draw: st.DrawFn) -> list[Message]:
    """A user's turn and the answer to it, with a round of tools in between now and then."""
    parts = draw(st.lists(user_parts, min_size=1, max_size=3))
    said = [Message("user", tuple(parts), name=draw(st.none() | names))]
    spoken: list[Part] = draw(st.lists(thoughts, max_size=1))
    if draw(st.booleans()):
        spoken = [*spoken, Text(draw(texts))]
    calls = draw(
        st.lists(st.builds(ToolCall, ids, names, arguments), max_size=2, unique_by=lambda call: call.id)
    )
    if calls:
        said.append(Message("assistant", (*spoken, *calls)))
        results = [
            ToolResult(
                call.id,
                tuple(draw(st.lists(st.builds(Text, texts), min_size=1, max_size=1))),
                name=call.name,
                is_error=draw(st.booleans()),
            )
            for call in calls
        ]
        said.append(Message("tool", tuple(results)))
        spoken = []
    said.append(Message("assistant", (*spoken, Text(draw(texts)))))
    return said


samplings = st.builds(
    Sampling,
    max_output=st.none() | st.integers(1, 8000),
    temperature=st.none() | st.sampled_from([0.0, 0.25, 1.0]),
    top_p=st.none() | st.sampled_from([0.5, 1.0]),
    top_k=st.none() | st.integers(1, 100),
    stop=st.lists(texts, max_size=2, unique=True).map(tuple),
    seed=st.none() | st.integers(0, 2**31),
    choices=st.integers(1, 2),
    frequency_penalty=st.none() | st.sampled_from([0.5]),
    presence_penalty=st.none() | st.sampled_from([0.5]),
    logprobs=st.none() | st.integers(0, 5),
)
tools = st.builds(Tool, names, st.none() | texts, schemas, st.none() | st.booleans(), cache=hints)
formats = st.just(Format("json")) | st.builds(
    Format, st.just("schema"), schemas, names, st.none() | texts, st.none() | st.booleans()
)


@st.composite
def conversations(draw: st.DrawFn, dialect: str = "test") -> Conversation:
    """A conversation with parts of every kind that two formats share; `extra` and natives are left out."""
    messages: list[Message] = draw(st.lists(_ask("system") | _ask("developer"), max_size=2))
    for turn in draw(st.lists(rounds(), max_size=2)):
        messages.extend(turn)
    messages.append(Message("user", tuple(draw(st.lists(user_parts, min_size=1, max_size=2)))))
    offered = tuple(draw(st.lists(tools, max_size=3, unique_by=lambda tool: tool.name)))
    choice = None
    if offered:
        named = st.just(ToolChoice("required", (offered[0].name,)))
        plain = st.builds(ToolChoice, st.sampled_from(["auto", "none", "required"]))
        choice = draw(st.none() | plain | named)
    return Conversation(
        dialect=dialect,
        model="some-model",
        messages=tuple(messages),
        tools=offered,
        tool_choice=choice,
        parallel_tools=draw(st.none() | st.booleans()) if offered else None,
        sampling=draw(samplings),
        format=draw(st.none() | formats),
        reasoning=draw(st.none() | st.builds(Reasoning, st.sampled_from(["low", "medium", "high"]))),
        stream=draw(st.booleans()),
        user=draw(st.none() | names),
    )


usages = st.builds(
    lambda new, read, write, out, thought: Usage(
        input=new + read + write, output=out + thought, cached_read=read, cache_write=write, reasoning=thought
    ),
    st.integers(1, 5000),  # who counts nothing has not counted
    *[st.integers(0, 5000)] * 4,
)


@st.composite
def answers(draw: st.DrawFn, dialect: str = "test") -> Answer:
    """A whole answer of one choice: thoughts, then text, then calls of tools."""
    parts: list[Part] = draw(st.lists(thoughts, max_size=1))
    parts += draw(st.lists(st.builds(Text, texts), max_size=1))
    calls = draw(
        st.lists(st.builds(ToolCall, ids, names, arguments), max_size=2, unique_by=lambda call: call.id)
    )
    parts += calls
    if not parts:
        parts = [draw(st.builds(Text, texts) | st.builds(Refusal, texts))]
    reason = "tool_calls" if calls else draw(st.sampled_from(["stop", "length", "content_filter"]))
    return Answer(
        dialect=dialect,
        choices=(Choice(tuple(parts), Finish(reason)),),
        id=draw(names),
        model="some-model",
        created=1_700_000_000,
        usage=draw(usages),
    )
