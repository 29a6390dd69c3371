"""Who wants tokens counted is told in their own format, whoever counts."""

import pytest
from hypothesis import assume, given

from config.kinds import Operation
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Reply
from dialects.errors import Malformed
from dialects.features import fit
from dialects.usage import Usage
from gateway.formats import COUNTED, SPOKEN, passage
from tests.dialects.conversations import conversations
from tests.dialects.essence import said

TO = Destination("some-model", unsupported="drop")
PAIRS = [(caller, vendor) for caller in COUNTED for vendor in COUNTED]
SAME = (Operation.COUNT_RESPONSES,) * 2  # bytes pass: what the vendor keeps can only be named


@pytest.mark.parametrize(("caller", "vendor"), [pair for pair in PAIRS if pair != SAME])
@given(conversation=conversations())
def test_the_vendor_counts_what_the_caller_has_said(
    caller: Operation, vendor: Operation, conversation: Conversation
) -> None:
    ours, theirs = COUNTED[caller], COUNTED[vendor]
    fitted, _ = fit(conversation, ours.dialect, TO)
    body = ours.write_request(fitted, TO)
    asked = ours.read_request(body)
    sent = passage(caller, vendor).request(body, Asked("some-model"), TO)
    expected, dropped = fit(asked, theirs.dialect, TO)
    # Of instructions alone the vendor makes what a user asks: that has a test where it is done.
    assume(any(message.role != "system" for message in expected.messages))
    assert said(theirs.read_request(sent.body)) == said(expected)
    assert sent.dropped == dropped


@pytest.mark.parametrize(("caller", "vendor"), PAIRS)
def test_the_number_comes_back_and_costs_nothing(caller: Operation, vendor: Operation) -> None:
    pair = passage(caller, vendor)
    sent = pair.request(COUNT[caller], Asked("some-model"), TO)
    whole, body = pair.answer(COUNTED[vendor].write_answer(17), sent, lambda: Reply("id", 1, "m"))
    assert (whole.usage, whole.error) == (Usage(), None)
    assert COUNTED[caller].read_answer(body) == 17


COUNT = {
    Operation.COUNT_MESSAGES: b'{"model":"m","messages":[{"role":"user","content":"hi"}]}',
    Operation.COUNT_RESPONSES: b'{"model":"m","input":"hi"}',
    Operation.COUNT_CONTENTS: b'{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
}


@pytest.mark.parametrize("operation", COUNTED)
def test_what_is_no_count_is_said_to_be_none(operation: Operation) -> None:
    with pytest.raises(Malformed):
        COUNTED[operation].read_answer(b'{"error":{"message":"no"}}')
    with pytest.raises(Malformed):
        SPOKEN[operation].peek(b"[")


def test_gemini_lets_a_whole_request_be_counted_too() -> None:
    body = b'{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"hi"}]}]}}'
    assert SPOKEN[Operation.COUNT_CONTENTS].peek(body) == Asked("", include_usage=True)
    assert said(COUNTED[Operation.COUNT_CONTENTS].read_request(body)) == [("user", "text", "hi")]


def test_a_response_that_the_vendor_keeps_is_counted_by_its_name() -> None:
    body = b'{"model":"alias","input":"hi","previous_response_id":"r"}'
    sent = passage(*SAME).request(body, SPOKEN[Operation.COUNT_RESPONSES].peek(body), TO)
    assert sent.body == b'{"model":"some-model","input":"hi","previous_response_id":"r"}'
