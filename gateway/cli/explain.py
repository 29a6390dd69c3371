"""`signalbox explain REQUEST_ID`: who asked, what was decided and why, where it went, what it cost."""

import json as jsonlib
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
import typer

from gateway.admin.contents import ContentAnswer
from gateway.cli.asking import USUAL_URL, AdminKeyOption, UrlOption, admin_key, asked
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import read_ledger
from gateway.cli.tables import print_facts
from ledger.money import decimal_dollars, format_dollars
from ledger.reports import Step, explain, trail
from ledger.row import UsageRow
from ledger.span import iso
from ledger.statements import HITS


def explain_command(  # noqa: PLR0913 - a command has as many parameters as options
    request_id: Annotated[str, typer.Argument(metavar="REQUEST_ID", help="The answer's x-request-id.")],
    content: Annotated[
        bool, typer.Option("--content", help="Also print prompt and answer, from a running gateway.")
    ] = False,
    url: UrlOption = USUAL_URL,
    key: AdminKeyOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Explain one request: who, which rules, which figures, which route, what it cost."""
    request_id = request_id.strip()
    if content:
        place = f"{url.rstrip('/')}/admin/v1/requests/{quote(request_id, safe='')}/content"
        kept = asked(place, admin_key(key, config, as_json=json), ContentAnswer, as_json=json)
        typer.echo(jsonlib.dumps(kept.model_dump() if json else kept.content, indent=2, ensure_ascii=False))
        return
    attempts = read_ledger(lambda opened: explain(opened, request_id), Where(config, state, database, json))
    if not attempts:
        fail(
            f"No request {request_id!r} is in the ledger. Rows arrive about a second after their call; "
            "the id is the answer's x-request-id header, and --database or --state say which ledger is read.",
            as_json=json,
            code="not_found",
        )
    if json:
        typer.echo(
            jsonlib.dumps({"request_id": request_id, "attempts": list(map(as_json, attempts))}, indent=2)
        )
        return
    for number, row in enumerate(attempts):
        if number:
            typer.echo("")
        print_facts(facts(row, whole=number == 0))
        for line in trail_lines(trail(row)):
            typer.echo(line)
    if len(attempts) > 1:
        typer.echo(f"\ntogether {format_dollars(sum(row.cost for row in attempts))}")


def as_json(row: UsageRow) -> dict[str, Any]:
    """A row with its trail decoded, for programs; the cost in nano-dollars and as exact text."""
    plain = {name: getattr(row, name) for name in UsageRow.__struct_fields__}
    steps = [step._asdict() for step in trail(row)]
    usage = msgspec.structs.asdict(row.usage)
    tags = msgspec.json.decode(row.tags) if row.tags else {}
    special = {
        "usage": usage,
        "trail": steps,
        "tags": tags,
        "cost_usd": decimal_dollars(row.cost),
    }
    return {**plain, **special}


def facts(row: UsageRow, *, whole: bool) -> list[tuple[str, str]]:
    """An attempt as pairs of name and value; what a request's attempts share is included only if `whole`."""
    request, _, number = row.attempt_id.rpartition(".")
    asked = [
        ("request", f"{request}, arrived {iso(row.at_ms)}"),
        ("who", _who(row)),
        ("asked for", f"{row.model_asked} ({row.endpoint}{', streamed' if row.stream else ''})"),
    ]
    made = row.vendor and row.cache not in HITS
    outcome = f"{row.status}{f' {row.http_status}' if row.http_status else ''}"
    mine = [
        ("attempt", f"{number} at {row.vendor}/{row.model_served}" if made else "none was made"),
        ("outcome", f"{outcome}{f' ({row.error_code})' if row.error_code else ''}"),
        ("tokens", _tokens(row)),
        ("cost", _cost(row)),
        (
            "time",
            f"queued {row.queue_ms:.1f} ms, first content {row.first_ms:.1f} ms, all {row.total_ms:.1f} ms",
        ),
    ]
    others = [
        ("units", f"{row.units:,} × {row.unit}" if row.unit else ""),
        ("vendor's id", row.vendor_request_id),
        ("cache", f"{row.cache}{f', saved {format_dollars(row.saved)}' if row.saved else ''}"),
        ("guard", row.guard),
        ("tags", row.tags),
    ]
    return [*(asked if whole else []), *mine, *((name, value) for name, value in others if value)]


def trail_lines(steps: Sequence[Step]) -> list[str]:
    """One line per decision: stage, verdict, reason, numbers."""
    if not steps:
        return []
    stage = max(len(step.stage) for step in steps)
    verdict = max(len(step.verdict) for step in steps)
    lines = [
        f"  {step.stage:<{stage}}  {step.verdict:<{verdict}}  {step.reason}{_numbers(step.numbers)}".rstrip()
        for step in steps
    ]
    return ["why", *lines]


def _numbers(numbers: dict[str, Any]) -> str:
    told = ", ".join(f"{name}={value}" for name, value in numbers.items())
    return f"  [{told}]" if told else ""


def _who(row: UsageRow) -> str:
    named = (("key", row.key_id), ("user", row.user), ("team", row.team), ("organisation", row.organisation))
    return ", ".join(f"{what} {name}" for what, name in named if name) or "nobody known"


def _tokens(row: UsageRow) -> str:
    used = row.usage
    parts = {
        "cached": used.cached_read,
        "cache write": used.cache_write,
        "of it for an hour": used.cache_write_1h,
        "audio in": used.input_audio,
        "of it cached": used.cached_audio,
        "images in": used.input_image,
        "reasoning": used.reasoning,
        "audio out": used.output_audio,
        "images out": used.output_image,
    }
    told = ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)
    guess = ", estimated: the vendor told none" if row.estimated else ""
    return f"{used.input:,} in, {used.output:,} out{f' (of these {told})' if told else ''}{guess}"


def _cost(row: UsageRow) -> str:
    known = f"prices {row.price_version}" if row.priced else f"no known price in {row.price_version}"
    return f"{format_dollars(row.cost)} ({known})"
