"""Gemini's usageMetadata: https://ai.google.dev/api/generate-content#UsageMetadata."""

from typing import Any

import msgspec

from dialects.gemini_members import whole_number
from dialects.openai_usage import MOST_TOKENS
from dialects.usage import Usage


class Modality(msgspec.Struct, frozen=True, gc=False):
    """Tokens of one kind of content."""

    modality: str | None = None
    tokenCount: int | None = None


class UsageWire(msgspec.Struct, frozen=True, gc=False):
    """The object as the vendor writes it; counts that are zero may be missing."""

    promptTokenCount: int | None = None
    candidatesTokenCount: int | None = None
    thoughtsTokenCount: int | None = None
    toolUsePromptTokenCount: int | None = None
    cachedContentTokenCount: int | None = None
    totalTokenCount: int | None = None
    promptTokensDetails: list[Modality] | None = None
    candidatesTokensDetails: list[Modality] | None = None


def read_usage(wire: UsageWire) -> Usage:
    """Token classes in OpenAI's convention; counts that cannot be are brought to the nearest that can."""
    # Thoughts are counted beside the candidates, what tools brought beside the prompt; both are billed.
    thought = _sane(wire.thoughtsTokenCount)
    found = _sane(wire.toolUsePromptTokenCount)
    asked, said = _sane(wire.promptTokenCount), _sane(wire.candidatesTokenCount)
    total = _sane(wire.totalTokenCount)
    if wire.candidatesTokenCount is None:
        said = max(0, total - asked - found - thought)
    elif wire.promptTokenCount is None:
        asked = max(0, total - said - found - thought)
    whole_in, whole_out = min(asked + found, MOST_TOKENS), min(said + thought, MOST_TOKENS)
    return Usage(
        input=whole_in,
        output=whole_out,
        cached_read=min(_sane(wire.cachedContentTokenCount), whole_in),
        reasoning=min(thought, whole_out),
        input_audio=min(_audio(wire.promptTokensDetails), whole_in),
        output_audio=min(_audio(wire.candidatesTokensDetails), whole_out),
    )


def _sane(count: int | None) -> int:
    return 0 if count is None or count < 0 else min(count, MOST_TOKENS)


def _audio(details: list[Modality] | None) -> int:
    return sum(_sane(each.tokenCount) for each in details or () if each.modality == "AUDIO")


def loose_usage(found: Any) -> UsageWire | None:
    """A usage object whose counts are of odd types, read as far as they are numbers; None if it is none."""
    if not isinstance(found, dict):
        return None
    counts = {name: whole_number(found.get(name)) for name in UsageWire.__struct_fields__[:6]}
    details = {name: _details(found.get(name)) for name in UsageWire.__struct_fields__[6:]}
    return UsageWire(**counts, **details)  # type: ignore[arg-type]


def _details(found: Any) -> list[Modality] | None:
    if not isinstance(found, list):
        return None
    return [
        Modality(str(each.get("modality")), whole_number(each.get("tokenCount")))
        for each in found
        if isinstance(each, dict)
    ]


def write_usage(usage: Usage) -> dict[str, Any]:
    """The object for a client. What was written to a cache is not shown apart."""
    wire: dict[str, Any] = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.input + usage.output,
    }
    if usage.reasoning:
        wire["thoughtsTokenCount"] = usage.reasoning
    if usage.cached_read:
        wire["cachedContentTokenCount"] = usage.cached_read
    if usage.input_audio:
        wire["promptTokensDetails"] = _split(usage.input, usage.input_audio)
    if usage.output_audio:
        wire["candidatesTokensDetails"] = _split(usage.output - usage.reasoning, usage.output_audio)
    return wire


def _split(whole: int, audio: int) -> list[dict[str, Any]]:
    return [
        {"modality": "TEXT", "tokenCount": max(0, whole - audio)},
        {"modality": "AUDIO", "tokenCount": audio},
    ]
