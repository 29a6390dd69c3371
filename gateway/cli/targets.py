"""`signalbox targets`: the health of a running gateway's targets."""

from collections.abc import Sequence
from typing import Annotated

import typer

from gateway.admin.targets import KeyAnswer, TargetAnswer, TargetsAnswer
from gateway.cli.asking import USUAL_URL, UrlOption, admin_key, asked
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.tables import print_json, print_table
from ledger.money import format_dollars

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--admin-key",
        "--key",
        envvar="SIGNALBOX_ADMIN_KEY",
        help="An admin key; else the admin_key of the configuration file.",
    ),
]


def targets_command(
    url: UrlOption = USUAL_URL, key: KeyOption = None, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Show each target's health: breaker, averages, cost, calls in flight, keys and their waits."""
    place = f"{url.rstrip('/')}/admin/v1/targets"
    answer = asked(place, admin_key(key, config, as_json=json), TargetsAnswer, as_json=json)
    if json:
        print_json(answer)
    else:
        print_table(COLUMNS, [row(target) for target in answer.data])


COLUMNS = ("TARGET", "STATE", "SHARE", "GOOD", "FIRST", "TOKEN", "USUAL CALL", "OPEN", "KEYS")


def row(target: TargetAnswer) -> Sequence[str]:
    """A target as a row of the table."""
    state = f"{target.circuit}: {target.reason}" if target.reason else target.circuit
    return (
        target.target,
        state,
        f"{target.share:.0%}",
        f"{target.success:.1%}" if target.samples or target.success < 1 else "-",
        f"{target.first_content_ms:.0f} ms" if target.first_content_ms else "-",
        f"{target.per_token_ms:.1f} ms" if target.per_token_ms else "-",
        "-" if target.usual_call_nano is None else format_dollars(target.usual_call_nano),
        str(target.in_flight),
        ", ".join(map(_key, target.keys)),
    )


def _key(key: KeyAnswer) -> str:
    left = f", {key.requests_left} left" if key.requests_left is not None else ""
    waits = f", waits {key.waits_seconds:.0f} s" if key.waits_seconds else ""
    return f"{key.source}{left}{waits}"
