"""Where each format's stream events carry text that continues in the next event."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dialects.positions import within

Json = dict[str, Any]
Channel = tuple[Hashable, ...]  # identifies one text of a stream; the first elements are its choice or part


class Spot(NamedTuple):
    """The position of a piece of a streamed text: `holder[key]`."""

    holder: Json
    key: str
    channel: Channel
    in_json: bool = False  # the text is JSON: a tool's arguments
    called: bool = False  # the text is a tool's input, JSON or not


@dataclass(frozen=True, slots=True)
class Spots:
    """One format's spots: the pieces in an event, and the texts that it ends, as prefixes of their channels.

    `()` ends all texts. A text may end with the event that has its last piece.
    """

    find: Callable[[Json], Sequence[Spot]]
    ended: Callable[[Json], Sequence[Channel]]
    refusal: str  # the finish reason of an answer that was stopped
    opened: Callable[[Json], Json | None] = lambda event: None
    """Of an event that begins a text and says some of it: that part, taken out, as an event that goes on."""


def _objects(value: object) -> Iterator[Json]:
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict):
                yield each


def _inner(event: Json, *path: str) -> Json:
    for name in path:
        found = event.get(name)
        if not isinstance(found, dict):
            return {}
        event = found
    return event


def _spots(
    holder: Json, channel: Channel, *keys: str, in_json: bool = False, called: bool = False
) -> list[Spot]:
    return [
        Spot(holder, key, (*channel, key), in_json, called or in_json)
        for key, said in holder.items()
        if key in keys and isinstance(said, str)
    ]


# Members at any depth whose values arrive whole or are not text.
_WHOLE = frozenset(
    [
        "id",
        "index",
        "type",
        "role",
        "name",
        "status",
        "format",
        "model",
        "finish_reason",
        "tool_calls",
        "function_call",
    ]
    + [
        "annotations",
        "citation",
        "citations",
        "documents",
        "search_results",
        "images",
        "image_url",
        "url",
        "data",
    ]
    + [
        "signature",
        "thought_signature",
        "thoughtSignature",
        "encrypted_content",
        "redactedContent",
        "expires_at",
    ]
)


def _elsewhere(delta: Json, at: Channel, known: Sequence[Spot]) -> list[Spot]:
    """Pieces in unknown members of a delta: each path is a text of its own."""
    done = {(id(spot.holder), spot.key) for spot in known}
    found: list[Spot] = []
    waiting: list[tuple[Json, Channel]] = [(delta, (*at, "elsewhere"))]
    while waiting:
        holder, path = waiting.pop()
        for key, value in holder.items():
            if key in _WHOLE:
                continue
            if isinstance(value, str) and (id(holder), key) not in done:
                found.append(Spot(holder, key, (*path, key)))
            elif isinstance(value, dict):
                waiting.append((value, (*path, key)))
            else:
                for number, each in enumerate(_objects(value)):
                    said = each.get("index")
                    waiting.append((each, (*path, key, said if isinstance(said, int) else number)))
    return found


_THOUGHT = ("reasoning_content", "reasoning", "thought", "details")
_SAID = ("content", "refusal", *_THOUGHT)
_SIMPLE = frozenset(["role", "content", "refusal", "reasoning_content", "reasoning"])


def _chat(event: Json) -> list[Spot]:
    """https://platform.openai.com/docs/api-reference/chat-streaming, with the additions of its imitators."""
    found: list[Spot] = []
    for choice in _objects(event.get("choices")):
        at = (choice.get("index", 0),)
        delta = _inner(choice, "delta")
        found += _spots(delta, at, *_SAID)
        if "text" in choice:  # completions' member, which some vendors send as well
            found += _spots(choice, at, "text")
        if _SIMPLE.issuperset(delta) and not isinstance(delta.get("content"), list):
            continue  # true of nearly all deltas
        found += _spots(_inner(delta, "audio"), (*at, "audio"), "transcript")
        found += _spots(_inner(delta, "function_call"), (*at, "function_call"), "arguments", in_json=True)
        for number, call in enumerate(_objects(delta.get("tool_calls"))):
            of_call = (*at, "call", call.get("index", number))
            found += _spots(_inner(call, "function"), of_call, "arguments", in_json=True)
            found += _spots(_inner(call, "custom"), of_call, "input", called=True)
        for part in _objects(delta.get("content")):  # https://docs.mistral.ai/capabilities/reasoning
            found += _spots(part, (*at, "part"), "text")
            for thought in _objects(part.get("thinking")):
                found += _spots(thought, (*at, "thought"), "text")
        for part in _objects(delta.get("reasoning_details")):
            found += _spots(part, (*at, "details"), "text", "summary")
        found += _elsewhere(delta, at, found)
    return found


