"""Shows the stored texts around findings, masked."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec

from gateway.cli.asking import admin_key, answered, fail_with
from gateway.cli.guard_making import declared, guards_of
from guardrails.bodies import Body
from guardrails.guard import Finding, Guard, Segment, merged
from ledger.guard_reports import GuardLine

_AROUND = 100  # characters on each side of a finding
_USUAL = ("pii", "secrets")
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)  # not stored, or not decryptable


class _Kept(msgspec.Struct):
    content: msgspec.Raw


def texts_of(
    lines: Sequence[GuardLine], url: str, key: str | None, config: Path | None, *, as_json: bool
) -> dict[tuple[str, str], str]:
    """The stored text around the findings, by guard and request; those without stored text are absent.

    Each look is recorded in the gateway's audit log. The command fails if no gateway answers.
    """
    found: dict[tuple[str, str], str] = {}
    secret, known = admin_key(key, config, as_json=as_json), declared(config, as_json)
    for line in lines:
        local = line.guard not in known or known[line.guard].service is None and not known[line.guard].model
        names = dict.fromkeys([line.guard, *_USUAL] if local and line.guard in known else _USUAL)
        guards = guards_of(tuple(names), config, as_json)
        for each in line.requests:
            place = f"{url.rstrip('/')}/admin/v1/requests/{quote(each.request, safe='')}/content"
            status, body = answered(place, secret, as_json=as_json)
            if status in _GONE:
                continue
            if status != HTTPStatus.OK:
                fail_with(place, status, body, as_json=as_json)
            document = bytes(msgspec.json.decode(body, type=_Kept).content)
            if text := excerpt(masked(document, guards), each.types):
                found[line.guard, each.request] = text
    return found


def masked(document: bytes, guards: Sequence[Guard]) -> list[str]:
    """The texts of a JSON document; findings are replaced by their type in brackets."""
    read = Body.of(document)
    looks = [partial(_look, guard) for guard in guards]
    found = merged([each for look in looks for each in read.asked(look)])
    edited = Body.of(read.edited(found, lambda finding, text: f"[{finding.kind}]".encode()))
    return [piece.stands.decode("utf-8", "replace") for piece in edited.pieces]


def _look(guard: Guard, text: bytes) -> Sequence[Finding]:
    return guard.inspect(Segment("input", text))


def excerpt(texts: Sequence[str], kinds: Collection[str]) -> str:
    """The text around the first finding of these types; "" if there is none."""
    wanted: Callable[[str], re.Match[str] | None] = re.compile(
        rf"\[(?:{'|'.join(map(re.escape, kinds))})\]"
    ).search
    for text in texts:
        if found := wanted(text):
            start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
            said = " ".join(text[start:end].split())
            return f"{'…' if start else ''}{said}{'…' if end < len(text) else ''}"
    return ""
