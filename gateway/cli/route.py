"""`signalbox route`: where a call would go and why, without calling anyone."""

import json as jsonlib
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from config.catalog import Catalog, Loaded
from config.defaults import default_catalog
from config.discover import discover
from config.errors import ConfigError, any_of, did_you_mean, quoted
from config.kinds import VendorKind
from config.load import load_file
from dialects.errors import Malformed
from gateway.cli.failure import fail, fail_because
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.places import chosen_file
from gateway.cli.store import clock
from gateway.errors import Header
from gateway.routing.offline import Answer, Asking, Offline, chat_body, deployment_of
from gateway.routing.wishes import CONTROLS, PREFIX
from ledger.accounts import DEFAULT

# A caller's headers; some of them do not influence a plan.
_HEADERS = (
    *CONTROLS,
    *(f"{PREFIX}{name}" for name in ("cache-tags", "priority", "session", "unmask")),
)
_GREETING = "Hello!"


def route_command(  # noqa: PLR0913 - a command has as many parameters as options
    model: Annotated[str, typer.Option("--model", "-m", help="The model name that a caller would send.")],
    prompt_file: Annotated[
        Path | None,
        typer.Option(
            "--prompt-file", "-f", help="A file with the prompt; - reads standard input. Else a greeting."
        ),
    ] = None,
    body_file: Annotated[
        Path | None, typer.Option("--body-file", help="Instead: the JSON body of a chat completions request.")
    ] = None,
    team: Annotated[str, typer.Option(help="The team of the call.")] = "default",
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", help="As 'x-signalbox-max-price: 0.01'.")
    ] = None,
    max_output: Annotated[int | None, typer.Option(min=1, help="The answer's token limit.")] = None,
    draw: Annotated[float, typer.Option(min=0, max=0.999999, help="The call's random number.")] = 0.5,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show the plan for a call and the reason for each target, without calling anyone.

    It does not know the targets' current health, which a running gateway takes into account.
    """
    loaded = load_configuration(config, as_json=json)
    warnings = _unknown_team(team, loaded.catalog)
    if prompt_file is None and body_file is None:
        warnings.append(f"No question was given by --prompt-file or --body-file: planned for “{_GREETING}”")
    headers = [_header(each, as_json=json) for each in header or ()]
    body = _body(model, prompt_file, body_file, max_output, as_json=json)
    try:
        deployment = deployment_of(loaded.catalog, datetime.fromtimestamp(clock(), UTC))
        answer = Offline(deployment, lambda: draw).ask(Asking(body, headers=headers, team=team))
    except Malformed as error:
        fail(f"The request cannot be read: {error.message}", as_json=json)
    except (ValueError, OSError) as error:
        fail(f"{loaded.catalog.source}: {error}.", as_json=json, code="invalid_configuration")
    _tell(answer, warnings, json=json)
    if answer.refused is not None:
        raise typer.Exit(1)


def load_configuration(config: Path | None, *, as_json: bool) -> Loaded:
    """The file's configuration, else the environment's; prints all mistakes and exits with 1."""
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    file = chosen_file(config)
    try:
        return default_catalog(kinds, os.environ) if file is None else load_file(file, kinds, os.environ)
    except ConfigError as error:
        fail_because(error, as_json=as_json)


def _tell(answer: Answer, warnings: list[str], *, json: bool) -> None:
    if json:
        typer.echo(jsonlib.dumps({**as_document(answer), "warnings": warnings}, indent=2))
        return
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    for line in lines(answer):
        typer.echo(line)


def as_document(answer: Answer) -> dict[str, Any]:
    """The answer as JSON data."""
    document: dict[str, Any] = {
        "plan": [{"target": choice.target, "reason": choice.reason} for choice in answer.plan],
        "steps": [
            dict(zip(("stage", "verdict", "reason", "numbers"), step, strict=True)) for step in answer.steps
        ],
    }
    if answer.refused is not None:
        document["error"] = {"code": answer.refused.code, "message": answer.refused.message}
    return document


def lines(answer: Answer) -> list[str]:
    """The answer for people: what was decided, the targets in order, those left out."""
    decided = [f"{verdict}: {reason}" for stage, verdict, reason, _ in answer.steps if stage == "plan"]
    width = max((len(choice.target) for choice in answer.plan), default=0)
    plan = [
        f"{number:>3}. {choice.target:<{width}}  {choice.reason}"
        for number, choice in enumerate(answer.plan, 1)
    ]
    out = [f"  –  {target}: {reason}" for stage, target, reason, _ in answer.steps if stage == "left out"]
    refused = [f"refused: {answer.refused.message}"] if answer.refused is not None else []
    return [*decided, *plan, *(["left out", *out] if out else []), *refused]


def _unknown_team(team: str, catalog: Catalog) -> list[str]:
    """Warns about a team that is not in the file: it may be mistyped, or exist only in the database."""
    known = sorted({*catalog.teams, DEFAULT})
    if team in known:
        return []
    near = did_you_mean(team, known) or "One that only the database has is bound to its models there, too."
    return [f"No team {quoted(team)} is in {catalog.source}: planned as one without rules. {near}"]


def _header(text: str, *, as_json: bool) -> Header:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        fail(f"--header is {text!r}; write it as 'x-signalbox-max-price: 0.01'.", as_json=as_json)
    asked = name.strip().lower()
    if asked.startswith(PREFIX) and asked not in _HEADERS:
        known = f"allowed: {any_of(_HEADERS)}. {did_you_mean(asked, _HEADERS)}".strip()
        fail(f"--header names {quoted(asked)}, which no call has; {known}", as_json=as_json)
    return name.strip().lower().encode(), value.strip().encode("utf-8")


def _body(
    model: str, prompt_file: Path | None, body_file: Path | None, max_output: int | None, *, as_json: bool
) -> bytes:
    try:
        if body_file is not None:
            return _named(body_file.read_bytes(), model)
        if prompt_file is None:
            text = _GREETING
        else:
            text = sys.stdin.read() if str(prompt_file) == "-" else prompt_file.read_text()
    except OSError as error:
        fail_because(error, as_json=as_json)
    except ValueError as error:
        fail(f"{body_file or prompt_file} cannot be read: {error}.", as_json=as_json)
    return chat_body(model, text, max_output)


def _named(body: bytes, model: str) -> bytes:
    """The request with the model's name inserted."""
    told = jsonlib.loads(body)
    if not isinstance(told, dict):
        raise ValueError("a request is a JSON object")
    return jsonlib.dumps({**told, "model": model}).encode()
