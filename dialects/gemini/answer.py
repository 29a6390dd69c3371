"""Whole answers of Gemini: https://ai.google.dev/api/generate-content#generatecontentresponse."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dialects.answer import Answer, Choice, Finish, Reason
from dialects.conversation import Part, Text, ToolCall
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.gemini.citations import cite, queries, read_citations, write_citations
from dialects.gemini.errors import of_error
from dialects.gemini.members import encoded, object_in, objects_in, rest_of
from dialects.gemini.parts import NAME, longer, read_part, write_parts
from dialects.gemini.usage import loose_usage, read_usage, tier_of, write_usage
from dialects.openai.common import read_loosely
from dialects.usage import Searches, Usage

_DECODE = msgspec.json.Decoder().decode
_EMPTY = "the answer has no candidates"
_OF_ANSWER = frozenset(["candidates", "usageMetadata", "modelVersion", "responseId", "createTime"])
_OF_CANDIDATE = frozenset(["index", "content", "finishReason", "logprobsResult"])
_REASONS: Mapping[str, Reason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(
        [
            *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"),
            *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "NO_IMAGE"),
        ],
        "content_filter",
    ),
    **dict.fromkeys(
        [
            *("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER"),
            *("MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"),
        ],
        "error",
    ),
}
_REASON_OF: Mapping[Reason, str] = {
    "length": "MAX_TOKENS",
    "context_window": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",
    "error": "OTHER",
}


def read_finish(reason: str, called: bool) -> Finish:
    """How a candidate ended; the format ends function calls with STOP, too."""
    known = _REASONS.get(reason, "stop")
    return Finish("tool_calls" if called and known == "stop" else known, sure=reason in _REASONS)


def write_finish(finish: Finish) -> str:
    return _REASON_OF.get(finish.reason, "STOP")


def decoded(body: bytes) -> Any:
    """A vendor's JSON, read loosely if it is invalid; None if there is none."""
    try:
        return _DECODE(body)
    except (ValueError, RecursionError):
        return read_loosely(body)


def usage_in(found: dict[str, Any]) -> Usage | None:
    wire = loose_usage(found.get("usageMetadata"))
    return None if wire is None else read_usage(wire)


def blocked(found: dict[str, Any]) -> VendorError | None:
    """Why the vendor blocked the prompt; None if it did not."""
    feedback = found.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
    if not isinstance(reason, str) or found.get("candidates"):
        return None
    said = feedback.get("blockReasonMessage") if isinstance(feedback, dict) else None
    message = said if isinstance(said, str) and said else f"The prompt was blocked: {reason}"
    return VendorError(message, "invalid_request_error", "content_filter")


def peek_answer(body: bytes) -> WholeAnswer:
    """The facts of a whole answer; a blocked prompt is an error. Raises Malformed on anything else."""
    found = _whole(body)
    error = found.get("error")
    if error:
        said = of_error(error if isinstance(error, dict) else {"message": error})
        return WholeAnswer(None, said, 0)
    usage = usage_in(found)
    refused = blocked(found)
    if refused is not None:
        return WholeAnswer(usage, refused, 0)
    if usage is not None and not found.get("candidates"):  # the prompt is billed all the same
        return WholeAnswer(usage, VendorError(_EMPTY), 0)
    choices = _choices(found)
    length = 0 if usage is not None else sum(map(_length, (part for each in choices for part in each.parts)))
    tier = tier_of(loose_usage(found.get("usageMetadata")))
    return WholeAnswer(usage, None, length, tier, _searches(found))


def _searches(found: dict[str, Any]) -> Searches | None:
    """Each distinct query listed is billed: https://ai.google.dev/gemini-api/docs/google-search#pricing."""
    candidates = found.get("candidates")
    listed = candidates if isinstance(candidates, list) else ()
    asked = (set(queries(each)) for each in listed if isinstance(each, dict))
    return Searches.of(sum(map(len, asked)))


def _length(part: Part) -> int:
    return len(part.arguments if isinstance(part, ToolCall) else getattr(part, "text", ""))


def _whole(body: bytes) -> dict[str, Any]:
    found = decoded(body)
    if isinstance(found, list):
        found = _joined([each for each in found if isinstance(each, dict)])
    if not isinstance(found, dict):
        raise Malformed("the answer is not a JSON object")
    return found


