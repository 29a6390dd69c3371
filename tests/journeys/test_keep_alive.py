"""A stream's caller is told to wait while a vendor thinks, and gets an answer or an error all the same."""

from collections.abc import Iterator
from contextlib import nullcontext

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.vendors import vendor_lines

COMMENT, PING = b": keep-alive\n\n", b'event: ping\ndata: {"type":"ping"}\n\n'
SAYS = {
    Operation.CHAT: COMMENT,
    Operation.COMPLETIONS: COMMENT,
    Operation.RESPONSES: COMMENT,
    Operation.MESSAGES: PING,
    Operation.COHERE_CHAT: COMMENT,
}
SILENT = (
    Operation.GENERATE_CONTENT,
    Operation.GENERATE_CONTENT_ARRAY,
    Operation.CONVERSE,
    Operation.OLLAMA_CHAT,
)
WORDS = "Tell me of the night train."
GROUPS = """\
models:
  slow: { targets: ["chat/small@first_ms=900"] }
  hanging: { targets: ["chat/small@fault=stall_content"] }
  either: { targets: ["chat/small@fault=stall_content"], fallback: [well] }
  well: { targets: [chat/large] }
server: { keep_alive: 200ms }
"""


@pytest.fixture(scope="module")
def impatient(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    deadlines = "{ connect: 5s, headers: 5s, first_content: 1500ms, idle: 5s }"
    lines = (*vendor_lines(simulator.base_url, deadlines), GROUPS, f"admin_key: {ADMIN_KEY}")
    gateway = Gateway(tmp_path_factory.mktemp("keep-alive"), "\n".join(lines))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, caller: Operation, model: str, *, severed: bool = False) -> tuple[int, bytes]:
    """Status and body; `severed`: the body's end must not come."""
    form, came = FORMATS[caller], list[bytes]()
    asked = form.ask(model, WORDS, stream=True)
    with (
        gateway.client() as client,
        client.stream("POST", form.at(model, stream=True), json=asked) as answer,
        pytest.raises(httpx.RemoteProtocolError) if severed else nullcontext(),
    ):
        for piece in answer.iter_raw():
            came.append(piece)
    return answer.status_code, b"".join(came)


@pytest.mark.parametrize("caller", SAYS)
def test_a_caller_hears_that_it_shall_wait_and_then_the_answer(impatient: Gateway, caller: Operation) -> None:
    status, body = ask(impatient, caller, "slow")
    assert status == 200
    assert body.startswith(SAYS[caller]) and body.count(SAYS[caller]) >= 2
    assert "night train" in FORMATS[caller].text(body, stream=True) or caller is Operation.COMPLETIONS
    assert FORMATS[caller].clean.search(body)


@pytest.mark.parametrize("caller", SILENT)
def test_a_format_without_such_a_word_only_waits(impatient: Gateway, caller: Operation) -> None:
    status, body = ask(impatient, caller, "slow")
    assert status == 200 and b"keep-alive" not in body and b"ping" not in body
    assert "night train" in FORMATS[caller].text(body, stream=True)


@pytest.mark.parametrize("caller", [Operation.CHAT, Operation.MESSAGES])
def test_another_target_answers_who_was_told_to_wait(impatient: Gateway, caller: Operation) -> None:
    status, body = ask(impatient, caller, "either")
    assert status == 200 and body.startswith(SAYS[caller])
    assert "night train" in FORMATS[caller].text(body, stream=True)
    assert FORMATS[caller].clean.search(body)


@pytest.mark.parametrize(
    "caller", [Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.COHERE_CHAT]
)
def test_an_error_comes_as_an_event_to_who_was_told_to_wait(impatient: Gateway, caller: Operation) -> None:
    # Cohere's SDK raises for no event, so its connection is broken off as well.
    status, body = ask(impatient, caller, "hanging", severed=caller is Operation.COHERE_CHAT)
    assert status == 200 and body.startswith(SAYS[caller])
    assert "no content" in FORMATS[caller].error(body, stream=True)
    assert not FORMATS[caller].clean.search(body)


def test_who_can_be_told_nothing_gets_the_errors_status(impatient: Gateway) -> None:
    status, body = ask(impatient, Operation.CONVERSE, "hanging")
    assert status == 504 and FORMATS[Operation.CONVERSE].error(body, stream=False)