def _completions(event: Json) -> list[Spot]:
    return [
        spot
        for choice in _objects(event.get("choices"))
        for spot in _spots(choice, (choice.get("index", 0),), "text")
    ]


def _choices_ended(event: Json) -> list[Channel]:
    ended: list[Channel] = []
    for choice in _objects(event.get("choices")):
        at, delta = choice.get("index", 0), _inner(choice, "delta")
        if choice.get("finish_reason") is not None:
            ended.append((at,))
        elif delta.get("tool_calls"):
            ended += [(at, name) for name in _SAID]
        elif delta.get("content") and isinstance(delta["content"], str):
            ended += [(at, name) for name in _THOUGHT]  # thinking has ended when content arrives
    return ended


_STEM = ("item_id", "output_index", "content_index", "summary_index")


def _stem(event: Json, suffix: str) -> Channel | None:
    kind = event.get("type")
    if not isinstance(kind, str) or not kind.endswith(suffix):
        return None
    return (kind.removesuffix(suffix), *(event.get(name) for name in _STEM))


def _responses(event: Json) -> list[Spot]:
    """https://platform.openai.com/docs/api-reference/responses-streaming"""
    stem = _stem(event, ".delta")
    if stem is None or stem[0] == "response.audio" or not isinstance(event.get("delta"), str):
        return [] if stem is None else _elsewhere(_inner(event, "delta"), stem, [])
    called = within("", event, "words") == "tool_call"
    return [Spot(event, "delta", stem, "arguments" in str(stem[0]), called)]


def _responses_ended(event: Json) -> list[Channel]:
    if event.get("type") in ("response.completed", "response.incomplete", "response.failed", "error"):
        return [()]
    stem = _stem(event, ".done")
    return [] if stem is None else [stem]


def _messages(event: Json) -> list[Spot]:
    """https://docs.anthropic.com/en/docs/build-with-claude/streaming"""
    if event.get("type") != "content_block_delta":
        return []
    at, delta = (event.get("index"),), _inner(event, "delta")
    found = _spots(delta, at, "text", "thinking") + _spots(delta, at, "partial_json", in_json=True)
    return found if found and len(delta) == 2 else found + _elsewhere(delta, at, found)


_BLOCKS = {"text": ("text", "text_delta"), "thinking": ("thinking", "thinking_delta")}
_BLOCKS |= {"compaction": ("content", "compaction_delta")}


def _messages_opened(event: Json) -> Json | None:
    block = _inner(event, "content_block") if event.get("type") == "content_block_start" else {}
    kind = block.get("type")
    key, name = _BLOCKS.get(kind, ("", "")) if isinstance(kind, str) else ("", "")
    said = block.get(key)
    if not said or not isinstance(said, str):
        return None
    block[key] = ""
    delta = {"type": name, key: said}
    return {"type": "content_block_delta", "index": event.get("index"), "delta": delta}


def _messages_ended(event: Json) -> list[Channel]:
    kind = event.get("type")
    if kind == "content_block_stop":
        return [(event.get("index"),)]
    return [()] if kind in ("message_delta", "message_stop") else []


PARTIAL_ARGS = "partialArgs"  # in channels of the arguments of Gemini's calls


def _gemini(event: Json) -> list[Spot]:
    """https://ai.google.dev/api/generate-content"""
    found = []
    for number, candidate in enumerate(_objects(event.get("candidates"))):
        for part in _objects(_inner(candidate, "content").get("parts")):
            at = candidate.get("index", number)
            found += _spots(part, (at, bool(part.get("thought"))), "text")
            for piece in _objects(_inner(part, "functionCall").get("partialArgs")):
                found += _spots(
                    piece, (at, PARTIAL_ARGS, str(piece.get("jsonPath"))), "stringValue", called=True
                )
    return found


def _gemini_ended(event: Json) -> list[Channel]:
    ended: list[Channel] = []
    for number, candidate in enumerate(_objects(event.get("candidates"))):
        at = candidate.get("index", number)
        if candidate.get("finishReason") is not None:
            ended.append((at,))
            continue
        parts = list(_objects(_inner(candidate, "content").get("parts")))
        if parts:
            # Parts are sequential: a text has ended when a part of another kind begins.
            last = bool(parts[-1].get("thought")) if "text" in parts[-1] else None
            ended += [(at, thought) for thought in (True, False) if thought != last]
        for part in parts:
            ended += _arguments_ended(part.get("functionCall"), at)
    return ended


