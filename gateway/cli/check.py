"""`signalbox check`: validates a configuration, and lists all of its mistakes."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.catalog import Catalog, Loaded
from config.discover import discover
from config.errors import ConfigError, Problem
from config.kinds import VendorKind
from config.load import load_file
from gateway.assembly import simulator_prices, unusable
from gateway.cli.options import ConfigOption
from gateway.cli.places import USUAL
from gateway.deployment import Deployment, UpstreamPool
from gateway.guardrails.cordons import cordons_of
from gateway.metering.advances import advances
from gateway.metering.overshooting import Overshoot, overshoots
from ledger.prices import compile_prices


def check(
    path: Annotated[Path | None, typer.Argument(help="The file to check; the same as --config.")] = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Validate a configuration without using it. Exit code 1 if something is wrong."""
    path = path or config or USUAL
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    try:
        loaded = _loaded(path, kinds)
    except ConfigError as error:
        if as_json:
            typer.echo(json.dumps({"file": str(path), "valid": False, **error.to_json()}))
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps({"file": str(path), "valid": True, **_summary(loaded)}))
    else:
        _print(str(path), loaded)


def _loaded(path: Path, kinds: Mapping[str, VendorKind]) -> Loaded:
    """Loads the file and builds its guards, which check further settings. Raises ConfigError."""
    loaded = load_file(path, kinds, os.environ)
    try:
        cordons_of(loaded.catalog)
    except (ValueError, OSError) as error:
        raise unusable(loaded.catalog, error) from error
    return loaded


def _summary(loaded: Loaded) -> dict[str, object]:
    catalog = loaded.catalog
    return {
        "version": catalog.version,
        "vendors": list(catalog.vendors),
        "models": [*catalog.models, *(rule.pattern for rule in catalog.passthroughs)],
        "teams": list(catalog.teams),
        "prices": [price.target for price in catalog.prices],
        "soft_budgets": [
            {"owner": each.owner, "most_over_nano": each.most, "why": each.why} for each in _bounds(catalog)
        ],
        "hard_budgets": [
            {"owner": each.owner, "most_in_advance_nano": each.most} for each in advances(catalog)
        ],
        "warnings": [warning.to_json() for warning in loaded.warnings],
    }


def _print(path: str, loaded: Loaded) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(_table(loaded.catalog))
    for each in _bounds(loaded.catalog):
        console.print(Text(each.sentence))
    for advance in advances(loaded.catalog):
        console.print(Text(advance.sentence))
    for line in warning_lines(loaded.warnings):
        console.print(Text(line))
    count = len(loaded.warnings)
    warned = "" if not count else f", with {count} warning{'s' if count > 1 else ''}"
    console.print(Text(f"{path} is sound{warned} (version {loaded.catalog.version})."))


def _bounds(catalog: Catalog) -> list[Overshoot]:
    """Overshoots of budgets; prices are loaded only if there are limits: that takes the public list."""
    if not catalog.limited:
        return []
    book = compile_prices(catalog.prices, simulator_prices(catalog.vendors.values()), datetime.now(UTC))
    # Nothing is called, so addresses do not matter; the simulator's is not known yet.
    unused: dict[str, Any] = {"base_url": "http://nobody.invalid", "proxy": None}
    unused |= dict.fromkeys(("ca_file", "client_cert", "client_key"))
    vendors = {name: replace(vendor, **unused) for name, vendor in catalog.vendors.items()}
    return overshoots(Deployment(replace(catalog, vendors=vendors), book, UpstreamPool()))


def _table(catalog: Catalog) -> Table:
    table = Table("", "", "", box=None, show_header=False, pad_edge=False)
    models = [*catalog.models, *(rule.pattern for rule in catalog.passthroughs)]
    sections = (("vendors", catalog.vendors), ("models", models), ("teams", catalog.teams))
    for title, names in sections:
        table.add_row(title, str(len(names)), Text(", ".join(names) or "none"))
    return table


def warning_lines(warnings: Iterable[Problem]) -> list[str]:
    """One line per warning, for people."""
    return [f"warning: {warning.sentence}" for warning in warnings]
