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

# Tokens of an answer, thoughts aside, in which something may be said and often is not: who wrote more has
# said something, and is not read again.
FEW_TOKENS = 4
_BY_ITSELF = frozenset(["stop", "error"])


def few(usage: Usage | None, text_length: int) -> bool:
    """Whether so little was counted that the answer is worth a look."""
    return text_length == 0 if usage is None else usage.output - usage.reasoning <= FEW_TOKENS


def nothing_in(said: bytes, cleared: Cleared, *, stream: bool) -> bool:
    """Whether an answer, or the beginning of a stream, has ended well and is empty.

    After the result of a tool an empty turn is an answer: the model has nothing to add to it.
    """
    call = cleared.call
    dialect = dialect_of(call.operation)
    if dialect is None or not call.deployment.catalog.settings.empty_fails:
        return False
    try:
        answer = read_said(dialect, said, stream=stream)
        return is_empty(answer) and dialect.read_request(cleared.body).messages[-1].role != "tool"
    except (Malformed, IndexError):
        return False  # whoever reads it says it better


def failure(target: str) -> UpstreamError:
    """The failure that such an answer is."""
    message = f"{target} ended its answer and said nothing"
    return UpstreamError(message, status=502, code="vendor_empty").blamed(Fault.EMPTY)


async def refuse(target: str, cleared: Cleared, stream: tuple[Response, StreamReader], said: bytes) -> None:
    """Raise the failure that a stream is which ended with nothing but this, once its usage is read."""
    if not nothing_in(said, cleared, stream=True):
        return
    response, reader = stream
    with suppress(UpstreamFailure, UpstreamError):  # then it is estimated
        while not reader.complete and (data := await response.next()):
            failures.fed(target, reader, data)
    raise failure(target)


def is_empty(answer: Answer) -> bool:
    """Whether every choice ended by itself without a word, a call or anything else; thoughts are no words.

    So does one that the model spoilt, such as by a call that its vendor could not read.
    """
    return bool(answer.choices) and all(map(_is_empty, answer.choices))


def _is_empty(choice: Choice) -> bool:
    if choice.finish.reason not in _BY_ITSELF:
        return False
    return all(
        isinstance(part, Thinking) or (isinstance(part, Text) and not part.text.strip())
        for part in choice.parts
    )
