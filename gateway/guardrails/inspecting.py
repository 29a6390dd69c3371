"""Runs the guards on a request's body and applies their decisions."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, cast

import msgspec

from config.catalog import GuardFacts
from dialects.positions import Position
from dialects.roles import Role
from gateway.guardrails.asking import ask, without
from gateway.guardrails.cordons import Cordon, Post
from guardrails.bodies import Body, Part
from guardrails.guard import (
    STOPPING,
    Action,
    Finding,
    Formal,
    GivingWay,
    Lengthy,
    Segment,
    Span,
    Stage,
    merged,
)
from guardrails.placeholders import LITERAL, Placeholders, lookalikes

_SHORT = 5  # bytes: a shorter value may occur by chance
_FEW = 64  # values that are sought one by one
_GRAVITY: tuple[Action, ...] = ("block", "ask", "redact", "mask", "flag")


class Verdict(msgspec.Struct):
    """The outcome of inspecting a request's body; only `body` and `known` hold text of it."""

    body: bytes
    blocked: str = ""  # the guard that blocked it
    counts: dict[tuple[str, str, Action], Counter[str]] = {}  # by guard, mode and action
    failed: list[tuple[str, str]] = []  # guards that failed without blocking, and why
    known: frozenset[bytes] = frozenset()  # values that the caller sent, so that an answer may contain them

    def blocks(self, findings: Sequence[Finding]) -> bool:
        """Whether any finding blocks; sets `blocked` to its guard."""
        for each in findings:
            if each.action in STOPPING:
                self.blocked = each.guard
                return True
        return False

    @property
    def outcome(self) -> str:
        """The gravest action taken, for ledger rows."""
        done = [action for _, mode, action in self.counts if mode == "enforce"]
        if len(done) > 1:
            done.sort(key=_GRAVITY.index)
        gravest = done[0] if done else "failed" if self.failed else ""
        return "block" if gravest in STOPPING else gravest

    def kinds_of(self, actions: Collection[Action]) -> str:
        """The types found that led to one of these actions, comma-separated."""
        kinds = [
            kind
            for (_, mode, did), found in self.counts.items()
            if did in actions and mode == "enforce"
            for kind in found
        ]
        return ", ".join(sorted(set(kinds)))


class Look(NamedTuple):
    """The result of skimming a body."""

    seen: Collection[str] | None  # the patterns that may occur in it; None: unknown
    clean: bool  # no local guard would find anything


_CLEAN = Look((), True)


def looked(cordon: Cordon, body: bytes) -> Look:
    """Skims a body, before any guard runs."""
    skim = cordon.skim
    seen = None if skim is None else skim.seen(body)
    if seen is None or seen or cordon.unmask and b"<" in body:
        return Look(seen, False)
    return _CLEAN


def inspect(
    cordon: Cordon,
    body: bytes,
    placeholders: Placeholders,
    look: Look | None = None,
    span: Span | None = None,
) -> Verdict:
    """Runs the local guards on a body; thread-safe.

    Raises GuardBroken, and Lengthy, with nothing done, once its span is used up.
    """
    look = look or looked(cordon, body)
    if look.clean:
        return Verdict(body)
    read = Body.of(body)
    verdict = Verdict(body)
    segment = Segment("input", read.joined, look.seen, span)
    findings: list[Finding] = []
    told = _remember(cordon, read, segment, verdict)
    for post, found in _found(cordon, read, segment, told, verdict.failed):
        if not found:
            continue
        _count(post.facts, found, verdict)
        if post.facts.mode == "enforce":
            findings += found
            if verdict.blocks(found):
                return verdict  # later guards do not run
    changing = [each for each in findings if each.action != "flag"]
    if changing:
        everywhere = {post.guard.name for post in cordon.input if not post.facts.roles}
        changing += _again(
            read.everything, [each for each in changing if each.value and each.guard in everywhere]
        )
    if cordon.unmask and b"<" in read.everything:
        changing += _lookalikes(read.everything)
    if changing:
        verdict.body = read.edited(merged(changing), _instead(placeholders))
    return verdict


def add(
    verdict: Verdict,
    read: Body,
    found: Sequence[tuple[GuardFacts, Sequence[Finding]]],
    placeholders: Placeholders,
) -> None:
    """Applies remote guards' findings in the masked body to a verdict. Placeholders are left as they are."""
    issued = _issued(read.everything, placeholders)
    findings: list[Finding] = []
    for facts, of_guard in found:
        outside = _outside(of_guard, issued)
        _count(facts, outside, verdict)
        if facts.mode == "enforce":
            findings += outside
    if verdict.blocks(findings):
        return
    changing = [each for each in findings if each.action != "flag"]
    if changing:
        changing = merged([*changing, *_again(read.everything, changing), *issued])
        kept = [each for each in changing if each.kind != LITERAL]
        verdict.body = read.edited(kept, _instead(placeholders))


def _issued(text: bytes, placeholders: Placeholders) -> list[Finding]:
    """This request's placeholders in a text, as findings that outrank any finding inside them."""
    return [
        Finding("", LITERAL, "mask", each.start(), each.end(), 1000)
        for each in lookalikes(text)
        if each[0].decode() in placeholders.values
    ]


def _outside(findings: Sequence[Finding], issued: Sequence[Finding]) -> list[Finding]:
    """The findings that extend beyond a placeholder."""
    starts = [each.start for each in issued]
    found = []
    for each in findings:
        at = bisect_right(starts, each.start) - 1
        if at < 0 or each.end > issued[at].end:
            found.append(each)
    return found


