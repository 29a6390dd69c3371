"""What a configuration becomes, at the start and at each reload."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from msgspec import structs

from config.catalog import Catalog, Loaded, PriceOverride, Settings, TeamFacts, Vendor
from config.defaults import SIMULATOR_PLACEHOLDER, default_catalog
from config.discover import discover
from config.errors import ConfigError, Problem
from config.kinds import VendorKind
from dialects.usage import Usage
from gateway.assembly import Assembly, ReloadRefused
from gateway.clock import Clock
from gateway.guardrails.cordons import Cordons
from gateway.guardrails.guarding import Guarding
from gateway.server.local import extended
from gateway.telemetry.metrics import Metrics
from ledger.row import Begun
from tests.gateway.road import Road
from tests.ledger.facts import BEGUN
from tests.patience import ARRIVAL_SECONDS

KINDS = discover("gateway.vendors", "VENDOR", VendorKind)
OLLAMA = Vendor("ollama", KINDS["ollama"], "http://127.0.0.1:1/v1", None)


class File:
    """Stands for the configuration's file: gives the catalog it was given last, or fails."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.problem: Problem | None = None

    def load(self) -> Loaded:
        if self.problem is not None:
            raise ConfigError([self.problem])
        return Loaded(self.catalog)


def catalog(version: str = "v1", vendors: Mapping[str, Vendor] | None = None, **changed: object) -> Catalog:
    base = default_catalog(KINDS, {}).catalog
    known = base.vendors if vendors is None else MappingProxyType(dict(vendors))
    return replace(base, version=version, vendors=known, **changed)


def assembly(file: File, metrics: Metrics | None = None) -> Assembly:
    return Assembly(file.load, Clock(), metrics or Metrics())


async def test_the_simulator_is_started_for_whoever_names_it_and_has_prices() -> None:
    async with assembly(File(catalog())) as built:
        sim = built.catalog.vendors["sim"]
        assert sim.base_url.startswith("http://127.0.0.1:") and sim.base_url != SIMULATOR_PLACEHOLDER
        quote = built.deployment.quote(sim, "small")
        assert quote is not None
        assert quote.priced
        assert quote.price.cost(Usage(input=1000)) > 0


async def test_what_guards_need_is_loaded_at_the_start_and_at_each_reload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[bool] = []

    def prepare(self: Guarding, cordons: Cordons | None) -> None:
        prepared.append(cordons is not None)

    monkeypatch.setattr(Guarding, "prepare", prepare)
    file = File(catalog())
    async with assembly(file) as built:
        built.attach(Road({"one": []}).services)
        file.catalog = catalog("v2", guardrails=("secrets",))
        await built.hooks.reload()
    assert prepared == [False, True]


async def test_a_simulator_that_only_a_reload_names_is_started_then() -> None:
    file = File(catalog(vendors={}, models=MappingProxyType({}), passthroughs=()))
    async with assembly(file) as built:
        assert "sim" not in built.catalog.vendors
        file.catalog = catalog("v2")
        await built.hooks.reload()
        assert built.catalog.vendors["sim"].base_url != SIMULATOR_PLACEHOLDER


async def test_a_reload_puts_the_new_in_force_and_counts_it() -> None:
    metrics, file = Metrics(), File(catalog())
    async with assembly(file, metrics) as built:
        before = built.deployment
        file.catalog = catalog("v2", settings=Settings(max_body_bytes=7))
        assert (await built.hooks.reload()).version == "v2"
        assert built.deployment is not before
        assert built.deployment.catalog.settings.max_body_bytes == 7
        await built.hooks.reload()
        assert metrics.reloads.counts == {("changed",): 1}


async def test_a_refused_reload_changes_nothing_and_is_logged_and_counted(caplog) -> None:
    metrics, file = Metrics(), File(catalog())
    async with assembly(file, metrics) as built:
        before = built.deployment
        file.problem = Problem("signalbox.yaml", "server.port", '"x"', "a port")
        with pytest.raises(ReloadRefused, match=r"server\.port"):
            await built.hooks.reload()
        await asyncio.sleep(0)
        assert built.deployment is before
        assert metrics.reloads.counts == {("refused",): 1}
    assert "the previous one stays in force" in caplog.text
    assert "server.port" in caplog.text


async def test_what_cannot_be_built_is_refused_like_what_cannot_be_read(tmp_path: Path) -> None:
    file = File(catalog())
    async with assembly(file) as built:
        gone = replace(OLLAMA, base_url="https://127.0.0.1:1/v1", ca_file=str(tmp_path / "gone.pem"))
        groups = extended(catalog("v2"), [gone])
        file.catalog = replace(groups, models=MappingProxyType({"m": groups.resolve("ollama/m")}))
        with pytest.raises(ReloadRefused):
            await built.hooks.reload()


async def test_a_vendor_that_was_found_stays_when_the_configuration_is_read_again() -> None:
    file = File(catalog())
    async with assembly(file) as built:
        await built.add_vendor(lambda known: extended(known, [OLLAMA]))
        assert built.deployment.route("ollama/llama3") is not None
        await built.hooks.reload()
        assert "ollama" in built.catalog.vendors
        file.catalog = catalog("v2")
        await built.hooks.reload()
        assert built.deployment.catalog.settings == file.catalog.settings
        assert built.deployment.route("ollama/llama3") is not None


async def test_declared_teams_follow_each_reload() -> None:
    from_file = File(catalog())
    declared: list[Mapping[str, TeamFacts]] = []
    told = asyncio.Event()

    class Accounts:
        async def declare(self, teams: Mapping[str, TeamFacts]) -> None:
            declared.append(teams)
            told.set()

    async with assembly(from_file) as built:
        keeping = asyncio.ensure_future(built.keep_declared(Accounts()))  # type: ignore[arg-type]
        from_file.catalog = catalog("v2", teams=MappingProxyType({"a": TeamFacts("a", "acme")}))
        await built.hooks.reload()
        async with asyncio.timeout(ARRIVAL_SECONDS):
            await told.wait()
        keeping.cancel()
    assert [list(teams) for teams in declared] == [["a"]]


@pytest.mark.parametrize(("vendor", "cost"), [("sim", True), ("gone", False)])
async def test_an_attempt_that_never_ended_is_worth_its_input(vendor: str, cost: bool) -> None:
    begun = Begun(
        attempt_id="req_1.1",
        at_ms=0,
        key_id="k",
        user="",
        team="",
        organisation="",
        endpoint="chat",
        model_asked="demo",
        vendor=vendor,
        model_served="small",
        price_version="x",
        input_estimate=1000,
        tags="",
    )
    async with assembly(File(catalog())) as built:
        worth = built.worth(begun)
    assert (worth.cost > 0) == cost


@pytest.mark.parametrize(("unit", "worth"), [("image", (4_000_000, True)), ("second", (0, False))])
async def test_an_attempt_that_never_ended_is_worth_the_units_that_it_asked_for(
    unit: str, worth: tuple[int, bool]
) -> None:
    prices = (PriceOverride("sim/draws", 0, 0, per="image", amount=2_000_000),)
    begun = structs.replace(BEGUN, endpoint="images", vendor="sim", model_served="draws", input_estimate=0)
    async with assembly(File(catalog(prices=prices))) as built:
        assert built.worth(structs.replace(begun, units=2, unit=unit)) == worth


async def test_a_first_configuration_with_mistakes_is_an_error(caplog) -> None:
    caplog.set_level(logging.INFO)
    file = File(catalog())
    file.problem = Problem("signalbox.yaml", "", "nothing", "something")
    with pytest.raises(ConfigError):
        async with assembly(file):
            pass
