"""Kill switches in a real database, and what they stop."""

import asyncio

import msgspec
import pytest

from agentloop.journal import RunRecord
from agentloop.switches import Switch, Switches
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.stories import AGENT, RECORD
from tests.patience import patient, until, within


@pytest.fixture
async def database(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        yield database


@pytest.mark.parametrize(
    ("switch", "stops"),
    [
        (Switch("all", ""), True),
        (Switch("team", "support"), True),
        (Switch("agent", "desk"), True),
        (Switch("model", "fast"), True),
        (Switch("team", "desk"), False),
        (Switch("agent", "support"), False),
        (Switch("tool", "desk/send"), False),
    ],
)
async def test_a_switch_stops_what_it_names_until_it_is_lifted(database, switch, stops):
    switches, other = Switches(database, lambda: 7.0), Switches(database, lambda: 7.0)
    assert switches.holding(RECORD, AGENT) is None
    await switches.set(switch)
    await switches.set(switch)  # once more is once
    await other.refresh()
    assert (other.holding(RECORD, AGENT) is not None) is stops
    assert [each.at_ms for each in other.on] == [7000]
    assert await switches.lift(switch.scope, switch.name)
    assert not await switches.lift(switch.scope, switch.name)
    await other.refresh()
    assert other.holding(RECORD, AGENT) is None


async def test_an_agent_is_stopped_with_all_its_versions(database):
    switches = Switches(database, lambda: 7.0)
    await switches.set(Switch("agent", "desk"))
    assert switches.stopped("any", "desk@canary", "fast") is not None
    assert switches.stopped("any", "other@desk", "fast") is None


async def test_a_model_that_is_no_agents_own_is_stopped(database):
    switches = Switches(database, lambda: 7.0)
    await switches.set(Switch("model", "brief"))
    assert switches.refusing_model("brief") is not None
    assert switches.refusing_model("fast") is None
    assert switches.holding(RECORD, AGENT) is None


async def test_a_tool_is_stopped_alone_or_with_its_server(database):
    switches = Switches(database, lambda: 7.0)
    await switches.set(Switch("tool", "desk/send"))
    await switches.set(Switch("tool", "shop/*"))
    stopped = [name for name in ("desk/send", "desk/look", "shop/any") if switches.refusing(name)]
    assert stopped == ["desk/send", "shop/any"]


@patient
async def test_another_process_knows_within_a_second(database):
    switches, other = Switches(database, lambda: 7.0), Switches(database, lambda: 7.0)
    looking = asyncio.ensure_future(other.run())
    await asyncio.sleep(0.05)
    await switches.set(Switch("all", "", reason="drill"))
    asked = RunRecord("r", "t", "k", "a", "d"), msgspec.structs.replace(AGENT)
    try:
        with within(1.0):
            await until(lambda: other.holding(*asked) is not None)
    finally:
        looking.cancel()
        await switches.lift("all", "")
