"""A caller is read as far as it goes, told what went wrong in time, and missed when it leaves."""

import asyncio
import json

import pytest

from dialects.errors import VendorError
from gateway.errors import SlowCaller, Stopping, TooLarge
from gateway.relaying.caller import CallerLeft
from tests.gateway.relaying.asgi import Server
from tests.patience import ARRIVAL_SECONDS

FAILED = VendorError("It broke.", type="upstream_error", code="vendor_cut")


async def test_a_body_is_read_to_its_end() -> None:
    caller = Server(b"ab", b"", b"c").caller()
    assert [await caller.next() for _ in range(4)] == [b"ab", b"c", b"", b""]


async def test_what_was_put_back_comes_again_before_the_rest() -> None:
    caller = Server(b"ab", b"cd").caller()
    first = await caller.next()
    caller.put_back(first, b"", b"x")
    assert [await caller.next() for _ in range(4)] == [b"ab", b"x", b"cd", b""]
    caller.put_back(b"abcd")
    assert [await caller.next() for _ in range(2)] == [b"abcd", b""]


async def test_a_body_beyond_the_limit_is_too_large() -> None:
    caller = Server(b"ab", b"cd").caller(limit=3)
    await caller.next()
    with pytest.raises(TooLarge, match="3 bytes"):
        await caller.next()


async def test_a_body_that_does_not_go_on_is_slow() -> None:
    caller = Server(b"ab", stuck=True).caller(patience=0.01)
    await caller.next()
    with pytest.raises(SlowCaller):
        await caller.next()


async def test_who_leaves_in_the_middle_of_a_body_is_gone() -> None:
    server = Server(b"ab", stuck=True)
    caller = server.caller()
    await caller.next()
    server.left.set()
    with pytest.raises(CallerLeft):
        await caller.next()
    assert caller.left


async def test_who_leaves_after_the_body_ends_what_is_done_for_him() -> None:
    server = Server(b"ab")
    caller = server.caller()
    with pytest.raises(CallerLeft):
        async with asyncio.timeout(ARRIVAL_SECONDS), caller.attended():
            await caller.next()
            server.left.set()
            await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_who_leaves_after_the_answer_has_not_left() -> None:
    server = Server(b"")
    caller = server.caller()
    async with caller.attended():
        await caller.next()
        await caller.begin(200, [])
        await caller.end(b"done")
        server.left.set()
        for _ in range(5):
            await asyncio.sleep(0)
    assert not caller.left


async def test_a_stop_of_the_process_is_no_leaving() -> None:
    caller = Server(b"").caller()

    async def attended() -> None:
        async with caller.attended():
            await asyncio.Event().wait()

    running = asyncio.ensure_future(attended())
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(Stopping):
        await running


async def test_a_failure_before_the_answer_is_a_status() -> None:
    server = Server()
    caller = server.caller()
    caller.identity = ((b"x-request-id", b"req_1"),)
    await caller.fail(FAILED, 502, [(b"retry-after", b"7")])
    begun = server.sent[0]
    assert (begun["status"], caller.complete) == (502, True)
    assert {(b"retry-after", b"7"), (b"x-request-id", b"req_1")} < set(begun["headers"])
    assert b'"code":"vendor_cut"' in server.body


_OPENAI = {"type": "upstream_error", "param": None, "code": "vendor_cut"}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (b"/v1/rerank", {"error": {**_OPENAI, "message": "It broke."}}),
        (b"/v2/rerank", {"message": "It broke."}),
        (b"/v1/messages/batches", {"type": "error", "error": {"type": "api_error", "message": "It broke."}}),
        (b"/messages/batches/x", {"type": "error", "error": {"type": "api_error", "message": "It broke."}}),
    ],
    ids=["OpenAI's", "Cohere's", "Anthropic's", "Anthropic's, without a version"],
)
async def test_a_failure_has_the_shape_of_its_path(path: bytes, form: dict[str, object]) -> None:
    server = Server()
    caller = server.caller()
    caller.path = path
    await caller.fail(FAILED, 502, [])
    assert json.loads(server.body) == form


@pytest.mark.parametrize(("kind", "complete"), [(b"text/event-stream", True), (b"audio/wav", False)])
async def test_a_failure_after_it_is_an_event_or_no_end(kind: bytes, complete: bool) -> None:
    server = Server()
    caller = server.caller()
    await caller.begin(200, [(b"content-type", kind)])
    await caller.write(b"x")
    await caller.fail(FAILED, 502, [])
    assert caller.complete is complete
    assert (b"vendor_cut" in server.body) is complete


def test_a_header_is_found_by_its_name() -> None:
    caller = Server(content_type="a/b").caller()
    assert (caller.header(b"content-type"), caller.header(b"x")) == (b"a/b", b"")
