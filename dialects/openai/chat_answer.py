"""Reads and writes whole chat answers, including what legacy completions share with them."""

from typing import Any

import msgspec

from dialects import carrying
from dialects.answer import Answer, Choice, Counted, Delta, Reason, Started
from dialects.checking import unknown
from dialects.conversation import (
    Audio,
    Citation,
    Image,
    Inline,
    Native,
    Refusal,
    Text,
    ToolCall,
    Url,
)
from dialects.deltas import gather
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.openai.chat_events import UNSAID, Event, event_of, read_object, second_of
from dialects.openai.chat_parts import NAME, address_of
from dialects.openai.chat_voice import Voice
from dialects.openai.common import BROKEN
from dialects.openai.reasoning import plain_thoughts, write_details
from dialects.openai.usage import read_usage, tier_name
from dialects.usage import Usage

replace = msgspec.structs.replace
encode = msgspec.json.Encoder().encode
_REASONS: dict[Reason, str] = {
    "stop_sequence": "stop",
    "pause": "stop",
    "context_window": "length",
    "refusal": "content_filter",
    "error": "stop",  # the format has no such reason: https://github.com/openai/openai-openapi
}


def read_answer(body: bytes, dialect: str = NAME) -> Answer:
    """Raises Malformed on bytes that are not an answer, error bodies included."""
    found = read_object(body)
    if found is None:
        raise Malformed("the answer is not a JSON object")
    event = event_of(found)
    if event.error:
        raise Malformed("the answer is an error")
    if event.choices is None:
        raise Malformed("the answer has no choices")
    out: list[Delta] = [Started(event.id or "", event.model or "", second_of(event.created))]
    for number, choice in enumerate(event.choices):
        index = number if choice.index is None else choice.index
        voice = Voice(index)
        voice.note_citations(event.citations)
        # Some servers omit the finish reason of a whole answer; it is accepted, since it is whole.
        voice.hear(choice if choice.finish_reason else replace(choice, finish_reason=UNSAID), out, odd=True)
        if not voice.finished:
            raise Malformed(BROKEN)
    usage = read_usage(event.usage)
    if usage is not None:
        out.append(Counted(usage))
    extra = unknown(found, Event)
    return replace(gather(out, dialect), service_tier=event.service_tier, extra=extra)


def write_answer(answer: Answer, reply: Reply) -> bytes:
    """The body for a client, signatures included, so that the client sends them back."""
    body = write_envelope(answer, reply, "chat.completion", "chatcmpl")
    legacy = reply.legacy_functions
    body["choices"] = [
        {
            "index": choice.index,
            "message": _message(choice, legacy=legacy),
            "logprobs": {"content": choice.logprobs, "refusal": None} if choice.logprobs else None,
            "finish_reason": write_reason(choice.finish.reason, legacy=legacy),
        }
        for choice in answer.choices
    ]
    if answer.dialect == NAME and answer.extra:
        body = answer.extra | body
    return encode(body)


def write_envelope(answer: Answer, reply: Reply, kind: str, prefix: str) -> dict[str, Any]:
    """The members around the choices."""
    body: dict[str, Any] = {
        "id": answer.id or f"{prefix}-{reply.id}",
        "object": kind,
        "created": answer.created or reply.created,
        "model": answer.model or reply.model,
        "choices": [],
    }
    if answer.usage is not None:
        body["usage"] = write_usage(answer.usage)
    if answer.service_tier is not None:
        body["service_tier"] = tier_name(answer.service_tier)
    return body


def write_reason(reason: Reason, *, legacy: bool = False) -> str:
    if legacy and reason == "tool_calls":
        return "function_call"
    return _REASONS.get(reason, reason)


def write_usage(usage: Usage) -> dict[str, Any]:
    """OpenAI's usage object, always with its details."""
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_read,
            "cache_write_tokens": usage.cache_write,
            "audio_tokens": usage.input_audio,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": usage.output_audio,
        },
    }


def _message(choice: Choice, *, legacy: bool = False) -> dict[str, Any]:
    parts = choice.parts
    if len(parts) == 1 and type(parts[0]) is Text and not parts[0].citations:  # most answers
        return {"role": "assistant", "content": parts[0].text, "refusal": None}
    texts = [part for part in parts if isinstance(part, Text)]
    refusal = "".join(part.text for part in parts if isinstance(part, Refusal))
    message: dict[str, Any] = {
        "role": "assistant",
        "content": "".join(part.text for part in texts) if texts else None,
        "refusal": refusal or None,
    }
    thought, details = plain_thoughts(parts), write_details(parts)
    if thought:
        message["reasoning_content"] = thought
    if details:
        message["reasoning_details"] = details
    annotations = _annotations(texts)
    if annotations:
        message["annotations"] = annotations
    calls = [write_call(part) for part in parts if isinstance(part, ToolCall)]
    own = [part.value for part in parts if isinstance(part, Native) and part.dialect == NAME]
    calls += [value for value in own if "id" in value]
    if calls and legacy and "function" in calls[0]:
        message["function_call"] = calls[0]["function"]
    elif calls:
        message["tool_calls"] = calls
    images = [write_image(part) for part in parts if isinstance(part, Image)]
    if images:
        message["images"] = [image for image in images if image is not None]
    sounds = [write_sound(part) for part in parts if isinstance(part, Audio)]
    return message | {"audio": sounds[0]} if sounds else message


def write_call(call: ToolCall) -> dict[str, Any]:
    """A tool call whose id carries the signature, so that the client sends it back."""
    id = call.id if call.signature is None else carrying.pack(call.id, call.signature)
    return {"id": id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def write_image(image: Image) -> dict[str, Any] | None:
    """An image that a model generated: https://openrouter.ai/docs/features/multimodal/image-generation."""
    source = image.source
    if not isinstance(source, Inline | Url):
        return None
    return {"type": "image_url", "image_url": {"url": address_of(source)}}


def write_sound(sound: Audio) -> dict[str, Any]:
    """Audio that a model generated; requests refer to it by the id."""
    known = sound.extra or {}
    return {
        "id": str(known.get("id", "")),
        "data": sound.source.data if isinstance(sound.source, Inline) else "",
        "expires_at": known.get("expires_at", 0),
        "transcript": sound.transcript or "",
    }


def write_citation(citation: Citation, since: int, length: int) -> dict[str, Any] | None:
    """An annotation of a text that begins at character `since`; None if the citation has no URL."""
    if citation.url is None:
        return None
    return {
        "type": "url_citation",
        "url_citation": {
            "start_index": since + (citation.start or 0),
            "end_index": since + (length if citation.end is None else citation.end),
            "url": citation.url,
            "title": citation.title or citation.url,
        },
    }


def _annotations(texts: list[Text]) -> list[dict[str, Any]]:
    found, since = [], 0
    for text in texts:
        for citation in text.citations:
            written = write_citation(citation, since, len(text.text))
            if written is not None:
                found.append(written)
        since += len(text.text)
    return found
