"""Asks the guards about a request's body, and does to it what they want."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.gates import Gate, Post
from guardrails.bodies import Body
from guardrails.gate import Action, Finding, GuardBroken, Segment, merged
from guardrails.placeholders import LITERAL, Placeholders, lookalikes

_GRAVITY: tuple[Action, ...] = ("block", "redact", "mask", "flag")


@dataclass(slots=True)
class Verdict:
    """What became of a request's body; nothing here holds a piece of its text but `body`."""

    body: bytes
    blocked: str = ""  # by which guard
    counts: dict[tuple[str, str, Action], Counter[str]] = field(default_factory=dict)  # guard, mode, action
    failed: list[tuple[str, str]] = field(default_factory=list)  # guards that failed and may be passed by

    @property
    def outcome(self) -> str:
        """The gravest thing that was done: for rows."""
        done = {action for _, mode, action in self.counts if mode == "enforce"}
        return next((action for action in _GRAVITY if action in done), "failed" if self.failed else "")

    def kinds_of(self, action: Action) -> str:
        """What was found and led to this action, in words."""
        kinds = [
            kind
            for (_, mode, did), found in self.counts.items()
            if did == action and mode == "enforce"
            for kind in found
        ]
        return ", ".join(sorted(set(kinds)))


def inspect(gate: Gate, body: bytes, placeholders: Placeholders) -> Verdict:
    """May run in any thread. Raises GuardBroken."""
    read = Body.of(body)
    verdict = Verdict(body)
    segment = Segment("input", read.joined)
    findings: list[Finding] = []
    for post in gate.input:
        found = _ask(post, segment, verdict)
        _count(post, found, verdict)
        if post.facts.mode == "enforce":
            findings += found
    blocking = [each for each in findings if each.action == "block"]
    if blocking:
        verdict.blocked = blocking[0].guard
        return verdict
    changing = [each for each in findings if each.action != "flag"]
    if gate.unmask and b"<" in read.joined:
        changing += _lookalikes(read.joined)
    if changing:
        verdict.body = read.edited(merged(changing), _instead(placeholders))
    return verdict


def _ask(post: Post, segment: Segment, verdict: Verdict) -> Sequence[Finding]:
    try:
        found = post.guard.inspect(segment)
        if not all(0 <= each.start < each.end <= len(segment.text) for each in found):
            raise ValueError("a finding lies outside of the text")
        return found
    except Exception as error:  # noqa: BLE001 - whatever it raises, its `on_error` says what follows
        if post.facts.on_error == "block" and post.facts.mode == "enforce":
            raise GuardBroken(post.facts.name, error) from None
        verdict.failed.append((post.facts.name, "error"))
        return ()


def _count(post: Post, found: Sequence[Finding], verdict: Verdict) -> None:
    for each in found:
        key = (post.facts.name, post.facts.mode, each.action)
        verdict.counts.setdefault(key, Counter())[each.kind] += 1


def _lookalikes(text: bytes) -> list[Finding]:
    """The caller's own words that look like placeholders: they stand for themselves, and come back."""
    return [Finding("", LITERAL, "mask", each.start(), each.end(), 1000) for each in lookalikes(text)]


def _instead(placeholders: Placeholders) -> Callable[[Finding, bytes], bytes]:
    def instead(finding: Finding, text: bytes) -> bytes:
        if finding.action == "redact":
            return f"[{finding.kind}]".encode()
        return placeholders.of(finding.kind, text).encode()

    return instead
