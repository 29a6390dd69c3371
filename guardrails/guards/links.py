"""Links by which an answer could exfiltrate data: images, which load by themselves, and payloads.

A page that renders Markdown fetches `![](https://host/?q=…)` without a click; an attacker who makes a model
write one gets its contents: https://embracethered.com/blog/posts/2023/bing-chat-data-exfiltration-poc-and-fix/
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, stages_of
from guardrails.guard import Guard, GuardKind
from guardrails.rules import SURE, Judge, Judged, Rule, Rules


def _written(letters: str) -> str:
    """A pattern for these letters, each literal or as a numeric HTML entity."""
    return "".join(
        rf"(?:{each}|&#0{{0,4}}(?:{ord(each)}|{ord(each.upper())});?"
        rf"|&#[xX]0{{0,4}}(?:{ord(each):x}|{ord(each.upper()):x});?)"
        for each in letters
    )


# Browsers read `\\` as `/`, and accept any number of either after a scheme:
# https://url.spec.whatwg.org/#special-authority-slashes-state
_SLASH = r"(?:[/\\]|&(?:sol|bsol|#0{0,4}(?:47|92)|#[xX]0{0,4}(?:2[fF]|5[cC]));?)"
_COLON = r"(?:\\?:|&(?:colon|#0{0,4}58|#[xX]0{0,4}3[aA]);?)"
_START = rf"(?:(?i:{_written('http')}(?:{_written('s')})?){_COLON}{_SLASH}*|{_SLASH}{{2}})"
_WEB = rf"{_START}[^\s()<>\"']+"
_INNER = r"(?:\\.|[^\[\]\\])"
_BRACKETS = rf"\[(?:{_INNER}|\[{_INNER}*\])*\]"
_TEXT = rf"(?:{_INNER}|{_BRACKETS})*"  # of a link; it may contain an image
_IMAGE = rf"!\[{_TEXT}\]\(\s{{0,4}}<?{_WEB}"
# An image with a reference instead of an address. In source code other characters surround `![…]`.
_REFERENCED = (
    rf"!\[{_TEXT}\]\[[^\[\]]{{0,100}}\]",
    r"(?:^|[\s>(|*_])!\[[^\[\]()\n]{1,100}\](?:[\s)|*_<]|\z)",
)
# What pages fetch without a click, in HTML and in CSS.
_LOADS = r"(?:src|srcset|data|href|poster|background|content|action|formaction)"
_TAG = (
    r"(?i)<(?:img|image|iframe|frame|video|audio|source|track|embed|object|script|link|input|button|body|table|td|use"
    r"|meta|base|form)[\s/]"
    r"(?:[^<>]|=\s{0,4}(?:\"[^\"<]*\"|'[^'<]*'))*?"  # a value in quotes may hold a `>`
    rf"{_LOADS}\s{{0,4}}=\s{{0,4}}[\"']?(?:[^\"'<>]{{0,80}}?[\s,=])?{_START}[^\s\"'<>]+"
)
_QUOTE = r"(?:[\"']|&(?:quot|apos|#0{0,4}3[49]);?)?"
_STYLE = rf"(?i)(?:url\(|@import)\s{{0,4}}{_QUOTE}{_START}[^\s\"'<>()]+"
_REFERENCE = rf"(?m)^[ \t]{{0,3}}\[[^\[\]]{{1,100}}\]:[ \t]{{0,4}}<?{_WEB}"
_LINK = rf"\]\(\s{{0,4}}<?{_WEB}"
_BARE = r"(?i)\bhttps?://[^\s<>\"'()]+"  # rendered as a link, and fetched by chats for a preview
# The address at the end of a match; the text before it may contain others.
_LAST = re.compile(rf"{_START}[^\s()<>\"']*\Z".encode())
# One of several, or after `0;url=`. Base64 after the comma of `data:` may begin with two slashes.
_ADDRESS = re.compile(rf"(?:(?<![^\s=\"'])|(?<=,)(?!//)){_START}[^\s\"'<>]+".encode())
_VALUE = re.compile(rf"(?i)\b{_LOADS}\s{{0,4}}=\s{{0,4}}(\"[^\"<]*|'[^'<]*|[^\s\"'<>]+)".encode())
_REST_OF_TAG = 1024  # bytes
# User info before the host ends with the last `@`, and cannot contain a character that ends the host.
_HOST = re.compile(r"(?i)(?:https?:)?[/\\]*(?:[^/\\?#\s]*@)?([^/\\:?#\s\"'<>()]*)")
_WITHIN = re.compile(r"(?i)(?:https?:[/\\]*|=[/\\]{2,})(?:[^/\\?#&\s]*@)?([^/\\:?#&\s\"'<>()]*)")
_ESCAPED = re.compile(r"\\([:/\\])")
_PAYLOAD = re.compile(rb"[?&#;][^\s=]{0,64}=[^\s&]{24,}|/[A-Za-z0-9+_=-]{48,}|[?#][^\s=&]{32,}|\?[^\s#]{96,}")
_LONG_NAME = re.compile(r"[^.]{32,}\.|.{80,}")  # host names leak, too: name servers see them


def build(facts: GuardFacts) -> Guard:
    """Settings: `hosts`, which links may lead to, and `allow`."""
    hosts = tuple(host.lower() for host in facts.hosts)
    shows = _elsewhere(hosts, payload=False)
    rules = (
        Rule("IMAGE_LINK", (_IMAGE, _STYLE), shows, priority=90),
        Rule("IMAGE_LINK", (_TAG,), _loading(hosts), priority=90),
        Rule("IMAGE_LINK", _REFERENCED, _referenced, priority=88),
        Rule("LINK", (_REFERENCE, _LINK, _BARE), _elsewhere(hosts, payload=True), priority=85),
    )
    return FormGuard(
        facts.name,
        Rules(rules),
        facts.action or "redact",
        stages_of(facts, ("output",)),
        Allowed(facts.allow),
        tuple(pattern for rule in rules for pattern in rule.patterns),
    )


def _elsewhere(hosts: tuple[str, ...], *, payload: bool) -> Judge:
    """Judges the address at a match's end, which alone is the finding.

    With `payload`, as for links that must be clicked, it counts only if it carries data.
    """

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        found = _LAST.search(text, start, end)
        if found is None or _stays(found[0], hosts):
            return None
        if payload and not (_PAYLOAD.search(found[0]) or any(map(_LONG_NAME.search, _hosts(found[0])))):
            return None
        return Judged(found.start(), end, SURE)

    return judge


def _loading(hosts: tuple[str, ...]) -> Judge:
    """Judges a tag: the finding is the first address outside `hosts` that it loads."""

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        for address in _loaded(text, start, end):
            if not _stays(address[0], hosts):
                return Judged(*address.span(), SURE)
        return None

    return judge


def _loaded(text: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    closed = text.find(b">", end, end + _REST_OF_TAG)
    for value in _VALUE.finditer(text, start, end + _REST_OF_TAG if closed < 0 else closed):
        yield from _ADDRESS.finditer(text, *value.span(1))


def _referenced(text: bytes, start: int, end: int) -> Judged:
    """Always a finding: the address follows later, when it would be too late to hold the image back."""
    return Judged(text.index(b"!", start), text.rindex(b"]", start, end) + 1, SURE)


def _stays(address: bytes, hosts: tuple[str, ...]) -> bool:
    return all(_allowed(host, hosts) for host in _hosts(address))


def _hosts(address: bytes) -> list[str]:
    """The hosts of an address as a page writes it, and of addresses within it, which it may redirect to."""
    said = _ESCAPED.sub(r"\1", html.unescape(address.decode("utf-8", "replace")))
    found = _HOST.match(said)
    if found is None:
        return [""]
    inner = _WITHIN.findall(unquote(unquote(said[found.end() :])))
    return [host.lower() for host in (found[1], *inner)]


def _allowed(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == each or each.startswith("*.") and host.endswith(each[1:]) for each in hosts)


TAKES = Takes(("hosts", "allow"))
GUARD = GuardKind(build)
