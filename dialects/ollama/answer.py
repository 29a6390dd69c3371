"""Reads and writes what Ollama's chat and generate answers share: https://docs.ollama.com/api/chat."""

from datetime import UTC, datetime
from typing import Any

from dialects.answer import Answer, Choice, Finish, Reason
from dialects.conversation import Extra, Part, ToolCall
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed
from dialects.members import Members, read_answer_object
from dialects.ollama.message import CALL, Turns, write_parts
from dialects.openai.common import read_vendor_error
from dialects.openai.usage import loose_usage, read_usage
from dialects.said import length_of
from dialects.usage import Usage

# In nanoseconds. Only Ollama measures them, and its own SDKs read them.
_DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
_EPOCH = "1970-01-01T00:00:00Z"


def read_chat(members: Members) -> tuple[tuple[Part, ...], Extra | None]:
    """The parts of a chat answer, and the rest of its message."""
    message = Members(members.need("message", dict), "message")
    message.take("role", str)
    return Turns(prefix_of(members.get("created_at"))).read_parts(message), message.rest()


def read_answer(body: bytes, dialect: str, read: Any = read_chat) -> Answer:
    """The answer in the typed form; `read` takes the parts out of it. Raises Malformed on anything else."""
    try:
        members = Members(read_answer_object(body))
        done = members.take("done", bool)
        parts, extra = read(members)
        model, created = members.take("model", str) or "", read_time(members.pop("created_at"))
    except Malformed as error:
        if error.param is None:
            raise
        raise Malformed(f"the answer has an unknown shape at '{error.param}'") from None
    if done is False:
        raise Malformed("the answer is not done")
    finish = read_finish(members.pop("done_reason"), any(isinstance(part, ToolCall) for part in parts))
    usage = read_counts(members.pop("prompt_eval_count"), members.pop("eval_count"))
    logprobs = read_logprobs(members.pop("logprobs"))
    choice = Choice(parts, finish, logprobs=logprobs, extra=extra)
    return Answer(dialect, (choice,), model=model, created=created, usage=usage, extra=members.rest())


def write_chat(parts: tuple[Part, ...], extra: Extra | None) -> Extra:
    """The members of a chat answer with these parts."""
    return {"message": {"role": "assistant"} | write_parts(parts, "assistant") | (extra or {})}


def write_answer(answer: Answer, reply: Reply, dialect: str, write: Any = write_chat) -> Extra:
    """The members of the body; `write` makes those of the parts. Only the first choice is written."""
    choice = answer.choices[0]
    ours = answer.dialect == dialect
    members: Extra = {"model": answer.model or reply.model}
    members["created_at"] = write_time(answer.created or reply.created)
    members |= write(choice.parts, choice.extra if ours else None)
    members |= write_end(choice.finish, answer.usage)
    if choice.logprobs:
        members["logprobs"] = list(choice.logprobs)
    return members | (answer.extra or {}) if ours else members


def write_end(finish: Finish, usage: Usage | None) -> Extra:
    """The members that end an answer."""
    members: Extra = {"done": True, "done_reason": write_reason(finish.reason)} | dict.fromkeys(_DURATIONS, 0)
    if usage is not None:
        members |= {"prompt_eval_count": usage.input, "eval_count": usage.output}
    return members


def read_finish(word: Any, calls: bool) -> Finish:
    """How an answer ended; Ollama also says `stop` for tool calls."""
    if word == "length":
        return Finish("length")
    return Finish("tool_calls" if calls else "stop", sure=word == "stop")


def write_reason(reason: Reason) -> str:
    """Ollama's name for a finish reason, `length` or `stop`."""
    return "length" if reason in ("length", "context_window") else "stop"


def read_counts(read: Any, said: Any) -> Usage | None:
    """The usage; None if there are no counts. Ollama does not count prompt tokens still in memory."""
    if read is None and said is None:
        return None
    return read_usage(loose_usage({"prompt_tokens": read, "completion_tokens": said}))


def read_logprobs(found: Any) -> tuple[Extra, ...]:
    """The logprobs, which are in OpenAI's shape."""
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def read_time(text: Any) -> int:
    """Unix seconds of an RFC 3339 time; 0 if it is invalid."""
    if not isinstance(text, str):
        return 0
    try:
        moment = datetime.fromisoformat(text)
        return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return 0


def write_time(created: int) -> str:
    """The RFC 3339 time of Unix seconds."""
    try:
        return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return _EPOCH


def prefix_of(created_at: Any) -> str:
    """The prefix of the ids given to an answer's calls; its time makes them unique within a chat."""
    digits = "".join(filter(str.isdecimal, created_at[:40])) if isinstance(created_at, str) else ""
    return f"{CALL}{digits}_" if digits.isascii() and digits else CALL


def peek_answer(body: bytes, answer: Any) -> WholeAnswer:
    """The facts of a whole answer, which `answer` reads. Raises Malformed on anything else."""
    found = read_answer_object(body)
    if found.get("error"):
        return WholeAnswer(None, read_vendor_error(found), 0)
    whole: Answer = answer(body)
    return WholeAnswer(whole.usage, None, 0 if whole.usage else length_of(whole))
