"""What a relayed call is billed by: the vendor's count if there is one, otherwise our own."""

import math
from typing import Any

import msgspec

from config.kinds import Operation
from dialects.openai.common import read_loosely
from dialects.openai.usage import MOST_TOKENS, loose_usage, read_usage, with_cost
from dialects.usage import Usage, recounted

_SEARCHED_TOGETHER = 100  # documents in one search unit: https://docs.cohere.com/docs/rerank-overview
# For estimates: how fast people speak, and tokens per second derived from OpenAI's price per minute:
# https://platform.openai.com/docs/pricing#transcription-and-speech-generation
_LETTERS = 15  # per second
_SPOKEN, _HEARD_TOKENS = 21, 17  # tokens per second
_HEARD = frozenset([Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS])
_RERANKS = frozenset([Operation.RERANK, Operation.COHERE_RERANK])
_DRAWN = frozenset([Operation.IMAGES, Operation.IMAGE_EDITS, Operation.IMAGE_VARIATIONS])


class Asked(msgspec.Struct, frozen=True):
    """The size of what a request asks for."""

    images: int = 1
    characters: int = 0
    documents: int = 0


class Told(msgspec.Struct, frozen=True):
    """The size that an answer reports. `complete` is False if the answer did not come to its end."""

    usage: Any = None
    meta: Any = None
    duration: Any = None
    images: int = 0
    complete: bool = False
    written: int = 0  # bytes, if it is text
    ends: int = 0  # seconds: its last time stamp, if it has any


class Count(msgspec.Struct, frozen=True):
    """The vendor's token counts, if any, and a number of units; `estimated` if these are our own guess.

    `likely` are estimated tokens if the vendor reported none, for a model billed by tokens.
    """

    usage: Usage = Usage()
    units: int = 0
    unit: str = "call"
    estimated: bool = False
    likely: Usage | None = None


NOTHING = Count()


def count(operation: Operation, asked: Asked, told: Told) -> Count:
    """What is billed for a call that reached the vendor."""
    usage = _tokens(told.usage)
    if operation in _DRAWN:
        images = told.images if told.complete and told.images else asked.images
        if not isinstance(told.usage, dict) or "output_tokens_details" not in told.usage:
            # Image models answer with images only, unless they report how many tokens were text.
            usage = recounted(usage, output_image=usage.output)
        return Count(usage, images, "image", estimated=not told.complete)
    if operation is Operation.SPEECH:
        spoken = -(-asked.characters * _SPOKEN // _LETTERS)
        likely = Usage(-(-asked.characters // 4), spoken, output_audio=spoken) if usage == Usage() else None
        return Count(usage, asked.characters, "character", not told.complete, likely)
    if operation in _HEARD:
        return _heard(told, usage)
    if operation in _RERANKS:
        return _searches(asked, told, usage)
    return Count(usage, 1, "call", estimated=not told.complete)


def _tokens(found: Any) -> Usage:
    """Token counts, named as in OpenAI's newer endpoints or its older ones.

    https://platform.openai.com/docs/api-reference/images/object
    https://platform.openai.com/docs/api-reference/audio/json-object
    """
    if not isinstance(found, dict):
        return Usage()
    details = found.get("input_tokens_details") or found.get("input_token_details")
    details = details if isinstance(details, dict) else {}
    if "input_tokens" in found:
        found = {
            **found,
            "prompt_tokens": found["input_tokens"],
            "completion_tokens": found.get("output_tokens"),
            "prompt_tokens_details": details,
            "completion_tokens_details": found.get("output_tokens_details"),
        }
    elif "prompt_tokens" not in found and "total_tokens" in found:  # Jina only has a total
        found = {**found, "prompt_tokens": found["total_tokens"]}
    wire = loose_usage(found)
    usage = read_usage(wire) or Usage()
    return (
        usage if wire is None or usage.nano is not None else with_cost(usage, wire)
    )  # a cost without tokens


def _heard(told: Told, usage: Usage) -> Count:
    seconds = _seconds(told)
    if seconds is not None or usage != Usage():
        return Count(usage, seconds or 0, "second")
    seconds = told.ends or -(-told.written // _LETTERS)
    tokens = Usage(seconds * _HEARD_TOKENS, -(-told.written // 4), input_audio=seconds * _HEARD_TOKENS)
    return Count(usage, seconds, "second", True, tokens if seconds else None)


def _seconds(told: Told) -> int | None:
    """Seconds of audio, rounded as OpenAI bills them: https://platform.openai.com/docs/pricing.

    Mistral uses another name: https://docs.mistral.ai/api/endpoint/audio/transcriptions
    """
    usage = told.usage if isinstance(told.usage, dict) else {}
    found = usage.get("seconds", usage.get("prompt_audio_seconds"))
    seconds = _number(told.duration if found is None else found)
    return None if seconds is None else math.floor(seconds + 0.5)


def _searches(asked: Asked, told: Told, usage: Usage) -> Count:
    billed = told.meta.get("billed_units") if isinstance(told.meta, dict) else None
    searches = _number(billed.get("search_units")) if isinstance(billed, dict) else None
    if searches is not None:
        return Count(usage, math.ceil(searches), "search")
    guessed = -(-asked.documents // _SEARCHED_TOGETHER) or 1
    return Count(usage, guessed, "search", estimated=usage == Usage())


def _number(found: Any) -> float | None:
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= MOST_TOKENS:
        return None
    return float(found)


def told(found: dict[str, bytes], images: int, *, complete: bool, written: int = 0) -> Told:
    """The values of an answer's members, given as JSON text."""
    values = {name: read_loosely(text) for name, text in found.items()}
    return Told(values.get("usage"), values.get("meta"), values.get("duration"), images, complete, written)
