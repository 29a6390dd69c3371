"""What came of trying a client: read from its script's lines, told as a table, judged."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from tests.clients.table import VENDORS, Client

NOT_HAD = "not to be had here"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one client asked of one vendor's format. `why` is empty when it went well."""

    client: str
    version: str
    format: str
    asked: str
    why: str = ""


def told(client: Client, spoken: str, output: str, ended: str) -> list[Finding]:
    """What a script's lines say; `ended` says how it came to a bad end, and is empty when it did not."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"asked":')]
    found = [Finding(client.name, client.version, spoken, line["asked"], line["why"]) for line in lines]
    if not found and not ended:
        ended = "it said nothing"
    if ended:
        found.append(Finding(client.name, client.version, spoken, "to its end", ended))
    return found


def not_had(client: Client, why: str) -> Finding:
    """That a client could not be installed."""
    return Finding(client.name, client.version, "–", "–", f"{NOT_HAD}: {why}")


def status(findings: Iterable[Finding]) -> int:
    """The exit code: 0 when something was tried and all of it went well."""
    tried = [each for each in findings if not each.why.startswith(NOT_HAD)]
    return int(not tried or any(each.why for each in tried))


def as_json(findings: Iterable[Finding]) -> str:
    """One document for programs."""
    every = list(findings)
    return json.dumps({"ok": status(every) == 0, "findings": [asdict(each) for each in every]}, indent=1)


def rows(findings: Sequence[Finding]) -> list[tuple[str, str, str, str, str]]:
    """Client, version, what was asked, of which formats, how it went: a row for all that went alike."""
    found = []
    for client, version in dict.fromkeys((each.client, each.version) for each in findings):
        own = [each for each in findings if each.client == client]
        asked: dict[tuple[str, ...], list[str]] = {}
        for name in dict.fromkeys(each.asked for each in own):
            fine = tuple(each.format for each in own if each.asked == name and not each.why)
            asked.setdefault(fine, []).append(name)
        found += [
            (client, version, _together(names), _spoken(fine), "ok") for fine, names in asked.items() if fine
        ]
        found += [(client, version, each.asked, each.format, each.why) for each in own if each.why]
    return found


def _together(names: Iterable[str]) -> str:
    """The names, with what stands before a colon said once for all that share it."""
    groups: dict[str, list[str]] = {}
    for name in names:
        before, colon, after = name.partition(": ")
        groups.setdefault(before + colon if colon else "", []).append(after or before)
    return " / ".join(before + "; ".join(each) for before, each in groups.items())


def _spoken(formats: tuple[str, ...]) -> str:
    return f"all {len(formats)}" if formats == tuple(VENDORS) else ", ".join(formats)


def table(findings: Sequence[Finding]) -> Table:
    """The rows for a terminal of any width."""
    shown = Table(box=None, pad_edge=False, expand=True, header_style="bold")
    shown.add_column("client", overflow="fold", ratio=3)
    shown.add_column("version", overflow="fold", min_width=8)
    shown.add_column("asked", ratio=7)
    shown.add_column("vendor's format", ratio=3, min_width=9)
    shown.add_column("went", overflow="fold", ratio=4)
    before = ""
    for client, *rest, went in rows(findings):
        # A message of a client is text, whatever brackets it has.
        style = "green" if went == "ok" else "red"
        first = ["", ""] if client == before else [client, rest[0]]
        shown.add_row(*map(Text, [*first, *rest[1:]]), Text(went[:400], style))
        before = client
    return shown
