"""Reads and writes Gemini's usageMetadata: https://ai.google.dev/api/generate-content#UsageMetadata."""

from typing import Any

import msgspec

from dialects.gemini.members import whole_number
from dialects.openai.usage import MOST_TOKENS
from dialects.usage import Usage


class Modality(msgspec.Struct, frozen=True, gc=False):
    """The tokens of one kind of content."""

    modality: str | None = None
    tokenCount: int | None = None


class UsageWire(msgspec.Struct, frozen=True, gc=False):
    """The usage object in wire form; zero counts may be missing."""

    promptTokenCount: int | None = None
    candidatesTokenCount: int | None = None
    thoughtsTokenCount: int | None = None
    toolUsePromptTokenCount: int | None = None
    cachedContentTokenCount: int | None = None
    totalTokenCount: int | None = None
    promptTokensDetails: list[Modality] | None = None
    candidatesTokensDetails: list[Modality] | None = None
    cacheTokensDetails: list[Modality] | None = None
    trafficType: Any = None  # Vertex


def tier_of(wire: UsageWire | None) -> str | None:
    """The service tier that Vertex AI reports with its counts; None if it is the standard one or unknown."""
    told = None if wire is None else wire.trafficType
    return _TIERS.get(told) if isinstance(told, str) else None


# https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#TrafficType
_TIERS = {"ON_DEMAND_PRIORITY": "priority", "ON_DEMAND_FLEX": "flex"}


def read_usage(wire: UsageWire) -> Usage | None:
    """Token classes in OpenAI's convention; impossible counts are clamped.

    None if nothing is counted.
    """
    asked, said = wire.promptTokenCount, wire.candidatesTokenCount
    # Thoughts are not included in the candidates' count, nor tool results in the prompt's; both are billed.
    thought, found = wire.thoughtsTokenCount or 0, wire.toolUsePromptTokenCount or 0
    cached = wire.cachedContentTokenCount or 0
    if asked is None or said is None:
        asked, said = _missing(wire)
    if (
        asked < 0
        or said < 0
        or thought < 0
        or found < 0
        or cached < 0
        or asked + said + thought + found + cached > MOST_TOKENS
    ):
        asked, said, thought, found, cached = map(_sane, (asked, said, thought, found, cached))
    whole_in, whole_out = asked + found, said + thought
    if not (whole_in or whole_out):
        return None
    whole_in = whole_in if whole_in < MOST_TOKENS else MOST_TOKENS
    whole_out = whole_out if whole_out < MOST_TOKENS else MOST_TOKENS
    cached = cached if cached < whole_in else whole_in
    heard, seen = _modalities(wire.promptTokensDetails, whole_in)
    spoken, drawn = _modalities(wire.candidatesTokensDetails, whole_out)
    again = _modalities(wire.cacheTokensDetails, heard if heard < cached else cached)[0] if cached else 0
    return Usage(whole_in, whole_out, cached, 0, thought, heard, spoken, 0, seen, drawn, again)


def _missing(wire: UsageWire) -> tuple[int, int]:
    """Prompt and candidates; the missing one is the rest of the total."""
    asked, said = _sane(wire.promptTokenCount), _sane(wire.candidatesTokenCount)
    others = asked + said + _sane(wire.thoughtsTokenCount) + _sane(wire.toolUsePromptTokenCount)
    left = max(0, _sane(wire.totalTokenCount) - others)
    return (asked, left) if wire.candidatesTokenCount is None else (left, said)


def _sane(count: int | None) -> int:
    return 0 if count is None or count < 0 else min(count, MOST_TOKENS)


def _modalities(details: list[Modality] | None, whole: int) -> tuple[int, int]:
    """How many of the tokens are audio, and how many images."""
    sound = pictures = 0
    for each in details or ():
        if each.modality == "AUDIO":
            sound += _sane(each.tokenCount)
        elif each.modality == "IMAGE":
            pictures += _sane(each.tokenCount)
    return (sound if sound < whole else whole), (pictures if pictures < whole else whole)


def loose_usage(found: Any) -> UsageWire | None:
    """A usage object with counts of any type, of which only integers are read; None if it is no object."""
    if not isinstance(found, dict):
        return None
    counts = {name: whole_number(found.get(name)) for name in UsageWire.__struct_fields__[:6]}
    details = {name: _details(found.get(name)) for name in UsageWire.__struct_fields__[6:9]}
    return UsageWire(**counts, **details, trafficType=found.get("trafficType"))  # type: ignore[arg-type]


def _details(found: Any) -> list[Modality] | None:
    if not isinstance(found, list):
        return None
    return [
        Modality(str(each.get("modality")), whole_number(each.get("tokenCount")))
        for each in found
        if isinstance(each, dict)
    ]


def write_usage(usage: Usage) -> dict[str, Any]:
    """The object for a client. Cache writes are not listed separately."""
    wire: dict[str, Any] = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.input + usage.output,
    }
    if usage.reasoning:
        wire["thoughtsTokenCount"] = usage.reasoning
    if usage.cached_read:
        wire["cachedContentTokenCount"] = usage.cached_read
    if usage.cached_audio:
        wire["cacheTokensDetails"] = _split(usage.cached_read, usage.cached_audio, 0)
    if usage.input_audio or usage.input_image:
        wire["promptTokensDetails"] = _split(usage.input, usage.input_audio, usage.input_image)
    if usage.output_audio or usage.output_image:
        said = usage.output - usage.reasoning
        wire["candidatesTokensDetails"] = _split(said, usage.output_audio, usage.output_image)
    return wire


def _split(whole: int, audio: int, images: int) -> list[dict[str, Any]]:
    kinds = {"TEXT": max(0, whole - audio - images), "AUDIO": audio, "IMAGE": images}
    return [
        {"modality": kind, "tokenCount": tokens} for kind, tokens in kinds.items() if tokens or kind == "TEXT"
    ]
