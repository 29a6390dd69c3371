"""`signalbox guard report`: what guards did, and what those in shadow mode would have done."""

import json as jsonlib
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from gateway.cli.asking import USUAL_URL, AdminKeyOption, UrlOption
from gateway.cli.failure import fail
from gateway.cli.guard_texts import texts_of
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import print_table
from ledger.guard_reports import Guarded, GuardLine, GuardReport, guard_report
from ledger.span import iso, moment

Texts = Mapping[tuple[str, str], str]  # by guard and request

_DONE = {
    "block": ("blocked", "would have blocked"),
    "ask": ("stopped, with nobody to ask,", "would have asked about"),
    "mask": ("masked something in", "would have masked something in"),
    "redact": ("took something out of", "would have taken something out of"),
    "flag": ("found something in", "would have found something in"),
    "failed": ("failed at", "failed at"),
}


def report_command(  # noqa: PLR0913 - a command has as many parameters as options
    since: Annotated[str, typer.Option(help="24h, 7d, a date, or a moment in ISO 8601.")] = "7d",
    until: Annotated[str, typer.Option(help="The end (exclusive), in the same form.")] = "now",
    guard: Annotated[list[str] | None, typer.Option("--guard", "-g", help="Only this guard.")] = None,
    show: Annotated[int, typer.Option(min=0, max=100_000, help="How many requests to list per guard.")] = 10,
    content: Annotated[
        bool, typer.Option("--content", help="With the surrounding text, masked, from a running gateway.")
    ] = False,
    url: UrlOption = USUAL_URL,
    key: AdminKeyOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show which calls guards stopped or changed, and would have in shadow mode."""
    try:
        now_ms = int(clock() * 1000)
        span = moment(since, now_ms), moment(until, now_ms)
    except ValueError as error:
        fail(f"{error}.", as_json=json)
    found = read_ledger(
        lambda opened: guard_report(opened, *span, show), Where(config, state, database, json)
    )
    if guard:
        found = found._replace(lines=tuple(line for line in found.lines if line.guard in guard))
    texts = texts_of(found.lines, url, key, config, as_json=json) if content else {}
    if json:
        typer.echo(jsonlib.dumps(_document(found, texts), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    if not found.lines:
        console.print(f"No guard found anything in {found.calls:,} calls.")
    for line in found.lines:
        _print(console, line, found.calls, texts)


def _print(console: Console, line: GuardLine, calls: int, texts: Texts) -> None:
    types = ", ".join(f"{kind} {count:,}" for kind, count in line.types.items())
    console.print(Text(f"{sentence(line, calls)}{f': {types}' if types else ''}", "bold"))
    if not line.requests:
        return
    rows = [
        (each.request, iso(each.at_ms), each.team, each.model, _counted(each.types)) for each in line.requests
    ]
    print_table(("REQUEST", "ARRIVED", "TEAM", "MODEL", "FOUND"), rows)
    for each in line.requests:
        if (text := texts.get((line.guard, each.request))) is not None:
            console.print(Text(f"{each.request}  {text}"))
    if line.calls > len(line.requests):
        console.print(Text(f"and {line.calls - len(line.requests):,} more", "dim"))


def _counted(types: Mapping[str, int]) -> str:
    return " ".join(f"[{kind}]" if count == 1 else f"[{kind}]×{count}" for kind, count in types.items())


def sentence(line: GuardLine, calls: int) -> str:
    """What a guard did, as a sentence."""
    did, would = _DONE.get(line.action, (line.action, line.action))
    return f"{line.guard} {would if line.shadow else did} {line.calls:,} of {calls:,} calls"


def _document(found: GuardReport, texts: Texts) -> dict[str, Any]:
    lines = [
        {**line._asdict(), "requests": [_request(line.guard, each, texts) for each in line.requests]}
        for line in found.lines
    ]
    return {"calls": found.calls, "guards": lines}


def _request(guard: str, each: Guarded, texts: Texts) -> dict[str, Any]:
    text = texts.get((guard, each.request))
    return each._asdict() | ({} if text is None else {"text": text})
