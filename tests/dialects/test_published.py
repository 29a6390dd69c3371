"""What the formats write fits the forms that their vendors publish, whatever was asked and answered."""

import json
from collections.abc import Iterable
from typing import Any, cast

import pytest
from hypothesis import given
from msgspec import structs

from config.kinds import Operation
from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Conversation, Text
from dialects.dialect import Destination, Dialect, Reply
from dialects.features import fit
from gateway.formats import SPOKEN
from tests.dialects.conversations import answers, conversations
from tests.dialects.oracles import events, streamed
from tests.published import published

TO = Destination("some-model", unsupported="drop", output_limit=4096)
REPLY = Reply("req_1", 1_700_000_000, "some-model", True)
ANSWER = Answer("test", (Choice((Text("Hello"),), Finish("stop")),))
# vendor, and the names of request, whole answer and streamed event ("": each is found by its type)
FORMS = {
    Operation.CHAT: (
        "openai",
        "CreateChatCompletionRequest",
        "CreateChatCompletionResponse",
        "CreateChatCompletionStreamResponse",
    ),
    Operation.RESPONSES: ("openai", "CreateResponse", "Response", ""),
    Operation.COMPLETIONS: (
        "openai",
        "CreateCompletionRequest",
        "CreateCompletionResponse",
        "CreateCompletionResponse",
    ),
    Operation.MESSAGES: ("anthropic", "CreateMessageParams", "Message", ""),
}
# Where the document says less than the vendor writes: the format, and how the misfit begins.
BETTER_KNOWN = {
    # Streamed completions have the whole answer's form in the document; what is not known yet is null.
    (Operation.COMPLETIONS, "usage: null is not of type"),
    (Operation.COMPLETIONS, "choices/#/finish_reason: null is not"),
    # A response that is under way has no usage, and says so.
    (Operation.RESPONSES, "response/usage: null is not of type"),
}
each_form = pytest.mark.parametrize("operation", list(FORMS), ids=[each.value for each in FORMS])


def dialect_for(operation: Operation) -> Dialect:
    return cast(Dialect, SPOKEN[operation])


def unknown(operation: Operation, misfits: Iterable[str]) -> list[str]:
    """The misfits that are not the document's own."""
    known = [start for where, start in BETTER_KNOWN if where is operation]
    return [each for each in misfits if not any(each.startswith(start) for start in known)]


@each_form
@given(conversations())
def test_a_request(operation: Operation, conversation: Conversation) -> None:
    vendor, form, _, _ = FORMS[operation]
    dialect = dialect_for(operation)
    wanted = fit(sane(conversation), dialect, TO)[0]
    if not wanted.messages:
        return  # callers' own nonsense is passed on as it is
    body = json.loads(dialect.write_request(wanted, TO))
    assert not unknown(operation, published(vendor).misfits(form, completed(operation, body)))


@each_form
@given(answers())
def test_a_whole_answer(operation: Operation, answer: Answer) -> None:
    vendor, _, form, _ = FORMS[operation]
    body = json.loads(dialect_for(operation).write_answer(answer, REPLY))
    assert not unknown(operation, published(vendor).misfits(form, body))


@each_form
@given(answers())
def test_each_event_of_a_stream(operation: Operation, answer: Answer) -> None:
    vendor, _, _, form = FORMS[operation]
    dialect, document = dialect_for(operation), published(vendor)
    for event in said_in(events(dialect.framing, streamed(dialect, answer, REPLY))):
        name = form or document.event(event)
        assert not unknown(operation, document.misfits(name, event)), event


def said_in(found: Iterable[bytes]) -> Iterable[Any]:
    for event in found:
        for line in event.splitlines():
            if line.startswith(b"data: ") and line != b"data: [DONE]":
                yield json.loads(line.removeprefix(b"data: "))


def sane(conversation: Conversation) -> Conversation:
    """With a limit that OpenAI's Responses take: what is below is the caller's to know."""
    limit = conversation.sampling.max_output
    if limit is None or limit >= 16:
        return conversation
    sampling = structs.replace(conversation.sampling, max_output=16)
    return structs.replace(conversation, sampling=sampling)


def completed(operation: Operation, body: Any) -> Any:
    """With what the vendors take though their documents do not have it.

    OpenAI's Responses take an assistant's turn and thoughts without their ids, as their guide shows it, and
    without probabilities, an image without `detail`; sounds are in their clients' types alone. Anthropic's
    files by id are in another document, that of what is tried out.
    """
    if isinstance(body, list):
        return [completed(operation, each) for each in body]
    if not isinstance(body, dict):
        return body
    read = {name: completed(operation, value) for name, value in body.items()}
    if read.get("type") == "message" and read.get("role") == "assistant":
        read = {"id": "msg_1", "status": "completed", **read}
    if read.get("type") == "reasoning":
        read = {"id": "rs_1", **read}
    if read.get("type") == "output_text":
        read = {"logprobs": [], **read}
    if operation is Operation.RESPONSES and read.get("type") == "input_audio":
        read = {"type": "input_text", "text": "a sound"}
    if read.get("type") == "input_image":
        read = {"detail": "auto", **read}
    if read.get("type") == "file" and set(read) == {"type", "file_id"}:
        read = {"type": "url", "url": "https://example.com/x"}
    return read


def test_a_misfit_is_found() -> None:
    """The documents are no stubs: a wrong type, a missing member, an unknown event are each seen."""
    openai = published("openai")
    body = json.loads(dialect_for(Operation.CHAT).write_answer(ANSWER, REPLY))
    assert not openai.misfits("CreateChatCompletionResponse", body)
    assert openai.misfits("CreateChatCompletionResponse", body | {"created": "now"})
    assert openai.misfits("CreateChatCompletionResponse", {k: v for k, v in body.items() if k != "choices"})
    with pytest.raises(KeyError):
        openai.event({"type": "response.nothing"})
