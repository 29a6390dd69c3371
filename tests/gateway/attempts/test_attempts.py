"""A plan is run until somebody answers: before the first content any failure goes on, after it none does."""

import pytest

from gateway.attempts.attempt import MAX_HELD_BYTES, MAX_HELD_READS
from gateway.errors import NobodyAnswered, RefusedByVendor, Unpriced, UpstreamError
from gateway.upstream import (
    ClosedEarly,
    ConnectRefused,
    ConnectTimeout,
    FirstContentTimeout,
    HeadersTimeout,
    IdleTimeout,
    NameNotResolved,
    NoSocket,
    PoolClosed,
    PoolFull,
    ProtocolError,
    ProxyRefused,
    TlsFailed,
    TooLarge,
    TotalTimeout,
    UpstreamFailure,
)
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
    WHOLE,
    Answer,
    Caller,
    Road,
    streams,
)

ERROR = b'{"error":{"message":"no","type":"t","code":"c","param":"p"}}'
GOOD = Answer()

# The vendor's status: what the caller is told when nobody else answers; None: it is the caller's own fault.
STATUSES = {
    204: (502, "vendor_failed"),
    301: (502, "vendor_failed"),
    400: None,
    401: (502, "vendor_credentials_rejected"),
    402: (502, "vendor_balance_exhausted"),
    403: (502, "vendor_permission_denied"),
    404: (404, "model_not_found"),
    408: (504, "vendor_timeout"),
    409: (409, "vendor_conflict"),
    413: None,
    422: None,
    425: (503, "vendor_overloaded"),
    429: (429, "vendor_rate_limited"),
    498: (503, "vendor_overloaded"),
    500: (502, "vendor_failed"),
    501: (502, "vendor_failed"),
    502: (502, "vendor_failed"),
    503: (503, "vendor_overloaded"),
    504: (504, "vendor_timeout"),
    529: (503, "vendor_overloaded"),
    599: (502, "vendor_failed"),
    999: (502, "vendor_failed"),
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("status", STATUSES)
async def test_what_a_vendors_status_means(status: int, stream: bool) -> None:
    ruling = STATUSES[status]
    road = Road({"one": [Answer([ERROR], status=status)]})
    with pytest.raises(NobodyAnswered if ruling else RefusedByVendor) as refused:
        await road.run(Caller(road.log), road.call(stream=stream))
    if ruling is None:
        assert (refused.value.status, refused.value.shown().code) == (status, "c")
        assert refused.value.message == "no"
    else:
        assert (refused.value.status, refused.value.code) == ruling
        assert refused.value.message == f"one/m answered {status}: no"
    road = Road({"one": [Answer([ERROR], status=status)], "two": [STREAM if stream else GOOD]})
    caller = Caller(road.log)
    if ruling is None:
        with pytest.raises(RefusedByVendor):
            await road.run(caller, road.call(stream=stream))
        assert len(road.rows) == 1
    else:
        await road.run(caller, road.call(stream=stream))
        assert caller.head is not None
        assert b"x-signalbox-target: two/m\r\nx-signalbox-attempts: 2\r\n" in caller.head.block
        assert [(row.status, row.http_status) for row in road.rows] == [("error", status), ("ok", 200)]


KINDS = {
    ConnectRefused: ("connect", "error", (502, "vendor_unreachable")),
    ConnectTimeout: ("connect", "timeout", (504, "vendor_timeout")),
    NameNotResolved: ("connect", "error", (502, "vendor_unreachable")),
    TlsFailed: ("connect", "error", (502, "vendor_unreachable")),
    ProxyRefused: ("connect", "error", (502, "vendor_unreachable")),
    PoolFull: ("connect", "error", (503, "vendor_overloaded")),
    NoSocket: ("connect", "error", (503, "overloaded")),
    PoolClosed: ("connect", "error", (502, "vendor_unreachable")),
    HeadersTimeout: ("headers", "timeout", (504, "vendor_timeout")),
    FirstContentTimeout: ("body", "timeout", (504, "vendor_timeout")),
    IdleTimeout: ("body", "timeout", (504, "vendor_timeout")),
    TotalTimeout: ("headers", "timeout", (504, "vendor_timeout")),
    ClosedEarly: ("headers", "error", (502, "vendor_unreachable")),
    ProtocolError: ("headers", "error", (502, "vendor_failed")),
    TooLarge: ("body", "error", (502, "vendor_failed")),
}


def test_the_table_of_transport_failures_is_whole() -> None:
    def leaves(kind: type[UpstreamFailure]) -> set[type[UpstreamFailure]]:
        below = kind.__subclasses__()
        return {leaf for each in below for leaf in leaves(each)} if below else {kind}

    assert leaves(UpstreamFailure) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_what_a_broken_connection_means(kind: type[UpstreamFailure]) -> None:
    phase, row_status, ruling = KINDS[kind]
    failure = kind("v:443", phase, "so it was")
    where = streams(failure) if phase == "body" else Answer(fails=failure)
    road = Road({"one": [where]})
    with pytest.raises(NobodyAnswered) as nobody:
        await road.run(Caller(road.log), road.call(stream=True))
    assert (nobody.value.status, nobody.value.code) == ruling
    assert "so it was" in nobody.value.message
    (row,) = road.rows
    assert (row.status, row.error_code) == (row_status, ruling[1])
    # Only what reached the vendor can be owed.
    assert (row.cost > 0, row.estimated, row.queue_ms > 0) == ((phase != "connect",) * 3)
    road = Road({"one": [where], "two": [STREAM]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body == ROLE + HELLO + STOP + DONE


@pytest.mark.parametrize("status", [201, 203])
async def test_an_answer_may_come_with_other_words_for_well(status: int) -> None:
    road = Road({"one": [Answer([WHOLE], status=status, headers={b"content-encoding": b"none"})]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    assert caller.body == WHOLE
    (row,) = road.rows
    assert (row.status, row.estimated, row.http_status) == ("ok", False, status)


async def test_a_stream_may_say_that_nothing_was_done_to_it() -> None:
    road = Road({"one": [Answer([HELLO, STOP, DONE], headers={b"content-encoding": b"none"})]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body == HELLO + STOP + DONE


BEFORE_CONTENT = {
    "a cut": (streams(ROLE), "vendor_cut"),
    "nothing at all": (streams(), "vendor_cut"),
    "an error event": (streams(ROLE, FAILED), "overloaded"),
    "an error in the event of the content": (streams(ROLE + FAILED + HELLO), "overloaded"),
    "an end without any choice": (streams(DONE), "malformed_event"),
    "no JSON": (streams(ROLE, b"data: oops\n\n"), "malformed_event"),
    "half a whole answer": (streams(WHOLE[:-9]), "vendor_failed"),
    "a whole error": (streams(ERROR), "c"),
    "a page": (streams(b"<html>\n\n</html>\n\n"), "vendor_cut"),
    "a compressed stream": (Answer([b"\x1f\x8b"], headers={b"content-encoding": b"gzip"}), "vendor_failed"),
}


@pytest.mark.parametrize(("answer", "code"), BEFORE_CONTENT.values(), ids=BEFORE_CONTENT.keys())
async def test_a_stream_that_fails_before_its_content_is_another_targets(answer: Answer, code: str) -> None:
    road = Road({"one": [answer], "two": [STREAM]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body == ROLE + HELLO + STOP + DONE
    assert [(row.status, row.error_code) for row in road.rows] == [("error", code), ("ok", "")]
    alone = Road({"one": [answer]})
    with pytest.raises(NobodyAnswered) as nobody:
        await alone.run(Caller(alone.log), alone.call(stream=True))
    assert (nobody.value.status, nobody.value.code) == (502, code)


WRONG_WHOLE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "a stream that is cut": HELLO,
    "no answer": b"[]",
    "an error": ERROR,
    "no choices": b'{"usage":%b}' % b"null",
}


@pytest.mark.parametrize("body", WRONG_WHOLE.values(), ids=WRONG_WHOLE.keys())
async def test_a_whole_answer_that_is_none_is_another_targets(body: bytes) -> None:
    road = Road({"one": [Answer([body])], "two": [GOOD]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    assert caller.body == WHOLE
    assert [row.status for row in road.rows] == ["error", "ok"]


AFTER_CONTENT = {
    "a cut": ([], "cut"),
    "a broken connection": ([ClosedEarly("v", "body", "gone")], "cut"),
    "silence": ([IdleTimeout("v", "body", "silent")], "timeout"),
    "an error event": ([FAILED], "cut"),
    "an event that is no JSON": ([b"data: {\n\n"], "cut"),
    "an event without its end": ([STOP[:-4]], "cut"),
}


@pytest.mark.parametrize(("steps", "status"), AFTER_CONTENT.values(), ids=AFTER_CONTENT.keys())
async def test_a_stream_that_breaks_after_its_content_is_never_another_targets(
    steps: list[object], status: str
) -> None:
    road = Road({"one": [streams(ROLE, HELLO, *steps)], "two": [STREAM]})
    caller = Caller(road.log)
    with pytest.raises(UpstreamError) as broken:
        await road.run(caller, road.call(stream=True))
    assert not isinstance(broken.value, NobodyAnswered)
    assert caller.body == ROLE + HELLO and not caller.complete
    (row,) = road.rows
    assert (row.status, row.estimated) == (status, True)
    assert row.usage.output == 2  # five letters
    assert [request[0] for request in road.vendors.requests] == ["one"]


async def test_nothing_is_told_to_the_caller_while_it_can_still_go_elsewhere() -> None:
    comments = [b": wait\n\n"] * MAX_HELD_READS
    road = Road({"one": [streams(*comments, FAILED)], "two": [STREAM]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body.startswith(ROLE + HELLO)


HELD = {
    "many events": [b": wait\n\n"] * (MAX_HELD_READS + 1),
    "large ones": [b":%b\n\n" % (b"x" * (MAX_HELD_BYTES // 4))] * 4,
}


@pytest.mark.parametrize("steps", HELD.values(), ids=HELD.keys())
async def test_what_is_held_back_is_bounded(steps: list[bytes]) -> None:
    road = Road({"one": [streams(*steps, HELLO, STOP, DONE, HANG)], "two": [STREAM]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.body == b"".join(steps) + HELLO + STOP + DONE
    assert caller.first == b"".join(steps)
    assert len(caller.first) <= MAX_HELD_BYTES + len(steps[0])


async def test_a_first_event_in_many_pieces_is_one_event() -> None:
    pieces = [HELLO[place : place + 1] for place in range(len(HELLO))]
    assert len(pieces) < MAX_HELD_READS < len(pieces) * 3
    slow = [b"data: ", *[b" "] * 100, HELLO[6:]]
    for steps in (pieces, slow):
        road = Road({"one": [streams(*steps, STOP, DONE)]})
        caller = Caller(road.log)
        await road.run(caller, road.call(stream=True))
        assert caller.first == b"".join(steps)


async def test_when_nobody_answers_the_status_is_the_last_ones_and_the_message_names_all() -> None:
    limited = Answer([ERROR], status=429, headers={b"retry-after": b"7"})
    road = Road({"one": [Answer([ERROR], status=500)], "two": [limited]})
    with pytest.raises(NobodyAnswered) as nobody:
        await road.run(Caller(road.log), road.call())
    error = nobody.value
    assert (error.status, error.code, error.headers) == (
        429,
        "no_target_answered",
        ((b"retry-after", b"7"),),
    )
    assert error.message == (
        "No target answered. one/m: one/m answered 500: no; two/m: two/m answered 429: no"
    )


@pytest.mark.parametrize("status", [405, 418, 499])
async def test_what_was_said_in_front_of_a_vendor_is_asked_elsewhere_and_else_told_as_it_was(
    status: int,
) -> None:
    with pytest.raises(RefusedByVendor) as refused:
        alone = Road({"one": [Answer([ERROR], status=status)]})
        await alone.run(Caller(alone.log), alone.call())
    assert refused.value.status == status
    road = Road({"one": [Answer([ERROR], status=status)], "two": [GOOD]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    assert [(row.status, row.http_status) for row in road.rows] == [("error", status), ("ok", 200)]


@pytest.mark.parametrize(
    ("value", "passed"),
    [
        pytest.param(b"0", True, id="at once"),
        pytest.param(b"60", True, id="a minute"),
        pytest.param(b"-1", False, id="a negative number"),
        pytest.param(b"9" * 5000, False, id="more digits than Python reads"),
        pytest.param("٣".encode(), False, id="digits of another script"),
    ],
)
async def test_a_wait_is_passed_on_only_when_it_is_short(value: bytes, passed: bool) -> None:
    road = Road({"one": [Answer([ERROR], status=429, headers={b"retry-after": value})]})
    with pytest.raises(NobodyAnswered) as nobody:
        await road.run(Caller(road.log), road.call())
    assert nobody.value.headers == (((b"retry-after", value),) if passed else ())


async def test_a_wait_longer_than_an_sdk_should_sleep_tells_it_to_give_up() -> None:
    road = Road({"one": [Answer([ERROR], status=429, headers={b"retry-after": b"61"})]})
    with pytest.raises(NobodyAnswered) as nobody:
        await road.run(Caller(road.log), road.call())
    assert nobody.value.headers == ((b"x-should-retry", b"false"),)


async def test_a_target_without_a_price_is_not_asked_where_that_is_denied() -> None:
    road = Road({"unpriced": [GOOD]}, unpriced="deny")
    with pytest.raises(Unpriced, match="unpriced/m"):
        await road.run(Caller(road.log), road.call())
    assert road.vendors.requests == [] and road.log == []


async def test_the_head_of_a_whole_answer_says_what_it_cost_to_the_nano_dollar() -> None:
    road = Road({"one": [GOOD]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    assert caller.head is not None and caller.head.whole
    assert caller.head.block == (
        b"content-type: application/json\r\nx-signalbox-target: one/m\r\nx-signalbox-attempts: 1\r\n"
        b"x-signalbox-cache: bypass\r\nx-signalbox-cost: 0.%09d\r\n" % COST
    )


async def test_the_head_of_a_stream_keeps_proxies_from_holding_it_back() -> None:
    road = Road({"one": [STREAM]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert caller.head is not None and not caller.head.whole
    assert caller.head.block == (
        b"content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
        b"x-accel-buffering: no\r\nx-signalbox-target: one/m\r\nx-signalbox-attempts: 1\r\n"
        b"x-signalbox-cache: bypass\r\n"
    )


async def test_what_a_sink_raises_is_ours_and_never_another_targets() -> None:
    road = Road({"one": [STREAM], "two": [STREAM]})
    caller = Caller(road.log)
    caller.raises = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await road.run(caller, road.call(stream=True))
    (row,) = road.rows
    assert (row.status, row.error_code) == ("error", "internal_error")
    assert road.vendors.responses[0].closed


async def test_every_answer_is_let_go() -> None:
    answers = {
        "one": [Answer([ERROR], status=500)],
        "two": [streams(ROLE)],
        "three": [streams(ROLE, HELLO, STOP, COUNTED, DONE)],
    }
    road = Road(answers)
    await road.run(Caller(road.log), road.call(stream=True))
    assert [response.closed for response in road.vendors.responses] == [True] * 3


async def test_only_streams_tell_how_fast_a_target_writes() -> None:
    """A whole answer comes at once; taken for a stream it would seem a hundred times as fast."""
    road = Road({"one": [GOOD, STREAM]})
    (line,) = road.deployment.route("fast").lines.values()
    await road.run(Caller(road.log), road.call())
    assert (line.state.per_token_ms, line.state.output_tokens > 0) == (0.0, True)
    await road.run(Caller(road.log), road.call(stream=True))
    pace = line.state.per_token_ms
    assert pace > 0
    road.vendors.script["one"] = [GOOD]
    await road.run(Caller(road.log), road.call())
    assert line.state.per_token_ms == pace