def _found(
    cordon: Cordon,
    read: Body,
    segment: Segment,
    told: Mapping[str, Sequence[Finding]],
    failed: list[tuple[str, str]],
) -> Iterator[tuple[Post, Sequence[Finding]]]:
    """Each guard's findings at its stages. A guard of tool results does not read them again as input.

    `told`: findings in the whole body that are known already, by guard.
    """
    # If the body could be skimmed, no guard is limited to roles.
    named = segment.seen is None and any(post.facts.roles for post in (*cordon.input, *cordon.results))
    if not named and not cordon.results:
        for post in cordon.input:
            found = told.get(post.facts.name)
            yield post, _asked(post, read, segment, failed) if found is None else found
        return
    positions = read.positions()
    roles = read.roles() if named else [None] * len(positions)
    standing: list[tuple[Stage, tuple[Post, ...]]] = [
        ("input", cordon.input),
        ("tool_result", cordon.results),
    ]
    for stage, posts in standing:
        for post in posts:
            reads = partial(_reads, post, stage)
            numbers = [at for at, text in enumerate(zip(positions, roles, strict=True)) if reads(*text)]
            if len(numbers) == len(positions):
                yield post, _asked(post, read, msgspec.structs.replace(segment, stage=stage), failed)
            elif numbers:
                part = Part.of(read, numbers)
                yield post, _asked(post, part, Segment(stage, part.joined, span=segment.span), failed)


def _asked(
    post: Post, read: Body | Part, segment: Segment, failed: list[tuple[str, str]]
) -> Sequence[Finding]:
    """A guard's findings in some texts of a body; the segment holds stage, known patterns and span."""
    if segment.seen is not None and cast(Formal, post.guard).forms.isdisjoint(segment.seen):
        return ()
    span = segment.span
    if span is not None:
        span.begin(post.facts.budget)
    try:
        if isinstance(read, Body) and not read.others:
            return ask(post, segment, failed)
        return read.asked(lambda text: ask(post, msgspec.structs.replace(segment, text=text), failed))
    except Lengthy as late:
        if not isinstance(span, GivingWay):  # in the event loop: a thread takes over
            raise
        return without(post, late, "budget", failed)


def _reads(post: Post, stage: Stage, position: Position, role: Role | None) -> bool:
    """Whether a guard reads a text at this stage."""
    if post.facts.roles and role not in post.facts.roles:
        return False
    if stage == "tool_result":
        return position == "tool_result"
    return position != "tool_result" or "tool_result" not in post.guard.stages


def _remember(cordon: Cordon, read: Body, segment: Segment, verdict: Verdict) -> dict[str, Sequence[Finding]]:
    """Sets `verdict.known`: a value that the caller sent is no leak in the answer.

    Returns what the guards of answers found in the request, by name.
    """
    found, known, said = {}, set(), read.everything
    for post in cordon.output:
        if post.facts.kind in ("pii", "secrets"):
            found[post.facts.name] = _asked(post, read, segment, verdict.failed)
            for each in found[post.facts.name]:
                known.add(said[each.start : each.end].lower())
    verdict.known = frozenset(known)
    return found


def _count(facts: GuardFacts, found: Sequence[Finding], verdict: Verdict) -> None:
    action: Action | None = None
    for each in found:
        if each.action != action:
            action = each.action
            kinds = verdict.counts.setdefault((facts.name, facts.mode, action), Counter())
        kinds[each.kind] += 1


def _again(text: bytes, findings: Sequence[Finding]) -> list[Finding]:
    """Further occurrences of found values that lack context words.

    Otherwise a number that context identified in one turn would leave in the next one.
    """
    values = {text[each.start : each.end]: each for each in findings}
    many = len(values) > _FEW  # if few, first drop those that occur only once
    wanted = [value for value in values if len(value) >= _SHORT and (many or text.count(value) > 1)]
    if not wanted:
        return []
    taken, found = {each.start for each in findings}, []
    for at, value in _places(text, wanted):
        end = at + len(value)
        if at not in taken and _alone(text, at, end):
            found.append(msgspec.structs.replace(values[value], start=at, end=end))
    return found


def _places(text: bytes, values: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """The occurrences of some values; many are sought together, in one pass through the text."""
    if len(values) <= _FEW:
        for value in values:
            at = text.find(value)
            while at >= 0:
                yield at, value
                at = text.find(value, at + len(value))
        return
    known, sizes = frozenset(values), dict[bytes, set[int]]()
    for value in values:
        sizes.setdefault(value[:_SHORT], set()).add(len(value))
    for begun in re.finditer(b"[%b]" % re.escape(bytes({value[0] for value in values})), text):
        at = begun.start()
        for size in sizes.get(text[at : at + _SHORT], ()):
            if (value := text[at : at + size]) in known:
                yield at, value


def _alone(text: bytes, start: int, end: int) -> bool:
    """Whether a value is not part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start : start + 1].isalnum()) and not (
        after.isalnum() and text[end - 1 : end].isalnum()
    )


def _lookalikes(text: bytes) -> list[Finding]:
    """The caller's own text that looks like placeholders: masked, so that it is restored unchanged."""
    return [Finding("", LITERAL, "mask", each.start(), each.end(), 1000) for each in lookalikes(text)]


def _instead(placeholders: Placeholders) -> Callable[[Finding, bytes], bytes]:
    def instead(finding: Finding, text: bytes) -> bytes:
        if finding.action == "redact":
            return f"[{finding.kind}]".encode()
        return placeholders.of(finding.kind, text).encode()

    return instead
