"""Links by which an answer could carry data away: images that load by themselves, links with a payload.

A page that shows Markdown fetches `![](https://host/?q=…)` without a click; whoever gets a model to write one
reads what stands in it: https://embracethered.com/blog/posts/2023/bing-chat-data-exfiltration-poc-and-fix/
"""

import re

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, stages_of
from guardrails.guard import Guard, GuardKind
from guardrails.rules import SURE, Judge, Judged, Rule, Rules

# Browsers read `\\` as `/`: https://url.spec.whatwg.org/#special-authority-slashes-state
_SLASHES = r"[/\\]{2}"
_WEB = rf"(?i:https?:)?{_SLASHES}[^\s()<>\"']+"
_TEXT = r"(?:[^\[\]]|\[[^\[\]]*\])*"  # of a link, in which an image may stand
_IMAGE = rf"!\[{_TEXT}\]\(\s{{0,4}}<?{_WEB}"
# What pages fetch without a click, by HTML and by its styles.
_TAG = (
    r"(?i)<(?:img|image|iframe|frame|video|audio|source|track|embed|object|script|link|input|body|table|td|use)[\s/]"
    r"(?:[^<>]|=\s{0,4}(?:\"[^\"<]*\"|'[^'<]*'))*?"  # a value in quotes may hold a `>`
    rf"(?:src|srcset|data|href|poster|background)\s{{0,4}}=\s{{0,4}}[\"']?(?:https?:)?{_SLASHES}[^\s\"'<>]+"
)
_STYLE = rf"(?i)(?:url\(|@import)\s{{0,4}}[\"']?(?:https?:)?{_SLASHES}[^\s\"'<>()]+"
_REFERENCE = rf"(?m)^[ \t]{{0,3}}\[[^\[\]]{{1,100}}\]:[ \t]{{0,4}}<?{_WEB}"
_LINK = rf"\]\(\s{{0,4}}<?{_WEB}"
_BARE = r"(?i)\bhttps?://[^\s<>\"'()]+"  # made a link of, and by chats fetched for a preview
# A name of the user before it ends with the last `@`, and cannot hold what ends the host.
_HOST = re.compile(rb"(?i)(?:https?:)?[/\\]{2}(?:[^/\\?#\s]*@)?([^/\\:?#\s\"'<>()]+)")
_PAYLOAD = re.compile(rb"[?&#;][^\s=]{0,64}=[^\s&]{24,}|/[A-Za-z0-9+_=-]{48,}|[?#][^\s=&]{32,}")


def build(facts: GuardFacts) -> Guard:
    """`hosts` is what it takes: where links may lead."""
    hosts = tuple(host.lower().encode() for host in facts.hosts)
    loads = Rule("IMAGE_LINK", (_IMAGE, _TAG, _STYLE), _elsewhere(hosts, payload=False), priority=90)
    leads = Rule("LINK", (_REFERENCE, _LINK, _BARE), _elsewhere(hosts, payload=True), priority=85)
    rules = (loads, leads)
    return FormGuard(
        facts.name,
        Rules(rules),
        facts.action or "redact",
        stages_of(facts, ("output",)),
        Allowed(facts.allow),
        tuple(pattern for rule in rules for pattern in rule.patterns),
    )


def _elsewhere(hosts: tuple[bytes, ...], *, payload: bool) -> Judge:
    """Only the address is the finding; a link to follow by hand needs something to carry."""

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        found = _HOST.search(text, start, end)
        if found is None or _allowed(found[1].lower(), hosts):
            return None
        if payload and not _PAYLOAD.search(text, found.end(), end):
            return None
        return Judged(found.start(), end, SURE)

    return judge


def _allowed(host: bytes, hosts: tuple[bytes, ...]) -> bool:
    return any(host == each or each.startswith(b"*.") and host.endswith(each[1:]) for each in hosts)


TAKES = Takes(("hosts", "allow"))
GUARD = GuardKind(build)
