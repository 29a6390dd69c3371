"""What is taken for a call is settled on every exit; a refusal before any attempt leaves a row."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.limit import Limit
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from gateway.call import Call
from gateway.errors import BadRequest, GatewayError, ModelNotFound, OverBudget, OverLimit
from gateway.metering.allowances import Allowances
from gateway.metering.estimating import OVERHEAD
from gateway.metering.leasing import Leasing
from gateway.metering.metering import Metering
from gateway.pipeline import answer
from gateway.upstream import ConnectRefused
from ledger.meters.estate import Estate
from ledger.meters.leased import Leased
from tests.gateway.limited import Limited
from tests.gateway.road import (
    COST,
    ERROR_ANSWER,
    FAILED,
    HANG,
    HELLO,
    ROLE,
    STREAM,
    WHO,
    Answer,
    Caller,
    Road,
    streams,
)
from tests.patience import until

ENDS = {
    "a refusal": (BadRequest("no"), 0, 1),
    "a refusal after an attempt": (BadRequest("no"), 1, 0),
    "the caller left": (asyncio.CancelledError(), 0, 0),
    "a fault of ours": (ZeroDivisionError(), 0, 0),
    "an answer": (None, 1, 0),
}


@pytest.mark.parametrize(("error", "attempts", "rows"), ENDS.values(), ids=ENDS.keys())
async def test_what_each_end_leaves(error: BaseException | None, attempts: int, rows: int) -> None:
    road = Road({"one": [Answer()]})
    call = road.call()
    reservation = await road.services.ledger.reserve(WHO, call)
    with nullcontext() if error is None else pytest.raises(type(error)), reservation:
        call.attempts = attempts
        if error is not None:
            raise error
    assert len(road.rows) == rows


async def test_a_name_that_a_caller_made_long_is_cut() -> None:
    road = Road({"one": [Answer()]})
    with pytest.raises(BadRequest), await road.services.ledger.reserve(WHO, road.call(model="x" * 5000)):
        raise BadRequest("no")
    assert len(road.rows[0].model_asked) == 200


async def test_nothing_is_put_between_the_road_and_its_caller_while_nothing_is_counted() -> None:
    road = Road({"one": [Answer()]})
    caller = Caller(road.log)
    reservation = await road.services.ledger.reserve(WHO, road.call())
    assert reservation.noting(caller) is caller


async def answered(road: Limited, call: Call) -> Caller:
    """The call, down the whole road."""
    caller = Caller(road.log)
    await answer(call, road.services, caller)
    return caller


def meters(road: Limited) -> dict[str, tuple[int, int]]:
    """What is spent and held, by kind."""
    found = road.services.ledger.allowances.meters.items()
    return {name.kind: (meter.spent, meter.held) for name, meter in found}


GONE = Answer(fails=ConnectRefused("host", "connect", "nobody listens there"))
EVERY = (
    Limit("requests", 5, "minute"),
    Limit("tokens", 10**6, "minute"),
    Limit("concurrent", 5, "once"),
    Limit("spend", 10**9, "month", hard=True),
)


async def test_a_call_of_which_no_vendor_saw_anything_counts_nowhere() -> None:
    road = Limited({"one": [GONE] * 9}, *EVERY)
    with pytest.raises(GatewayError):
        await answered(road, road.call())
    assert len(road.rows) > 0
    assert set(meters(road).values()) == {(0, 0)}


async def test_a_call_that_a_vendor_failed_counts_as_a_request() -> None:
    road = Limited({"one": [GONE], "two": [ERROR_ANSWER]}, *EVERY)
    with pytest.raises(GatewayError):
        await answered(road, road.call())
    assert meters(road)["requests"] == (1, 0)


async def test_an_answer_is_counted_as_what_the_vendor_says() -> None:
    road = Limited({"one": [Answer()]}, *EVERY)
    caller = await answered(road, road.call())
    assert meters(road) == {"requests": (1, 0), "tokens": (110, 0), "concurrent": (0, 0), "spend": (COST, 0)}
    assert caller.head is not None
    assert b"x-ratelimit-remaining-requests: 4\r\n" in caller.head.block
    assert b"x-ratelimit-limit-tokens: 1000000\r\n" in caller.head.block


def worst_of(call: Call, output: int = 16_384) -> int:
    return (len(call.body) + OVERHEAD) * 1000 + output * 2000


async def test_a_failed_attempt_is_counted_beside_the_one_that_answered() -> None:
    cut = streams(HELLO.replace(b"Hello", b""), FAILED)
    road = Limited({"one": [cut], "two": [STREAM]}, *EVERY)
    call = road.call(stream=True)
    await answered(road, call)
    assert [row.estimated for row in road.rows] == [True, False]
    # Nobody told what the first one cost: a hard budget counts the most that it can be.
    assert meters(road)["spend"] == (worst_of(call) + COST, 0)
    assert meters(road)["tokens"] == (sum(row.usage.input + row.usage.output for row in road.rows), 0)
    assert meters(road)["requests"] == (1, 0)


async def test_a_caller_that_leaves_is_counted_as_its_row_and_by_a_hard_budget_as_the_most() -> None:
    road = Limited({"one": [streams(ROLE, HELLO, HANG)]}, *EVERY)
    call = road.call(stream=True)
    running = asyncio.ensure_future(answered(road, call))
    await until(lambda: any(isinstance(each, tuple) and each[0] == "begin" for each in road.log))
    assert meters(road)["concurrent"] == (0, 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    [row] = road.rows
    assert meters(road) == {
        "requests": (1, 0),
        "tokens": (row.usage.input + row.usage.output, 0),
        "concurrent": (0, 0),
        "spend": (worst_of(call), 0),
    }


async def test_a_hard_budget_counts_the_most_for_a_stream_that_broke_though_it_told_its_use_so_far() -> None:
    said = HELLO.replace(b'"choices"', b'"usage":{"prompt_tokens":9,"completion_tokens":1},"choices"')
    road = Limited({"one": [streams(ROLE, said, HANG)]}, *EVERY)
    call = road.call(stream=True)
    running = asyncio.ensure_future(answered(road, call))
    await until(lambda: any(isinstance(each, tuple) and each[0] == "begin" for each in road.log))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert road.rows[0].usage == Usage(9, 2) and road.rows[0].estimated  # five letters
    assert meters(road)["spend"] == (worst_of(call), 0)


class Plenty:
    """A Redis that gives every process all there is."""

    async def script(self, name: str, keys: Sequence[str], values: Sequence[int | str]) -> list[Any]:
        return [[10**9, 0, 10**9, 1, 0, 1, 0] for _ in keys]


async def test_what_a_killed_process_may_owe_is_noted_from_before_an_attempt_until_it_is_reported(
    tmp_path: Path,
) -> None:
    road = Limited({"one": [Answer(), streams(ROLE, HELLO, HANG)]}, *EVERY)
    estate = Estate(tmp_path, "p")
    leasing = Leasing(Plenty(), "p", lambda: road.now, None, estate)
    road.services.ledger = Metering(road.books, Allowances(None, lambda: road.now, leasing=leasing))
    await answered(road, road.call())
    meters = road.services.ledger.allowances.meters.items()
    [debt] = [meter.debt for _, meter in meters if isinstance(meter, Leased) and meter.debt is not None]
    assert debt.owed == COST
    call = road.call(stream=True)
    running = asyncio.ensure_future(answered(road, call))
    await until(lambda: sum(isinstance(each, tuple) and each[0] == "begin" for each in road.log) == 2)
    assert debt.owed == COST + worst_of(call)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert debt.owed == COST + worst_of(call), "nobody knows what its vendor bills"
    assert road.rows[-1].cost + road.rows[-1].unsure == worst_of(call)
    await leasing.renew()
    assert debt.owed == 0
    estate.close()


async def test_a_soft_budgets_note_has_what_calls_are_expected_to_come_to(tmp_path: Path) -> None:
    road = Limited({"one": [Answer(), streams(ROLE, HELLO, HANG)]}, Limit("spend", 10**9, "month"))
    estate = Estate(tmp_path, "p")
    leasing = Leasing(Plenty(), "p", lambda: road.now, None, estate)
    road.services.ledger = Metering(road.books, Allowances(None, lambda: road.now, leasing=leasing))
    await answered(road, road.call())
    [(_, meter)] = road.services.ledger.allowances.meters.items()
    assert isinstance(meter, Leased) and meter.debt is not None
    assert meter.debt.owed == COST
    call = road.call(stream=True)
    running = asyncio.ensure_future(answered(road, call))
    await until(lambda: sum(isinstance(each, tuple) and each[0] == "begin" for each in road.log) == 2)
    assert 0 < meter.held < worst_of(call)
    assert meter.debt.owed == COST + meter.held
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert meter.debt.owed == COST + road.rows[-1].cost
    await leasing.renew()
    assert meter.debt.owed == 0
    estate.close()


async def test_what_was_never_asked_of_a_vendor_counts_nothing() -> None:
    road = Limited({"one": [Answer()]}, *EVERY)
    with pytest.raises(ModelNotFound):
        await answered(road, road.call(model="nobody"))
    assert set(meters(road).values()) == {(0, 0)}
    assert [row.error_code for row in road.rows] == ["model_not_found"]


async def test_a_refusal_takes_nothing_and_leaves_a_row() -> None:
    road = Limited({"one": [Answer()]}, Limit("requests", 1, "minute"), Limit("tokens", 10**6, "minute"))
    await answered(road, road.call())
    with pytest.raises(OverLimit, match="1 requests a minute"):
        await answered(road, road.call())
    assert meters(road) == {"requests": (1, 0), "tokens": (110, 0)}
    assert [row.error_code for row in road.rows] == ["", "rate_limit_exceeded"]


async def test_a_rate_is_free_again_after_its_minute() -> None:
    road = Limited({"one": [Answer()]}, Limit("requests", 1, "minute"))
    await answered(road, road.call())
    road.now += 61_000
    await answered(road, road.call())


def budget(nano: int) -> Limit:
    return Limit("spend", nano, "month", hard=True)


async def test_a_hard_budget_shortens_the_answer_to_what_it_can_pay() -> None:
    road = Limited({"one": [Answer()]}, budget(2_000_000))
    call = road.call()
    await answered(road, call)
    size = len(call.body) + OVERHEAD
    cap = (2_000_000 - size * 1000) // 2000
    assert msgspec.json.decode(road.vendors.requests[0][2])["max_completion_tokens"] == cap
    assert ("limits", "clamped", f"the answer to {cap} tokens", {"tokens": cap}) in call.trail
    assert meters(road)["spend"] == (COST, 0)


async def test_a_bound_that_fits_is_left_as_it_is() -> None:
    road = Limited({"one": [Answer()]}, budget(10**9))
    call = road.call()
    call.body = call.body.replace(b"}", b',"max_tokens":20}')
    call.asked = OpenAIChat().peek(call.body)
    await answered(road, call)
    assert msgspec.json.decode(road.vendors.requests[0][2])["max_tokens"] == 20


async def test_a_model_whose_longest_answer_nobody_knows_is_told_one() -> None:
    road = Limited({"one": [Answer()]}, budget(10**9))
    await answered(road, road.call())
    assert msgspec.json.decode(road.vendors.requests[0][2])["max_completion_tokens"] == 16_384


@pytest.mark.parametrize("bound", [-100_000, -1, 0])
async def test_a_bound_that_is_none_to_some_vendors_is_replaced(bound: int) -> None:
    road = Limited({"one": [Answer()]}, budget(10**9))
    call = road.call()
    call.body = call.body.replace(b"}", b',"max_tokens":%d}' % bound)
    call.asked = OpenAIChat().peek(call.body)
    await answered(road, call)
    assert msgspec.json.decode(road.vendors.requests[0][2])["max_tokens"] == 16_384


async def test_a_budget_that_cannot_pay_the_shortest_answer_refuses() -> None:
    road = Limited({"one": [Answer()]}, budget(1_000_000 // 2))
    with pytest.raises(OverBudget, match=r"is \$0.0005 a month: \$0.00 spent, \$0.00 reserved"):
        await answered(road, road.call())
    assert road.vendors.requests == []


async def test_a_second_attempt_that_cannot_be_paid_beside_the_first_is_not_made() -> None:
    cut = streams(HELLO.replace(b"Hello", b""), FAILED)
    road = Limited({"one": [cut], "two": [STREAM]}, budget(2_000_000))
    with pytest.raises(OverBudget):
        await answered(road, road.call(stream=True))
    assert [name for name, _, _ in road.vendors.requests] == ["one"]
    assert road.rows[0].cost < meters(road)["spend"][0] <= 2_000_000


async def test_an_attempt_that_reads_or_says_more_than_its_call_holds_more() -> None:
    road = Limited({"one": [Answer()]}, budget(10**9))
    call = road.call()
    call.body = call.body.replace(b"}", b',"max_tokens":20}')
    call.asked = OpenAIChat().peek(call.body)
    with await road.services.ledger.reserve(WHO, call):
        assert call.held is not None
        call.held.attempt(len(call.body), 20)
        assert meters(road)["spend"] == (0, worst_of(call, 20))
        call.held.attempt(len(call.body) + 300, 2000)  # such as a judge, which gets the answer to read
        dearer = worst_of(call, 2000) + 300 * 1000
        assert meters(road)["spend"] == (0, 2 * dearer)


async def test_an_attempt_that_reads_more_than_the_budget_pays_is_not_made() -> None:
    road = Limited({"one": [Answer()]}, budget(2_000_000))
    call = road.call()
    with await road.services.ledger.reserve(WHO, call):
        assert call.held is not None
        with pytest.raises(OverBudget):
            call.held.attempt(len(call.body) + 3000)
        assert meters(road)["spend"][1] <= 2_000_000


async def test_a_soft_budget_lets_one_through_that_turns_out_dearer() -> None:
    road = Limited({"one": [Answer()]}, Limit("spend", 60_000, "month"))
    allowances = road.services.ledger.allowances
    found = await allowances.find(WHO, "fast", road.deployment)
    for _ in range(10):
        found.learned.see(10_000, 1, 2)  # what seems to be usual
    await answered(road, road.call())
    assert meters(road)["spend"] == (COST, 0)
    with pytest.raises(OverBudget):
        await answered(road, road.call())
