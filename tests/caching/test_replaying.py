"""An answer said again is the answer, in every form and every format."""

from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caching.kept import Kept, unfit
from caching.replaying import Form, is_literal, read
from config.kinds import Operation
from dialects.answer import Answer
from dialects.deltas import scatter
from dialects.dialect import Dialect, Reply
from dialects.errors import Malformed
from dialects.retelling import Told, said_again
from dialects.usage import Usage
from gateway.formats import SPOKEN, dialect_of
from tests.dialects import anthropic_order, openai_chat_order, openai_responses_order
from tests.dialects.conversations import answers

TALKING = [operation for operation in SPOKEN if dialect_of(operation) is not None]
REPLY = Reply("req_1", 1_790_000_000, "m")
ORDERS = {
    Operation.CHAT: openai_chat_order.check_order,
    Operation.RESPONSES: openai_responses_order.check_order,
    Operation.MESSAGES: anthropic_order.check_order,
}


def kept(body: bytes, operation: Operation, stream: bool, usage: Usage | None, **facts: object) -> Kept:
    told = Kept(operation, stream, True, body, b"", "v", "m", usage, 7, None, 1, 0.0, 1.0, 1.0, "o", "t", "m")
    return msgspec.structs.replace(told, **facts)


def dialect(operation: Operation) -> Dialect:
    return cast(Dialect, SPOKEN[operation])


def original(answer: Answer, operation: Operation, stream: bool) -> bytes:
    """As the first caller got it, live."""
    speaker = dialect(operation)
    if not stream:
        return speaker.write_answer(answer, REPLY)
    writer = speaker.writer(REPLY)
    return b"".join(writer.write([delta]) for delta in scatter(answer)) + writer.end()


@pytest.mark.parametrize("first", TALKING)
@settings(max_examples=12, deadline=None)
@given(answer=answers(), then=st.sampled_from(TALKING))
def test_what_is_said_again_is_what_was_said(first: Operation, then: Operation, answer: Answer) -> None:
    is_said_again(first, then, answer)


@pytest.mark.soak
@pytest.mark.parametrize("first", TALKING)
@pytest.mark.parametrize("then", TALKING)
@settings(max_examples=100, deadline=None)
@given(answer=answers())
def test_each_pair_of_formats_says_again_what_was_said(
    first: Operation, then: Operation, answer: Answer
) -> None:
    is_said_again(first, then, answer)


def is_said_again(first: Operation, then: Operation, answer: Answer) -> None:
    for from_stream in (False, True):
        source = kept(original(answer, first, from_stream), first, from_stream, answer.usage)
        told = read(source, dialect(first))
        if unfit(source, told, truncated=False):
            continue  # it is never said again
        for to_stream in (False, True):
            again = said_again(
                Told(source.body, from_stream, dialect(first)), told, dialect(then), REPLY, stream=to_stream
            )
            if to_stream and then in ORDERS and again:
                ORDERS[then](again)
            heard = read(kept(again, then, to_stream, None), dialect(then))
            # Live, the same answer would have been translated once more.
            live = read(kept(original(told, then, to_stream), then, to_stream, None), dialect(then))
            assert heard.choices == live.choices
            assert heard.usage == live.usage


def test_usage_is_what_was_billed_where_the_bytes_do_not_tell_it() -> None:
    body = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}'
    assert read(kept(body, Operation.CHAT, False, Usage(3, 4)), dialect(Operation.CHAT)).usage == Usage(3, 4)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_bytes_that_are_no_answer_are_refused(stream: bool) -> None:
    for operation in TALKING:
        try:
            answer = read(kept(b"\0nonsense", operation, stream, None), dialect(operation))
        except Malformed:
            continue
        assert answer.choices == ()


FORMS = [
    (Form(Operation.CHAT, True, True), True),
    (Form(Operation.CHAT, True, False), False),
    (Form(Operation.CHAT, False, True), False),
    (Form(Operation.MESSAGES, True, True), False),
]


@pytest.mark.parametrize(("form", "expected"), FORMS)
def test_only_the_same_form_gets_the_same_bytes(form: Form, expected: bool) -> None:
    assert is_literal(kept(b"", Operation.CHAT, True, None), form) is expected