def _arguments_ended(call: object, at: Hashable) -> list[Channel]:
    """For a call that is streamed: arguments and call each say whether they continue."""
    if not isinstance(call, dict):
        return []
    if call.get("willContinue") is not True:
        return [(at, PARTIAL_ARGS)]
    pieces = _objects(call.get("partialArgs"))
    over = [str(piece.get("jsonPath")) for piece in pieces if piece.get("willContinue") is not True]
    return [(at, PARTIAL_ARGS, path) for path in over]


def _converse(event: Json) -> list[Spot]:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html"""
    at, delta = (event.get("contentBlockIndex"),), _inner(event, "delta")
    found = _spots(delta, at, "text") + _spots(_inner(delta, "reasoningContent"), at, "text")
    found += _spots(_inner(delta, "toolUse"), at, "input", in_json=True)
    return found if found and len(delta) == 1 else found + _elsewhere(delta, at, found)


def _converse_ended(event: Json) -> list[Channel]:
    if "stopReason" in event:
        return [()]
    if "contentBlockIndex" in event and "delta" not in event and "start" not in event:
        return [(event["contentBlockIndex"],)]
    return []


def _cohere(event: Json) -> list[Spot]:
    """https://docs.cohere.com/v2/docs/streaming"""
    at, message = (event.get("index"),), _inner(event, "delta", "message")
    kind = event.get("type")
    if kind == "content-delta":
        of_content: Channel = ("content", *at)
        found = _spots(_inner(message, "content"), of_content, "text", "thinking")
    elif kind == "tool-plan-delta":
        of_content = ("plan",)
        found = _spots(message, of_content, "tool_plan")
    elif kind == "tool-call-delta":
        function = _inner(message, "tool_calls", "function")
        return _spots(function, ("call", *at), "arguments", in_json=True)
    else:
        return []
    return found + _elsewhere(message, of_content, found)


def _cohere_opened(event: Json) -> Json | None:
    if event.get("type") != "content-start":
        return None
    content = _inner(event, "delta", "message", "content")
    said = {
        spot.key: content[spot.key] for spot in _spots(content, (), "text", "thinking") if content[spot.key]
    }
    if not said:
        return None
    content.update(dict.fromkeys(said, ""))
    delta = {"message": {"content": said}}
    return {"type": "content-delta", "index": event.get("index"), "delta": delta}


def _cohere_ended(event: Json) -> list[Channel]:
    match event.get("type"):
        case "content-end":
            return [("content", event.get("index"))]
        case "tool-call-end":
            return [("call", event.get("index"))]
        case "content-start" | "tool-call-start":
            return [("plan",)]
        case "message-end":
            return [()]
    return []


_OLLAMA = frozenset(["role", "content", "thinking", "images", "tool_calls"])


def _ollama(event: Json) -> list[Spot]:
    """https://github.com/ollama/ollama/blob/main/docs/api.md"""
    message = _inner(event, "message")
    chat = _spots(message, ("chat",), "content", "thinking")
    if not _OLLAMA.issuperset(message):
        chat += _elsewhere(message, ("chat",), chat)
    return chat + _spots(event, ("generate",), "response", "thinking")


def _ollama_ended(event: Json) -> list[Channel]:
    if event.get("done") is True:
        return [()]
    message = _inner(event, "message")
    if message.get("tool_calls"):
        return [()]
    said = message.get("content") or event.get("response")
    return [("chat", "thinking"), ("generate", "thinking")] if said else []


SPOTS: Mapping[str, Spots] = {
    "openai_chat": Spots(_chat, _choices_ended, "content_filter"),
    "openai_completions": Spots(_completions, _choices_ended, "content_filter"),
    "openai_responses": Spots(_responses, _responses_ended, "content_filter"),
    "anthropic_messages": Spots(_messages, _messages_ended, "refusal", _messages_opened),
    "gemini": Spots(_gemini, _gemini_ended, "SAFETY"),
    "bedrock_converse": Spots(_converse, _converse_ended, "content_filtered"),
    "cohere_chat": Spots(_cohere, _cohere_ended, "ERROR", _cohere_opened),
    "ollama_chat": Spots(_ollama, _ollama_ended, "content_filter"),
    "ollama_generate": Spots(_ollama, _ollama_ended, "content_filter"),
}
