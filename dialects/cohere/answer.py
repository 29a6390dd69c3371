"""Reads and writes Cohere's whole answers: https://docs.cohere.com/reference/chat."""

from collections.abc import Iterable
from typing import Any

import msgspec

from dialects.answer import Answer, Choice, Counted, Finish, Reason
from dialects.cohere.content import NAME, read_assistant, write_assistant
from dialects.conversation import Extra, Image
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.members import Members, read_answer_object
from dialects.openai.common import read_vendor_error
from dialects.openai.usage import loose_usage, read_usage
from dialects.said import length_of
from dialects.usage import Usage

_ENCODE = msgspec.json.Encoder().encode
_FAILED = ("ERROR", "TIMEOUT")

_REASONS: dict[str, Reason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop_sequence",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR": "error",
    "TIMEOUT": "error",
}
_WORDS: dict[Reason, str] = {
    "stop": "COMPLETE",
    "stop_sequence": "STOP_SEQUENCE",
    "length": "MAX_TOKENS",
    "context_window": "MAX_TOKENS",
    "tool_calls": "TOOL_CALL",
    # Cohere has no equivalent, and a truncated answer must not look complete.
    "content_filter": "ERROR",
    "refusal": "COMPLETE",
    "pause": "COMPLETE",
    "error": "ERROR",
}


def read_answer(body: bytes) -> Answer:
    """The answer in the typed form. Raises Malformed on anything else."""
    found = read_answer_object(body)
    try:
        members = Members(found)
        message = Members(members.need("message", dict), "message")
        message.take("role", str)
        parts, extra = read_assistant(message)
        id = members.take("id", str) or ""
    except Malformed as error:
        raise Malformed(f"the answer has an unknown shape at '{error.param}'") from None
    counted = read_tokens(members.pop("usage"))
    finish = read_finish(members.pop("finish_reason"))
    logprobs = read_logprobs(members.pop("logprobs"))
    choice = Choice(parts, finish, logprobs=logprobs, extra=extra)
    answer = Answer(NAME, (choice,), id=id, extra=members.rest())
    if counted is None:
        return answer
    return msgspec.structs.replace(answer, usage=counted.usage, billed=counted.billed)


def read_finish(word: Any) -> Finish:
    """How an answer ended; an unknown reason counts as "stop", with `sure=False`."""
    known = isinstance(word, str) and word in _REASONS
    return Finish(_REASONS[word]) if known else Finish("stop", sure=False)


def write_reason(reason: Reason) -> str:
    """Cohere's name for a finish reason."""
    return _WORDS[reason]


def failure(word: Any, said: Any) -> VendorError | None:
    """The error that an answer ended with, if any; `said` is its message."""
    if not said and word not in _FAILED:
        return None
    message = said if isinstance(said, str) and said else "the vendor ended its answer with an error"
    return VendorError(message, code="finish_error")


def read_tokens(found: Any) -> Counted | None:
    """The tokens that the model read and wrote, and how many of them are billed.

    `tokens` includes what Cohere itself adds to the prompt and does not bill:
    https://docs.cohere.com/docs/how-does-cohere-pricing-work
    """
    if not isinstance(found, dict):
        return None
    seen, billed = _counts(found.get("tokens")), _counts(found.get("billed_units"))
    if seen is None and billed is None:
        return None
    cached = found.get("cached_tokens")
    told, owed = _usage((billed or {}) | (seen or {}), cached), _usage((seen or {}) | (billed or {}), cached)
    if told is None:
        return None
    owed = owed or Usage()  # it may bill nothing
    return Counted(told, owed if owed != told else None)


def _counts(found: Any) -> Extra | None:
    """The counts that are not null; None if there is no object of them."""
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if value is not None}


def _usage(tokens: Extra, cached: Any) -> Usage | None:
    counts = {
        "prompt_tokens": tokens.get("input_tokens"),
        "completion_tokens": tokens.get("output_tokens"),
        "cached_tokens": cached,
    }
    return read_usage(loose_usage(counts))


def write_tokens(usage: Usage, billed: Usage | None = None) -> Extra:
    """Both of Cohere's counts, which are equal if another vendor counted."""
    seen, owed = (
        {"input_tokens": each.input, "output_tokens": each.output} for each in (usage, billed or usage)
    )
    return {"billed_units": owed, "tokens": seen, "cached_tokens": usage.cached_read}


def read_logprobs(found: Any) -> tuple[Extra, ...]:
    """Cohere's logprobs in OpenAI's shape; anything of another shape is ignored.

    A piece of text may be several tokens: only the sum of their logprobs describes that text.
    """
    read = []
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict) and isinstance(text := item.get("text"), str):
            numbers = item.get("logprobs")
            sane = [each for each in numbers if type(each) is float] if isinstance(numbers, list) else []
            bits = list(text.encode("utf-8", "replace"))
            read.append({"token": text, "logprob": sum(sane, 0.0), "bytes": bits, "top_logprobs": []})
    return tuple(read)


def write_logprobs(logprobs: Iterable[Any], text: str) -> Extra:
    """The logprobs of one piece of text in Cohere's shape, without token ids, which only Cohere knows."""
    numbers = [each.get("logprob", 0.0) for each in logprobs if isinstance(each, dict)]
    return {"text": text, "token_ids": [], "logprobs": numbers}


def write_answer(answer: Answer, reply: Reply) -> bytes:
    """The body for a client; only the first choice is written."""
    choice = answer.choices[0]
    ours = answer.dialect == NAME
    said = tuple(
        part for part in choice.parts if not isinstance(part, Image)
    )  # Cohere's answers contain none
    message = write_assistant(said, choice.extra if ours else None)
    if "tool_calls" not in message:
        message.setdefault("content", [])
    members: Extra = {
        "id": answer.id or reply.id,
        "finish_reason": write_reason(choice.finish.reason),
        "message": message,
    }
    if answer.usage is not None:
        members["usage"] = write_tokens(answer.usage, answer.billed)
    if choice.logprobs:
        members["logprobs"] = [write_logprobs([each], each.get("token", "")) for each in choice.logprobs]
    return _ENCODE(members | (answer.extra or {}) if ours else members)


def peek_answer(body: bytes) -> WholeAnswer:
    """The facts of a whole answer. Raises Malformed on anything else."""
    found = read_answer_object(body)
    if "message" in found and not isinstance(found["message"], dict):
        return WholeAnswer(None, read_vendor_error(found), 0)
    counted = read_tokens(found.get("usage"))
    error = failure(found.get("finish_reason"), None)
    if counted is not None and isinstance(found.get("message"), dict):
        return WholeAnswer(counted.billed or counted.usage, error, 0)
    return WholeAnswer(None, error, length_of(read_answer(body)))
