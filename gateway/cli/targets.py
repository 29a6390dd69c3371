"""`signalbox targets`: how a running gateway's targets are doing."""

import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError

from config.errors import ConfigError
from config.load import load_setting
from gateway.admin.targets import KeyAnswer, TargetAnswer, TargetsAnswer
from gateway.cli.failure import fail, fail_because
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.places import chosen_file
from gateway.cli.tables import print_json, print_table

_SECONDS = 10.0  # for the gateway's answer


def targets_command(
    url: Annotated[
        str, typer.Option(envvar="SIGNALBOX_URL", help="Where the gateway listens.")
    ] = "http://127.0.0.1:8080",
    key: Annotated[
        str | None,
        typer.Option(
            envvar="SIGNALBOX_ADMIN_KEY",
            help="A key that may administer; else the admin_key of the configuration file.",
        ),
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show how each target is doing: breaker, averages, calls under way, keys and what they wait for."""
    try:
        file = chosen_file(config)
        found = key or (load_setting(file, os.environ, "admin_key") if file else None)
    except (ConfigError, OSError) as error:
        fail_because(error, as_json=json)
    if not found:
        said = "Which key may administer? Give --key, or SIGNALBOX_ADMIN_KEY, or a file with an admin_key."
        fail(said, as_json=json, code="invalid_api_key")
    answer = _asked(url, found, json)
    if json:
        print_json(answer)
    else:
        print_table(COLUMNS, [row(target) for target in answer.data])


def _asked(url: str, key: str, as_json: bool) -> TargetsAnswer:
    place = f"{url.rstrip('/')}/admin/v1/targets"
    if not place.startswith(("http://", "https://")):
        fail(f"--url is {url!r}; write it as in http://127.0.0.1:8080.", as_json=as_json)
    request = urllib.request.Request(place, headers={"authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            return TargetsAnswer.model_validate_json(response.read())
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(2000).decode("utf-8", "replace")
        fail(f"{place} answered {error.code}: {said}", as_json=as_json, code="not_found")
    except (OSError, ValidationError) as error:
        fail(f"No gateway answers at {place}: {error}.", as_json=as_json, code="not_found")


COLUMNS = ("TARGET", "STATE", "SHARE", "GOOD", "FIRST", "TOKEN", "OPEN", "KEYS")


def row(target: TargetAnswer) -> Sequence[str]:
    """A target as a line of the table."""
    state = f"{target.circuit}: {target.reason}" if target.reason else target.circuit
    return (
        target.target,
        state,
        f"{target.share:.0%}",
        f"{target.success:.1%}" if target.samples or target.success < 1 else "-",
        f"{target.first_content_ms:.0f} ms" if target.first_content_ms else "-",
        f"{target.per_token_ms:.1f} ms" if target.per_token_ms else "-",
        str(target.in_flight),
        ", ".join(map(_key, target.keys)),
    )


def _key(key: KeyAnswer) -> str:
    left = f", {key.requests_left} left" if key.requests_left is not None else ""
    waits = f", waits {key.waits_seconds:.0f} s" if key.waits_seconds else ""
    return f"{key.source}{left}{waits}"
