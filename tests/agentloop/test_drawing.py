"""A run's account: whatever its children do, at the same time and to any depth, it is never overdrawn."""

import random
import shutil

import pytest

from agentloop import events as e
from agentloop.drawing import drawn, held
from agentloop.run import Run, Used, replay
from storage.engine import Database
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.family import Family, agent


@pytest.mark.parametrize(
    ("limits", "lacks"),
    [
        ({"depth": 0}, "depth"),
        ({"children": 2}, "children"),
        ({"turns": 4}, "turns"),
        ({"tool_calls": 3}, "tool_calls"),
        ({"tokens": 10}, "tokens"),
        ({"cost": 5}, "cost"),
    ],
)
def test_what_is_used_up_lets_nothing_begin(limits, lacks):
    used = Used(tool_calls=3, tokens=10, cost=5, turns=2, children=2)
    run = Run("run_1", limits=e.Limits(**limits), turn=1, used=used)
    assert drawn(run, e.Limits(), 0) == lacks


def test_children_of_one_turn_draw_equal_parts_and_leave_the_run_a_turn():
    run = Run("run_1", limits=e.Limits(turns=12, tokens=1000, depth=2), turn=1)
    share = drawn(run, e.Limits(), 4)
    assert (share.turns, share.tokens, share.depth) == (2, 200, 1)
    assert held(run).turns == 0


async def races(database: Database, seed: int, width: int) -> None:
    """A root asks for `width` children at once, some of which ask for more; limits are drawn by lot."""
    chance = random.Random(seed)
    leaf = agent("leaf", turns=chance.randint(1, 3))
    child = agent("child", leaf, depth=chance.randint(0, 2), same_call=200)
    limits = {
        "turns": chance.randint(2, 300),
        "tool_calls": chance.randint(1, 200),
        "tokens": chance.randint(10, 4000),
        "cost": chance.randint(5, 2000),
        "children": width,
        "depth": chance.randint(0, 2),
        "same_call": 200,
    }
    root = agent("root", child, **limits)
    wishes = [("desk/look",), ("agents/leaf",), ("agents/leaf", "agents/leaf", "desk/look"), ()]
    script = {
        "root": [("agents/child",) * width, ("agents/child",)],
        "child": [chance.choice(wishes) for _ in range(3)],
        "leaf": [("desk/look",)] * 2,
    }
    family = Family(database, script)
    await family.begin(root)
    await family.settle(width)
    runs = {each: replay(each, await family.journal.events(each)) for each in await family.runs()}
    check(runs, root.limits, family)


def check(runs: dict[str, Run], limits: e.Limits, family: Family) -> None:
    """The world's own count against the account; each model call is of 10 tokens and 5 nano-dollars."""
    asked = sum(family.asked.values())
    assert all(run.ending is not None for run in runs.values())
    assert asked <= limits.turns
    assert family.looked + len(runs) - 1 <= limits.tool_calls
    assert asked * 5 <= limits.cost
    used = runs["run_1"].used
    assert (used.tokens, used.cost) == (asked * 10, asked * 5)
    assert used.turns + runs["run_1"].turn >= asked  # one that could not be paid for is a turn too
    assert used.tool_calls == family.looked + len(runs) - 1
    depths = [len(run.parent.line) for run in runs.values() if run.parent is not None]
    assert max(depths, default=0) <= limits.depth


@pytest.mark.parametrize("seed", range(6))
async def test_racing_children_never_overdraw(tables, seed):
    await races(tables, seed, 8)


async def fresh_races(blank, folder, rounds: range) -> None:
    """Sixty-four children at once, each round in a database of its own."""
    for seed in rounds:
        for left in folder.glob("runs.db*"):
            left.unlink()
        shutil.copy(blank, folder / "runs.db")
        async with opened(sqlite_url(folder)) as database:
            await races(database, seed, 64)


async def test_sixty_four_racing_children_never_overdraw(blank, tmp_path):
    await fresh_races(blank, tmp_path, range(2000, 2003))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4))
async def test_sixty_four_racing_children_never_overdraw_in_a_thousand_rounds(blank, tmp_path, part):
    await fresh_races(blank, tmp_path, range(part * 250, (part + 1) * 250))
