"""What a starting gateway tells its operator: where it is, whom it serves, and how to call it at once."""

import json
from dataclasses import dataclass
from pathlib import Path

import typer

from config.catalog import Catalog
from gateway.process import Started


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gateway runs."""

    address: str  # without a path
    state: Path
    as_json: bool


def welcome(place: Place, started: Started) -> None:
    """Print it; the first key's plaintext is shown here and nowhere else."""
    if place.as_json:
        typer.echo(json.dumps(_document(place, started)))
    else:
        typer.echo("\n".join(_lines(place, started)))


def _document(place: Place, started: Started) -> dict[str, object]:
    catalog = started.loaded.catalog
    return {
        "address": place.address,
        "base_url": f"{place.address}/v1",
        "state": str(place.state),
        "source": catalog.source,
        "vendors": list(catalog.vendors),
        "first_key": started.first_key.plaintext if started.first_key else None,
    }


def _lines(place: Place, started: Started) -> list[str]:
    catalog = started.loaded.catalog
    model = _model(catalog)
    key = started.first_key.plaintext if started.first_key else "$SIGNALBOX_KEY"
    lines = [
        "",
        f"  Signalbox listens on {place.address}  (configuration: {catalog.source}, state: {place.state})",
        f"  Vendors: {', '.join(catalog.vendors) or 'none'}",
        *(f"  warning: {warning.sentence}" for warning in started.loaded.warnings),
        "",
    ]
    if started.first_key:
        lines += ["  Your first key, shown this once (only its hash is stored):", "", f"    {key}", ""]
    else:
        lines += ["  Use one of your keys, or make one: signalbox keys create --team default", ""]
    if model is None:
        return [*lines, "  No model is declared: add one under `models:`.", ""]
    return [
        *lines,
        "  Try it:",
        "",
        f"    curl {place.address}/v1/chat/completions \\",
        f'      -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\',
        f"""      -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello!"}}]}}'""",
        "",
        "  or, with `pip install openai`:",
        "",
        "    from openai import OpenAI",
        f'    client = OpenAI(base_url="{place.address}/v1", api_key="{key}")'
        if started.first_key
        else f'    client = OpenAI(base_url="{place.address}/v1", api_key=os.environ["SIGNALBOX_KEY"])',
        f'    print(client.chat.completions.create(model="{model}", messages=['
        '{"role": "user", "content": "Hello!"}]).choices[0].message.content)',
        "",
    ]


def _model(catalog: Catalog) -> str | None:
    return next(iter(catalog.models), None)