def _joined(chunks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The chunks of a list (the API's stream without `alt=sse`) joined to one answer; None if empty."""
    whole: dict[str, Any] = {}
    spoken: dict[Any, dict[str, Any]] = {}
    for chunk in chunks:
        whole |= chunk
        for candidate in objects_in(chunk.get("candidates"), "candidates"):
            said = spoken.setdefault(candidate.get("index", 0), {"content": {"role": "model", "parts": []}})
            parts = object_in(candidate.get("content"), "content").get("parts")
            said["content"]["parts"] += objects_in(parts, "parts")
            said |= {name: value for name, value in candidate.items() if name != "content"}
    if spoken:
        whole["candidates"] = list(spoken.values())
    return whole or None


def read_answer(body: bytes) -> Answer:
    """The answer in the typed form; a blocked prompt is a filtered choice. Raises Malformed."""
    found = _whole(body)
    return Answer(
        NAME,
        _choices(found),
        id=_text(found.get("responseId")),
        model=_text(found.get("modelVersion")),
        created=read_time(found.get("createTime")),
        usage=usage_in(found),
        service_tier=tier_of(loose_usage(found.get("usageMetadata"))),
        extra=rest_of(found, _OF_ANSWER),
        searches=_searches(found),
    )


def _choices(found: dict[str, Any]) -> tuple[Choice, ...]:
    try:
        candidates = objects_in(found.get("candidates"), "candidates")
        if candidates:
            id = _text(found.get("responseId"))
            return tuple(_choice(each, number, id) for number, each in enumerate(candidates))
    except Malformed as broken:
        raise Malformed(f"the answer has an unknown shape: {broken.message}") from None
    if blocked(found) is not None:
        return (Choice((), Finish("content_filter")),)
    raise Malformed(_EMPTY)


def _choice(candidate: dict[str, Any], number: int, id: str) -> Choice:
    index = candidate.get("index")
    index = index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else number
    place = f"candidates.{number}.content"
    content = object_in(candidate.get("content"), place)
    parts: tuple[Part, ...] = ()
    for at, part in enumerate(objects_in(content.get("parts"), f"{place}.parts")):
        for each in read_part(part, f"{place}.parts.{at}", minted_id(id, index, at)):
            if each != Text(""):
                parts = longer(parts, each)
    called = any(isinstance(part, ToolCall) for part in parts)
    return Choice(
        cite(parts, read_citations(candidate)),
        read_finish(_text(candidate.get("finishReason")), called),
        index,
        read_logprobs(candidate.get("logprobsResult")),
        rest_of(candidate, _OF_CANDIDATE),
    )


def minted_id(answer: str, choice: int, at: int) -> str:
    """An id for a call without one, in characters that every format accepts."""
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "_-") else "_" for each in answer)
    return f"call_{safe}_{choice}_{at}" if safe else f"call_{choice}_{at}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def read_time(value: Any) -> int:
    """Unix seconds of a timestamp such as 2026-01-02T03:04:05.678Z; 0 if it is invalid."""
    try:
        return max(0, int(datetime.fromisoformat(value).timestamp()))
    except (TypeError, ValueError, OverflowError):
        return 0


def read_logprobs(found: Any) -> tuple[Any, ...]:
    """The tokens of a logprobsResult in OpenAI's shape."""
    if not isinstance(found, dict):
        return ()
    chosen, tops = found.get("chosenCandidates"), found.get("topCandidates")
    tops = tops if isinstance(tops, list) else []
    tokens = []
    for number, each in enumerate(chosen if isinstance(chosen, list) else ()):
        if isinstance(each, dict):
            others = (
                tops[number].get("candidates")
                if number < len(tops) and isinstance(tops[number], dict)
                else ()
            )
            listed = others if isinstance(others, list) else ()
            tokens.append(
                {**_token(each), "top_logprobs": [_token(o) for o in listed if isinstance(o, dict)]}
            )
    return tuple(tokens)


def _token(found: dict[str, Any]) -> dict[str, Any]:
    token, chance = _text(found.get("token")), found.get("logProbability")
    return {
        "token": token,
        "logprob": chance if isinstance(chance, int | float) else 0.0,
        "bytes": list(token.encode("utf-8", "replace")),
    }


def write_logprobs(tokens: Sequence[Any]) -> dict[str, Any]:
    """A member `logprobsResult` for tokens in OpenAI's shape; {} if there are none."""
    known = [each for each in tokens if isinstance(each, dict)]
    if not known:
        return {}
    return {
        "logprobsResult": {
            "chosenCandidates": [_chance(each) for each in known],
            "topCandidates": [
                {"candidates": [_chance(other) for other in each.get("top_logprobs") or ()]} for each in known
            ],
        }
    }


def _chance(token: dict[str, Any]) -> dict[str, Any]:
    return {"token": token.get("token"), "logProbability": token.get("logprob")}


def write_answer(answer: Answer, reply: Reply) -> bytes:
    """The body for a client."""
    own = answer.dialect == NAME
    wire: dict[str, Any] = {"candidates": [_candidate(choice, own) for choice in answer.choices]}
    if answer.usage is not None:
        wire["usageMetadata"] = write_usage(answer.usage)
    wire["modelVersion"] = answer.model or reply.model
    wire["responseId"] = answer.id or reply.id
    return encoded({**wire, **(answer.extra or {})} if own else wire)


def _candidate(choice: Choice, own: bool) -> dict[str, Any]:
    texts = {number: part for number, part in enumerate(choice.parts) if isinstance(part, Text)}
    cited = [(number, each) for number, part in texts.items() for each in part.citations]
    wire: dict[str, Any] = {
        "content": {"role": "model", "parts": write_parts(choice.parts, {})},
        "finishReason": write_finish(choice.finish),
        "index": choice.index,
        **write_citations(cited, {number: part.text for number, part in texts.items()}),
        **write_logprobs(choice.logprobs),
    }
    return {**wire, **(choice.extra or {})} if own else wire
