"""Every attempt leaves exactly one row, with what is owed and no more, before its answer is whole."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation, VendorKind
from dialects.usage import Usage
from gateway.errors import RefusedByVendor, Unavailable, UpstreamError
from gateway.upstream import ClosedEarly, HeadersTimeout, TotalTimeout
from ledger.row import Begun, UsageRow
from tests.gateway.road import (
    COST,
    COUNTED,
    DONE,
    FAILED,
    HANG,
    HELLO,
    ROLE,
    STOP,
    STREAM,
    USAGE,
    WHO,
    WHOLE,
    Answer,
    Caller,
    Road,
    Step,
    streams,
)
from tests.patience import until

TOLD = Usage(input=100, output=10)


@pytest.mark.parametrize("name", [b"x-request-id", b"request-id", b"x-amzn-requestid"])
async def test_a_vendors_request_id_is_kept_whatever_its_header_is_called(name: bytes) -> None:
    road = Road({"one": [Answer(headers={name: b"v-1"})]})
    await road.run(Caller(road.log), road.call())
    assert [row.vendor_request_id for row in road.rows] == ["v-1"]


async def test_a_whole_answer_leaves_its_row_before_its_bytes_go_out() -> None:
    road = Road({"one": [Answer(headers={b"x-request-id": b"v-1"})]})
    await road.run(Caller(road.log), road.call())
    assert road.place(Begun) < road.place(("sent", "one")) < road.place(UsageRow)
    assert road.place(UsageRow) < road.place(("begin", WHOLE))
    (row,) = road.rows
    assert row == UsageRow(
        "req_1.1",
        1,
        WHO.key_id,
        WHO.user,
        WHO.team,
        WHO.organisation,
        "chat",
        "fast",
        "one",
        "m",
        "ok",
        200,
        "",
        TOLD,
        row.cost,
        road.deployment.book.version,
        True,
        False,
        False,
        row.queue_ms,
        row.first_ms,
        row.total_ms,
        vendor_request_id="v-1",
        trail='[["route","one/m","the only target",{"attempt":1}]]',
        tags=WHO.tags_json,
    )
    assert row.cost == COST
    assert 0 < row.queue_ms < row.first_ms < row.total_ms


async def test_what_was_begun_says_all_that_a_dead_process_would_owe() -> None:
    road = Road({"one": [Answer()]})
    call = road.call()
    await road.run(Caller(road.log), call)
    (begun,), (row,) = road.begun, road.rows
    shared = ("attempt_id", "at_ms", "key_id", "user", "team", "organisation", "endpoint", "model_asked")
    for name in (*shared, "vendor", "model_served", "price_version", "tags"):
        assert getattr(begun, name) == getattr(row, name), name
    assert begun.input_estimate == -(-len(call.body) // 4)


async def test_a_stream_leaves_its_row_before_its_last_bytes_go_out() -> None:
    road = Road({"one": [STREAM]})
    await road.run(Caller(road.log), road.call(stream=True))
    assert road.place(("begin", ROLE + HELLO)) < road.place(("write", STOP))
    assert road.place(("write", STOP)) < road.place(UsageRow) < road.place(("write", DONE))
    (row,) = road.rows
    assert (row.status, row.usage, row.cost, row.estimated, row.stream) == ("ok", TOLD, COST, False, True)


ORDERS = {
    "usage at the end": [ROLE, HELLO, STOP, COUNTED, DONE],
    "all at once": [ROLE + HELLO + STOP + COUNTED + DONE],
    "no usage": [HELLO, STOP, DONE],
    "usage with the content": [HELLO.replace(b'"choices"', b'"usage":%b,"choices"' % USAGE), STOP, DONE],
    "no [DONE]": [HELLO, STOP, COUNTED],
    "no [DONE] and no usage": [HELLO, STOP],
    "a last event without its empty line": [HELLO, STOP, COUNTED, DONE[:-2]],
    "an answer without content": [ROLE, STOP, COUNTED, DONE],
    "[DONE] behind the role alone": [ROLE, DONE],
}


@pytest.mark.parametrize("steps", ORDERS.values(), ids=ORDERS.keys())
async def test_the_row_is_there_before_the_caller_can_think_it_has_everything(steps: list[Step]) -> None:
    road = Road({"one": [streams(*steps)]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body.endswith(DONE)
    last = max(
        place for place, entry in enumerate(road.log) if isinstance(entry, tuple) and entry[0] != "sent"
    )
    assert road.place(UsageRow) < last
    assert [row.status for row in road.rows] == ["ok"]


AFTER_DONE = {
    "silence": [HANG],
    "a connection that breaks": [ClosedEarly("v", "body", "gone")],
    "more events": [HELLO, COUNTED],
    "an error": [FAILED],
    "garbage": [b"data: {oops\n\n"],
    "half an event": [b"data: {"],
}


@pytest.mark.parametrize("steps", AFTER_DONE.values(), ids=AFTER_DONE.keys())
@pytest.mark.parametrize("at_once", [False, True], ids=["event by event", "all at once"])
async def test_whatever_comes_after_done_is_no_part_of_the_answer(steps: list[Step], at_once: bool) -> None:
    answer = [HELLO + STOP + COUNTED + DONE] if at_once else [HELLO, STOP, COUNTED, DONE]
    road = Road({"one": [streams(*answer, *steps)]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body == HELLO + STOP + DONE
    assert [(row.status, row.usage) for row in road.rows] == [("ok", TOLD)]


async def test_a_caller_that_asked_for_usage_gets_it_and_one_that_did_not_does_not() -> None:
    for usage in (True, False):
        road = Road({"one": [STREAM]})
        caller = Caller(road.log)
        await road.run(caller, road.call(stream=True, usage=usage))
        assert (COUNTED in caller.body) is usage
        assert b'"include_usage":true' in road.vendors.requests[0][2]
        assert road.rows[0].usage == TOLD


async def test_tokens_that_the_vendor_did_not_count_are_estimated() -> None:
    road = Road({"one": [streams(HELLO, HELLO, STOP, DONE)]})
    call = road.call(stream=True)
    await road.run(Caller(road.log), call)
    (row,) = road.rows
    estimate = -(-len(call.body) // 4)
    assert (row.usage, row.estimated) == (Usage(input=estimate, output=3), True)  # ten letters
    assert row.cost == estimate * 1000 + 3 * 2000
    road = Road({"one": [Answer([WHOLE.replace(b',"usage":%b' % USAGE, b"")])]})
    await road.run(Caller(road.log), road.call())
    assert (road.rows[0].usage.output, road.rows[0].estimated) == (2, True)


async def test_the_vendor_is_asked_with_its_own_key_and_our_id() -> None:
    road = Road({"one": [Answer()]})
    await road.run(Caller(road.log), road.call())
    ((_, head, body),) = road.vendors.requests
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nhost: one.test\r\n")
    assert b"\r\nauthorization: Bearer sk-one\r\n" in head
    assert b"\r\naccept-encoding: identity\r\n" in head
    assert head.endswith(b"\r\nx-client-request-id: req_1.1\r\n")
    assert json.loads(body) == {"model": "m", "messages": []}


# Where an attempt may be when its caller leaves: what it did until then, and whether the vendor has seen it.
LEAVING = {
    "before a connection stands": (Answer(fails=HANG, connects=False), False),
    "before the head": (Answer(fails=HANG), True),
    "in a whole answer": (Answer([HANG]), True),
    "in an error": (Answer([HANG], status=500), False),
    "before the content": (streams(ROLE, HANG), True),
    "in the content": (streams(HELLO, HELLO, HANG), True),
    "after the last content": (streams(HELLO, STOP, HANG), True),
    "after the usage": (streams(HELLO, STOP, COUNTED, HANG), True),
}


async def as_far_as_it_goes() -> None:
    """What hangs and waits for nothing but turns of the loop has come to where it hangs."""
    for _ in range(100):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("answer", "owed"), LEAVING.values(), ids=LEAVING.keys())
async def test_a_caller_that_leaves_leaves_one_row_wherever_it_was(answer: Answer, owed: bool) -> None:
    road = Road({"one": [answer], "two": [STREAM]})
    stream = answer.steps != [HANG]
    task = asyncio.ensure_future(road.run(Caller(road.log), road.call(stream=stream)))
    await as_far_as_it_goes()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (row,) = road.rows
    counted = COUNTED in answer.steps  # with the vendor's word on its end and on its usage nothing is missing
    assert row.status == ("ok" if counted else "cancelled")
    assert (row.cost > 0, row.estimated) == (owed, owed and not counted)
    assert all(response.closed for response in road.vendors.responses)
    assert [vendor for vendor, _, _ in road.vendors.requests] in ([], ["one"])


async def test_a_caller_that_leaves_while_it_is_too_slow_leaves_one_row() -> None:
    road = Road({"one": [STREAM]})
    caller = Caller(road.log, room=1)
    caller.stuck = True
    task = asyncio.ensure_future(road.run(caller, road.call(stream=True)))
    await as_far_as_it_goes()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [row.status for row in road.rows] == ["cancelled"]  # nobody knows what the vendor will count
    assert road.vendors.responses[0].closed


@given(turns=st.integers(0, 30), stream=st.booleans())
async def test_whenever_a_call_is_cancelled_there_is_one_row_for_what_was_begun(
    turns: int, stream: bool
) -> None:
    steps = [ROLE, HELLO, STOP, COUNTED, DONE] if stream else [WHOLE[:9], WHOLE[9:]]
    road = Road({"one": [Answer(fails=ClosedEarly("v", "headers", "x"))], "two": [Answer(steps)]})
    caller = Caller(road.log, room=1)
    task = asyncio.ensure_future(road.run(caller, road.call(stream=stream)))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [row.attempt_id for row in road.rows] == [begun.attempt_id for begun in road.begun]
    sent = {f"req_1.{1 if vendor == 'one' else 2}" for vendor, _, _ in road.vendors.requests}
    assert {row.attempt_id for row in road.rows if row.cost} <= sent


async def test_a_slow_caller_holds_the_vendor_back_and_loses_nothing() -> None:
    road = Road({"one": [streams(*[HELLO] * 20, STOP, COUNTED, DONE)]})
    caller = Caller(road.log, room=1)
    await road.run(caller, road.call(stream=True))
    assert caller.body == HELLO * 20 + STOP + DONE
    assert caller.drains >= 20


async def test_a_refused_call_costs_nothing_though_it_reached_the_vendor() -> None:
    road = Road({"one": [Answer([b'{"error":{"message":"bad","code":"c"}}'], status=400)]})
    with pytest.raises(RefusedByVendor):
        await road.run(Caller(road.log), road.call())
    (row,) = road.rows
    assert (row.status, row.error_code, row.http_status, row.cost) == ("error", "c", 400, 0)
    assert (row.usage, row.estimated) == (Usage(), False)


@pytest.mark.parametrize("late", [HeadersTimeout, TotalTimeout])
async def test_a_vendor_that_was_late_may_bill_what_it_read(late: type[HeadersTimeout]) -> None:
    road = Road({"one": [Answer(fails=late("v", "headers", "late"))]})
    with pytest.raises(Exception, match="late"):
        await road.run(Caller(road.log), road.call())
    (row,) = road.rows
    assert (row.status, row.http_status, row.estimated) == ("timeout", 0, True)
    assert row.usage.input > 0 and row.first_ms == 0


async def test_an_attempt_that_cannot_be_written_down_is_not_made() -> None:
    road = Road({"one": [Answer()]})
    road.journal.full = True
    with pytest.raises(Unavailable):
        await road.run(Caller(road.log), road.call())
    assert road.vendors.requests == [] and road.rows == []


async def test_a_disk_that_fills_up_during_a_call_loses_no_row() -> None:
    road = Road({"one": [STREAM]})
    task = asyncio.ensure_future(road.run(Caller(road.log), road.call(stream=True)))
    await until(lambda: bool(road.vendors.requests))
    road.journal.full = True
    await task
    assert [row.cost for row in road.rows] == [COST]


async def test_what_went_wrong_is_in_the_trail() -> None:
    road = Road({"one": [streams(HELLO, FAILED)]})
    with pytest.raises(UpstreamError):
        await road.run(Caller(road.log), road.call(stream=True))
    route, attempt = json.loads(road.rows[0].trail)
    assert route == ["route", "one/m", "the only target", {"attempt": 1}]
    assert attempt[:3] == ["attempt", "cut", "one/m"]
    assert attempt[3] == {"cost_nano": road.rows[0].cost, "code": "overloaded"}


async def test_an_error_in_the_very_bytes_that_end_the_answer_is_an_error() -> None:
    road = Road({"one": [streams(HELLO, STOP + COUNTED + FAILED)]})
    with pytest.raises(UpstreamError):
        await road.run(Caller(road.log), road.call(stream=True))
    assert [(row.status, row.usage) for row in road.rows] == [("cut", TOLD)]


MESSAGE_START = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":'
    b'{"input_tokens":60,"cache_read_input_tokens":40,"output_tokens":1}}}\n\n'
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
    b'"content_block":{"type":"text","text":""}}\n\n'
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    b'"delta":{"type":"text_delta","text":"Hello, all"}}\n\n'
)
MESSAGES = VendorKind("messages", "M", paths={Operation.MESSAGES: "/v1/messages"}, key_required=False)


async def test_a_stream_that_broke_is_billed_for_the_input_it_began_by_counting() -> None:
    road = Road({"one": [streams(MESSAGE_START)]}, kind=MESSAGES)
    with pytest.raises(UpstreamError):
        await road.run(Caller(road.log), road.call(stream=True))
    (row,) = road.rows
    assert (row.status, row.estimated) == ("cut", True)
    assert row.usage == Usage(input=100, output=3, cached_read=40)  # ten letters
