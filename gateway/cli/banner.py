"""What a starting gateway prints: its address, its vendors, and how to call it."""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from config.catalog import Catalog, Loaded
from config.defaults import NO_FILE
from gateway.cli.places import Where

NAME = "signalbox"
_MOST_NAMES = 8  # of vendors and models: a banner, not a listing


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gateway runs."""

    address: str  # without a path
    state: Path
    workers: int
    version: str
    where: Where  # as given: the commands shown must find the same ledger
    command: str = NAME  # as a shell finds it


def called(run_as: str, environ: Mapping[str, str]) -> str:
    """How to run this command in a shell: by its name if that is on the path, else as it was run."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    named = any(os.access(os.path.join(folder, NAME), os.X_OK) for folder in folders)
    return NAME if named or os.path.basename(run_as) != NAME else run_as


def welcome(place: Place, loaded: Loaded, first_key: str | None) -> None:
    """Prints the banner; the first key's plaintext is shown only here."""
    if place.where.as_json:
        typer.echo(json.dumps(document(place, loaded, first_key)))
        return
    # Without the library for tables: a server would keep its 3 MB for ever.
    for line in head(place, loaded):
        typer.echo(line)
    for title, code in recipes(place, loaded.catalog, first_key):
        # Code starts in the first column: it must run when copied, also in Python.
        typer.echo(typer.style(f"\n  {title}\n", bold=True))
        if code:
            typer.echo(code)
    typer.echo()


def document(place: Place, loaded: Loaded, first_key: str | None) -> dict[str, object]:
    """The banner's facts as one JSON object, for programs."""
    catalog = loaded.catalog
    return {
        "address": place.address,
        "base_url": f"{place.address}/v1",
        "version": place.version,
        "workers": place.workers,
        "state": str(place.state),
        "source": catalog.source,
        "vendors": list(catalog.vendors),
        "models": _names(catalog),
        "warnings": [warning.to_json() for warning in loaded.warnings],
        "first_key": first_key,
    }


def head(place: Place, loaded: Loaded) -> list[str]:
    """The banner's first lines: version, address, configuration, vendors, models, warnings."""
    catalog = loaded.catalog
    workers = f" with {place.workers} workers" if place.workers > 1 else ""
    name = typer.style(f"Signalbox {place.version}", bold=True)
    title = f"\n  {name} listens on {typer.style(place.address, bold=True, fg='cyan')}{workers}"
    facts = [
        (
            "configuration",
            f"{catalog.source}{f' (`{place.command} init` writes one)' if catalog.source == NO_FILE else ''}",
        ),
        ("state", str(place.state)),
        ("vendors", _listed(list(catalog.vendors))),
        ("models", _listed(_names(catalog))),
        ("also here", "/openapi.json  /admin/v1  /metrics  /healthz  /readyz"),
    ]
    rows = [f"  {typer.style(f'{fact:<15}', dim=True)}{value}" for fact, value in facts]
    warned = [typer.style(f"  warning: {warning.sentence}", fg="yellow") for warning in loaded.warnings]
    return [title, "", *rows, *warned]


def recipes(place: Place, catalog: Catalog, first_key: str | None) -> list[tuple[str, str]]:
    """Titles, each with code that runs as shown."""
    model = next(iter(catalog.models), None)
    export = f"export SIGNALBOX_KEY={first_key}"
    found = (
        [("Your first key. It is shown only once; just its hash is stored:", export)]
        if first_key
        else [("Set SIGNALBOX_KEY to one of your keys; this creates one:", _make_key(place))]
    )
    if model is None:
        return [*found, ("List the models:", _list_models(place)), *_more(place, catalog)]
    return [
        *found,
        ("Call it:", _curl(place, model)),
        ("Or in Python, after `pip install openai`:", _python(place, model, first_key)),
        *_more(place, catalog),
    ]


def _make_key(place: Place) -> str:
    where = place.where
    options = [
        *(["--config", str(where.config)] if where.config else []),
        *(["--state", str(place.state)] if where.state else []),
    ]
    return shlex.join([place.command, "keys", "create", "--team", "default", *options])


def _curl(place: Place, model: str) -> str:
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello!"}]})
    return (
        f"curl {place.address}/v1/chat/completions \\\n"
        '  -H "Authorization: Bearer $SIGNALBOX_KEY" -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(body)}"
    )


def _list_models(place: Place) -> str:
    return f'curl {place.address}/v1/models -H "Authorization: Bearer $SIGNALBOX_KEY"'


def _python(place: Place, model: str, first_key: str | None) -> str:
    imports = "" if first_key else "import os\n"
    key = f'"{first_key}"' if first_key else 'os.environ["SIGNALBOX_KEY"]'
    return (
        f"{imports}from openai import OpenAI\n"
        "client = OpenAI(\n"
        f'    base_url="{place.address}/v1",\n'
        f"    api_key={key},\n"
        ")\n"
        "answer = client.chat.completions.create(\n"
        f"    model={json.dumps(model)},\n"
        '    messages=[{"role": "user", "content": "Hello!"}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )


def _more(place: Place, catalog: Catalog) -> list[tuple[str, str]]:
    if catalog.source != NO_FILE:
        return [(f"Add a vendor under `vendors:` in {catalog.source}: changes are picked up at runtime.", "")]
    said = f"Add a vendor: export OPENAI_API_KEY=… and start again, or `{place.command} init` for a file."
    return [(said, "")]


def _names(catalog: Catalog) -> list[str]:
    return list(dict.fromkeys([*catalog.models, *(rule.pattern for rule in catalog.passthroughs)]))


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES]) or "none"
    return f"{shown} and {more} more" if more > 0 else shown
