"""A copy follows the answer: nobody sees it, no caller pays for it, and it has its bounds."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.around.shadowing import MOST_AT_ONCE
from gateway.errors import NobodyAnswered
from gateway.routing.learning import Learning, read_learnt
from tests.gateway.crossing import ask, call, crossing, said, text
from tests.gateway.road import COST, ERROR_ANSWER, HANG, STREAM, Answer, Road
from tests.patience import until


def shadowed(main: Answer, copy: Answer, learning: Learning | None = None, **written: Any) -> Road:
    settings = {"target": "copy/m", "share": 1.0, **written}
    return crossing({"main": [main], "copy": [copy]}, "shadow", learning, **settings)


async def settled(on: Road, rows: int) -> None:
    await until(lambda: len(on.rows) == rows)
    await asyncio.sleep(0)


def counted(on: Road) -> dict[str, float]:
    lines = on.metrics.exposition().decode().splitlines()
    found = (line.split('result="')[1].split('"} ') for line in lines if "shadow_calls_total{" in line)
    return {name: float(value) for name, value in found}


async def test_the_caller_is_answered_first_and_by_the_other_target() -> None:
    on = shadowed(said("Seven trains."), said("Eight trains."))
    caller = await ask(on)
    assert text(caller) == "Seven trains." and caller.complete
    assert [row.vendor for row in on.rows] == ["main"]
    await settled(on, 2)
    assert [(row.vendor, row.attempt_id, row.cost) for row in on.rows] == [
        ("main", "req_1.1", COST),
        ("copy", "req_1.2", COST),
    ]
    assert on.place("end") < on.log.index(("sent", "copy"))
    assert counted(on) == {"different": 1.0}


async def test_its_row_is_nobodys_and_says_what_differs() -> None:
    on = shadowed(said("Seven  trains."), said("Seven trains."))
    await ask(on)
    await settled(on, 2)
    row = on.rows[1]
    assert (row.key_id, row.user, row.team, row.organisation) == ("", "", "", "")
    assert json.loads(row.tags) == {"shadow": "auto", "team": "support"}
    *_, verdict, reason, numbers = next(step for step in json.loads(row.trail) if step[0] == "shadow")
    assert (verdict, reason) == ("equal", "beside the answer of main/m")
    assert (numbers["length"], numbers["length_served"], numbers["agreement"]) == (13, 14, 1.0)
    assert (numbers["finish"], numbers["cost_served_nano"]) == ("stop", COST)


async def test_a_stream_is_copied_as_a_whole() -> None:
    on = shadowed(STREAM, said("Hello"))
    await ask(on, stream=True)
    await settled(on, 2)
    assert "stream" not in json.loads(on.vendors.requests[1][2])
    assert not on.rows[1].stream
    assert counted(on) == {"alike": 1.0}


async def test_a_copy_that_fails_disturbs_nobody() -> None:
    on = shadowed(said("Seven."), ERROR_ANSWER)
    assert text(await ask(on)) == "Seven."
    await settled(on, 2)
    await until(lambda: counted(on) == {"failed": 1.0})
    assert (await ask(shadowed(said("Seven."), said("x"), share=0.4))).complete


async def test_a_share_of_the_calls_is_copied_and_the_draw_decides() -> None:
    on = shadowed(said("Seven."), said("Seven."), share=0.5)  # chance draws one half
    await ask(on)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(on.rows) == 1


async def test_it_stops_where_its_days_budget_is_spent() -> None:
    on = shadowed(said("Seven."), said("Seven."), budget=COST)
    await ask(on)
    await settled(on, 2)
    await ask(on)
    assert counted(on) == {"alike": 1.0, "budget": 1.0}
    assert [row.vendor for row in on.rows] == ["main", "copy", "main"]


async def test_no_more_are_under_way_than_there_is_room_for() -> None:
    on = shadowed(said("Seven."), Answer(fails=HANG))
    for _ in range(MOST_AT_ONCE + 2):
        await ask(on)
        for _ in range(4):
            await asyncio.sleep(0)
    assert counted(on) == {"busy": 2.0}
    await on.services.around.close()
    assert [row.status for row in on.rows if row.vendor == "copy"] == ["cancelled"] * MOST_AT_ONCE


async def test_regions_and_vendors_bind_a_copy_too() -> None:
    on = shadowed(said("Seven."), said("Seven."))
    asked = call(on)
    asked.headers = [(b"x-signalbox-vendors", b"main")]
    await ask(on, asked)
    for _ in range(20):
        await asyncio.sleep(0)
    assert [row.vendor for row in on.rows] == ["main"]


@pytest.mark.parametrize(("copy", "right"), [("Seven trains.", True), ("Eight trains.", False)])
async def test_pairs_are_learnt_from(copy: str, right: bool, tmp_path: Path) -> None:
    on = shadowed(said("Seven trains."), said(copy), Learning(tmp_path, 1), learn=True)
    await ask(on)
    await until(lambda: bool(counted(on)))
    (learnt,) = read_learnt(tmp_path, "auto")
    assert (learnt.example.weak, learnt.example.strong) == (right, None)


async def test_it_is_no_last_resort_either() -> None:
    on = shadowed(ERROR_ANSWER, said("Seven."))
    with pytest.raises(NobodyAnswered):
        await ask(on)
    route = on.deployment.route("auto")
    assert route is not None and route.settled is not None
    assert [choice.target for choice in route.settled] == ["main/m"]
