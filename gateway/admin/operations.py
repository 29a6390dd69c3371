"""The current configuration in the admin API: shown without secrets, reloaded on demand."""

from typing import Literal

from config.catalog import Catalog, ModelGroup, TeamFacts, Vendor
from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.assembly import ConfigHooks, ReloadRefused


class ReloadAnswer(Strict):
    """The configuration in force after a reload."""

    object: Literal["reload"] = "reload"
    version: str
    source: str
    changed: bool


class VendorAnswer(Strict):
    """A vendor, with only the source of its key and the names of its headers."""

    name: str
    kind: str
    base_url: str
    region: str | None
    key_from: str | None
    headers: list[str]


class TargetAnswer(Strict):
    """One model at one vendor."""

    vendor: str
    model: str
    weight: int


class ModelAnswer(Strict):
    """A model name as used by callers."""

    name: str
    strategy: str
    targets: list[TargetAnswer]
    fallback: list[str]


class DeclaredTeamAnswer(Strict):
    """A team of the configuration file."""

    name: str
    organisation: str
    models: list[str] | None
    tags: dict[str, str]


class ConfigAnswer(Strict):
    """The configuration in force, without any secret."""

    object: Literal["config"] = "config"
    version: str
    source: str
    vendors: list[VendorAnswer]
    models: list[ModelAnswer]
    passthroughs: dict[str, str]
    teams: list[DeclaredTeamAnswer]


def config_routes(hooks: ConfigHooks) -> tuple[AnyRoute, ...]:
    """The routes to show and reload the configuration."""

    async def show(_: Ask[Nothing, Nothing]) -> ConfigAnswer:
        return config_answer(hooks.current())

    async def reload(_: Ask[Nothing, Nothing]) -> ReloadAnswer:
        before = hooks.current().version
        try:
            catalog = await hooks.reload()
        except ReloadRefused as error:
            raise AdminError(400, str(error), "invalid_configuration") from error
        return ReloadAnswer(version=catalog.version, source=catalog.source, changed=catalog.version != before)

    showing, loading = "Show the configuration in force", "Load the configuration anew"
    return (
        Route("GET", "/admin/v1/config", showing, show, Nothing, Nothing, ConfigAnswer),
        Route("POST", "/admin/v1/reload", loading, reload, Nothing, Nothing, ReloadAnswer),
    )


def config_answer(catalog: Catalog) -> ConfigAnswer:
    """A catalog as shown in JSON, without secrets."""
    return ConfigAnswer(
        version=catalog.version,
        source=catalog.source,
        vendors=[_vendor(vendor) for vendor in catalog.vendors.values()],
        models=[_model(group) for group in catalog.models.values()],
        passthroughs={rule.pattern: rule.vendor for rule in catalog.passthroughs},
        teams=[_team(team) for team in catalog.teams.values()],
    )


def _vendor(vendor: Vendor) -> VendorAnswer:
    return VendorAnswer(
        name=vendor.name,
        kind=vendor.kind.name,
        base_url=vendor.base_url,
        region=vendor.region,
        key_from=vendor.api_key.source if vendor.api_key else None,
        headers=[name for name, _ in vendor.headers],
    )


def _model(group: ModelGroup) -> ModelAnswer:
    targets = [TargetAnswer(vendor=t.vendor, model=t.model, weight=t.weight) for t in group.targets]
    return ModelAnswer(
        name=group.name, strategy=group.strategy.name, targets=targets, fallback=list(group.fallback)
    )


def _team(team: TeamFacts) -> DeclaredTeamAnswer:
    models = None if team.models is None else list(team.models)
    return DeclaredTeamAnswer(
        name=team.name, organisation=team.organisation, models=models, tags=dict(team.tags)
    )
