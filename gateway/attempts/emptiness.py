"""Detects answers that end normally but contain nothing."""

from contextlib import suppress

from dialects.answer import Answer, Choice
from dialects.conversation import Text, Thinking
from dialects.dialect import StreamReader
from dialects.errors import Malformed
from dialects.usage import Usage
from gateway.attempts import failures
from gateway.attempts.holding import read_said
from gateway.call import Cleared
from gateway.errors import UpstreamError
from gateway.formats import dialect_of
from gateway.upstream import Response, UpstreamFailure
from routing.faults import Fault

# Output tokens, without reasoning, up to which an answer may be empty; longer ones are not read again.
FEW_TOKENS = 4
_BY_ITSELF = frozenset(["stop", "error"])


def few(usage: Usage | None, text_length: int) -> bool:
    """Whether the answer is so short that it may be empty and should be read."""
    return text_length == 0 if usage is None else usage.output - usage.reasoning <= FEW_TOKENS


def nothing_in(said: bytes, cleared: Cleared, *, stream: bool) -> bool:
    """Whether an answer, or the beginning of a stream, ended normally and is empty.

    After a tool result an empty turn is a valid answer: the model has nothing to add.
    """
    call = cleared.call
    dialect = dialect_of(call.operation)
    if dialect is None or not call.deployment.catalog.settings.empty_fails:
        return False
    try:
        answer = read_said(dialect, said, stream=stream)
        return is_empty(answer) and dialect.read_request(cleared.body).messages[-1].role != "tool"
    except (Malformed, IndexError):
        return False  # whatever parses it next reports the error better


def failure(target: str) -> UpstreamError:
    """The failure of an empty answer."""
    message = f"{target} ended its answer and said nothing"
    return UpstreamError(message, status=502, code="vendor_empty").blamed(Fault.EMPTY)


async def refuse(target: str, cleared: Cleared, stream: tuple[Response, StreamReader], said: bytes) -> None:
    """Raises `failure` if the stream ended with nothing but `said`, after reading on for its usage."""
    if not nothing_in(said, cleared, stream=True):
        return
    response, reader = stream
    with suppress(UpstreamFailure, UpstreamError):  # then usage is estimated
        while not reader.complete and (data := await response.next()):
            failures.fed(target, reader, data)
    raise failure(target)


def is_empty(answer: Answer) -> bool:
    """Whether every choice ended by itself without text, a tool call or anything else but reasoning.

    That includes a choice that the model spoilt, such as by a tool call that its vendor could not parse.
    """
    return bool(answer.choices) and all(map(_is_empty, answer.choices))


def _is_empty(choice: Choice) -> bool:
    if choice.finish.reason not in _BY_ITSELF:
        return False
    return all(
        isinstance(part, Thinking) or (isinstance(part, Text) and not part.text.strip())
        for part in choice.parts
    )
