"""What vendors say in a chat stream after its beginning, each with the deltas it means."""

from typing import Any

from dialects.answer import (
    CitationDelta,
    Delta,
    PartDelta,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Citation, Image, Inline, RedactedThinking
from tests.dialects.streams import delta, event


def call(**members: Any) -> bytes:
    return delta(tool_calls=[members])


def function(name: str | None = None, arguments: str | None = None) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


SAID: dict[str, tuple[list[bytes], list[Delta]]] = {
    "text": ([delta(role="assistant", content=""), delta(content="a")], [TextDelta("a")]),
    "DeepSeek: thoughts, then text": (
        [
            delta(reasoning_content="h"),
            delta(reasoning_content="m"),
            delta(content="a", reasoning_content=None),
        ],
        [ThinkingDelta("h"), ThinkingDelta("m"), TextDelta("a", 1)],
    ),
    "Groq, vLLM: the other name": ([delta(reasoning="hm")], [ThinkingDelta("hm")]),
    "vLLM: both names": ([delta(reasoning="hm", reasoning_content="hm")], [ThinkingDelta("hm")]),
    "thoughts between texts": (
        [delta(content="a"), delta(reasoning="hm"), delta(content="b")],
        [TextDelta("a"), ThinkingDelta("hm", part=1), TextDelta("b", 2)],
    ),
    "Mistral: thoughts in a list": (
        [
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
            delta(content=[{"type": "text", "text": "4"}, "!", 7]),
        ],
        [ThinkingDelta("hm"), TextDelta("4", 1), TextDelta("!", 1)],
    ),
    "OpenRouter: details beside the text they say": (
        [
            delta(
                reasoning="hm",
                reasoning_details=[
                    {"type": "reasoning.text", "text": "hm", "format": "anthropic-claude-v1", "index": 0}
                ],
            ),
            delta(
                reasoning_details=[
                    {"type": "reasoning.text", "signature": "s", "format": "anthropic-claude-v1", "index": 0}
                ]
            ),
            delta(
                reasoning_details=[
                    {"type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1", "index": 1}
                ]
            ),
            delta(content="a", reasoning_details=[]),
        ],
        [
            ThinkingDelta("hm", origin="anthropic"),
            ThinkingDelta(signature="s", origin="anthropic"),
            PartDelta(RedactedThinking("d", "anthropic"), 1),
            TextDelta("a", 2),
        ],
    ),
    "OpenRouter: OpenAI's summary, and what it sums up": (
        [
            delta(
                reasoning_details=[
                    {
                        "type": "reasoning.summary",
                        "summary": "so",
                        "format": "openai-responses-v1",
                        "index": 0,
                    }
                ]
            ),
            delta(
                reasoning_details=[
                    {
                        "type": "reasoning.encrypted",
                        "data": "e",
                        "id": "rs_1",
                        "format": "openai-responses-v1",
                        "index": 0,
                    }
                ]
            ),
        ],
        [ThinkingDelta("so", origin="openai"), ThinkingDelta("", "e", "openai", "rs_1")],
    ),
    "details of odd types": (
        [delta(reasoning="hm", reasoning_details=[7, {"text": 7}, {"type": "reasoning.text"}])],
        [ThinkingDelta("hm")],
    ),
    "parallel calls that alternate": (
        [
            delta(content="so"),
            call(index=0, id="a", type="function", function=function("f", "")),
            call(index=1, id="b", type="function", function=function("g", "{")),
            call(index=0, function=function(arguments="[")),
            call(index=1, function=function(arguments="}")),
        ],
        [
            TextDelta("so"),
            ToolStarted("a", "f", 1),
            ToolStarted("b", "g", 2),
            ToolDelta("{", 2),
            ToolDelta("[", 1),
            ToolDelta("}", 2),
        ],
    ),
    "Mistral: whole calls without a type": (
        [call(index=0, id="a", function=function("f", "{}"))],
        [ToolStarted("a", "f"), ToolDelta("{}")],
    ),
    "Gemini: each call has the number 0": (
        [
            call(
                index=0,
                id="a",
                function=function("f", "{}"),
                extra_content={"google": {"thought_signature": "s"}},
            ),
            call(index=0, id="b", function=function("g", "[]")),
        ],
        [ToolStarted("a", "f", 0, 0, "s"), ToolDelta("{}"), ToolStarted("b", "g", 1), ToolDelta("[]", 1)],
    ),
    "calls without numbers or ids": (
        [
            call(function=function("f", "{")),
            call(function=function(arguments="}")),
            call(function=function("g")),
        ],
        [ToolStarted("call_0_0", "f"), ToolDelta("{"), ToolDelta("}"), ToolStarted("call_0_1", "g", 1)],
    ),
    "a call whose name comes late, and is repeated": (
        [
            call(index=0, id="a", function=function(arguments="{")),
            call(index=0, id="a", function=function("f", "}")),
            call(index=0, id="a", function=function("f", " ")),
        ],
        [ToolStarted("a", "f"), ToolDelta("{"), ToolDelta("}"), ToolDelta(" ")],
    ),
    "arguments as an object": (
        [delta(tool_calls=[{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"x": 1}}}])],
        [ToolStarted("a", "f"), ToolDelta('{"x":1}')],
    ),
    "a function, from before there were tools": (
        [delta(function_call={"name": "f", "arguments": ""}), delta(function_call={"arguments": "{}"})],
        [ToolStarted("call_0_0", "f"), ToolDelta("{}")],
    ),
    "refusal": ([delta(refusal="n"), delta(refusal="o")], [RefusalDelta("n"), RefusalDelta("o")]),
    "OpenRouter: a picture": (
        [delta(images=[{"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}])],
        [PartDelta(Image(Inline("image/png", "QQ==")))],
    ),
    "OpenAI's web search: citations": (
        [
            delta(content="a"),
            delta(
                annotations=[
                    {
                        "type": "url_citation",
                        "url_citation": {"url": "u", "title": "t", "start_index": 0, "end_index": 1},
                    },
                    {"type": "other"},
                ]
            ),
        ],
        [TextDelta("a"), CitationDelta(Citation("u", "t", None, 0, 1))],
    ),
    "llama.cpp: a first delta of nothing": ([delta(role="assistant", content=None)], []),
    "halves of a pair in two events": (
        [
            b'data: {"id":"c1","choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n',
            b'data: {"id":"c1","choices":[{"delta":{"content":"\\ude00b"}}]}\n\n',
        ],
        [TextDelta("a"), TextDelta("\U0001f600b")],
    ),
    "half of a pair that stays alone": (
        [
            b'data: {"id":"c1","choices":[{"delta":{"content":"\\ud83d"}}]}\n\n',
            delta(content="a"),
        ],
        [TextDelta("\ufffda")],
    ),
    "legacy completions": ([event(id="c1", choices=[{"text": "a", "index": 0}])], [TextDelta("a")]),
    "a message where a delta belongs": (
        [event(id="c1", choices=[{"index": 0, "message": {"content": "a"}}])],
        [TextDelta("a")],
    ),
    "odd types beside what can be read": (
        [
            event(
                id="c1", created="x", choices=[{"index": 0, "delta": {"content": "a", "refusal": 7}, "x": 1}]
            )
        ],
        [TextDelta("a")],
    ),
    "one choice that is in no list": (
        [event(id="c1", choices={"delta": {"content": "a"}})],
        [TextDelta("a")],
    ),
}
