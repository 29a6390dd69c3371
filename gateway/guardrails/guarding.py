"""Puts guards on the request path: the only place that makes a Cleared."""

import asyncio
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, cast

import msgspec

from dialects.dialect import Dialect
from dialects.json_objects import encode
from gateway.call import Call, Cleared, Errand
from gateway.errors import Blocked, GatewayError, GuardCannotRead, GuardFailed
from gateway.frames import Sink
from gateway.guardrails.asking import NOBODY_TO_ASK
from gateway.guardrails.cordons import Cordon, Cordons, Glance, Post, unguarded
from gateway.guardrails.inspecting import Look, Verdict, inspect, looked
from gateway.guardrails.shield import Shield
from gateway.routing.wishes import read_unmask
from gateway.telemetry.metrics import Metrics
from guardrails.bodies import Body
from guardrails.guard import (
    AT_ONCE,
    TURN,
    Action,
    Bindable,
    GivingWay,
    Guard,
    GuardBroken,
    Lengthy,
    Openings,
    Span,
)
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued
from ledger.principal import Principal

if TYPE_CHECKING:
    from gateway.guardrails.awaited import AwaitedSink
    from gateway.guardrails.consulting import Consulting
    from gateway.guardrails.glancing import GlancedSink
    from gateway.guardrails.shielding import ShieldedSink

Counts = Mapping[tuple[str, str, Action], Counter[str]]  # guard, mode and action; by type

# A longer body is not even skimmed before it goes to a thread, where re2 releases the GIL while it reads.
INLINE_BYTES = 64 * 1024

_SHARE = 256 * 1024  # bytes of a request per `budget` of a guard
_MOST_SHARES = 8


class Guarding:
    """Clears calls and watches answers. If no guard is configured, both pass unchanged, at no cost."""

    def __init__(
        self, metrics: Metrics, secret: bytes, consulting: Callable[[], "Consulting"] | None = None
    ) -> None:
        """`consulting` makes the client of remote guards, when one is first needed."""
        self._metrics = metrics
        self._new_consulting = consulting
        self._consulting: Consulting | None = None
        self._secret = secret  # key of placeholders, if the file names none
        self._in_run = False

    async def clear(self, principal: Principal, call: Call, *, unread: bool = False, at: str = "") -> Cleared:
        """The call as it may leave. Raises Blocked, or GuardFailed if a guard could not do its work.

        `unread`: guards cannot read its body, which is not part of it. Raises GuardCannotRead if one must.
        `at`: the call asks for data that this vendor stores.
        """
        cordon, cordons = None, call.deployment.cordons
        if cordons is not None:
            of = cordons.of_kept if at else cordons.of_run if self._in_run else cordons.of
            cordon = of(principal.team, at or call.asked.model)
        if cordon is None:
            if not call.masked:
                return Cleared(call, principal, call.body)
            cordon = unguarded(call.deployment.catalog, principal.team)
        if unread and cordon.enforces:
            raise _unreadable(principal.team)
        body = call.body
        look = looked(cordon, body) if len(body) <= INLINE_BYTES else None
        clean = look is not None and look.clean and not cordon.distant and not call.masked
        if call.headers or not clean:
            cordon = _as_wished(cordon, call)
        if clean:
            aside = cordon.binds and len(body) > AT_ONCE  # binding reads the whole request once more
            shield = await asyncio.to_thread(_unmasked, cordon, call) if aside else _unmasked(cordon, call)
            return Cleared(call, principal, body, shield=shield)
        placeholders = self._placeholders(cordon, principal, call.masked)
        verdict = self._at_once(cordon, call, placeholders, look)
        if verdict is None:
            verdict = await self._verdict(cordon, call, placeholders, look)
        if cordon.distant and not verdict.blocked:
            await self._consult(cordon, Errand(call, principal), verdict, placeholders)
        self._note(call, verdict)
        if verdict.blocked:
            raise Blocked(_refusal(verdict))
        values = placeholders.values if cordon.unmask else {}
        lasting = values or (placeholders.values if cordon.lifts else {})  # a later call may restore them
        call.masked = lasting or call.masked
        made = partial(_shield, cordon, call, values, verdict)
        shielded = await asyncio.to_thread(made) if cordon.binds and len(body) > AT_ONCE else made()
        return Cleared(call, principal, verdict.body, shield=shielded)

    async def clear_beside(
        self, cleared: Cleared, told: Sequence[tuple[str, str]], at: str = ""
    ) -> list[tuple[str, str]]:
        """Names and values that leave with a call beside its body, as they may leave. Raises like `clear`."""
        if not told or cleared.call.deployment.cordons is None:
            return list(told)
        call = msgspec.structs.replace(cleared.call, body=encode([{name: value} for name, value in told]))
        beside = await self.clear(cleared.principal, call, at=at)
        cleared.call.guard = cleared.call.guard or call.guard
        said: list[dict[str, str]] = msgspec.json.decode(beside.body)
        return [pair for each in said for pair in each.items()]

    def prepare(self, cordons: Cordons | None) -> None:
        """Loads what the guards need, remote ones in the background, so that the first call need not wait."""
        if cordons is not None:
            _late("glancing")
        if cordons is not None and cordons.elsewhere:
            self.elsewhere().prepare(cordons.elsewhere)

    def in_run(self) -> "Guarding":
        """A Guarding for agents' runs, in which `ask` guards are consulted before tool calls instead."""
        made = copy(self)
        made._in_run, made._new_consulting = True, self.elsewhere  # both share one client of remote guards
        return made

    def watch(self, cleared: Cleared, caller: Sink) -> Sink:
        """A sink that passes on what the caller may see; it may raise Blocked and GuardFailed."""
        shield, call = cleared.shield, cleared.call
        if shield is None:
            return caller
        if isinstance(shield, Glance) or shield.glances:
            glanced: GlancedSink = _late("glancing").GlancedSink(shield, call, caller, self._answered)
            if shield.skim is not None:
                call.check, call.ponder, call.foresee = glanced.judge, glanced.ponder, glanced.foresee
            call.finish = glanced.finish
            return glanced
        sink: ShieldedSink = _late("shielding").ShieldedSink(shield, caller, partial(self._answered, call))
        call.finish = sink.finish
        if shield.guarded:
            call.check, call.ponder = sink.judge, sink.ponder
            if not any(post.decides for post in shield.distant):
                call.foresee = sink.foresee
        return self._awaiting(sink, cleared, shield) if shield.distant else sink

    def retold(self, cleared: Cleared, error: GatewayError) -> GatewayError:
        """A vendor's error as the caller may read it."""
        shield, call = cleared.shield, cleared.call
        if shield is None:
            return error
        if isinstance(shield, Glance):
            shield = cast(Shield, _late("glancing").shield_of(shield, call))
        shield = msgspec.structs.replace(shield, counts={}, failed=[])
        try:
            said: str = _late("wholes").Whole(shield).remark(error.message)
        except GuardBroken as broken:
            shield.failed.append((broken.guard, "error"))
            said = f"The vendor's message is not shown: the guard '{broken.guard}' failed on it."
        self._told(call, "guard answer", shield.counts, shield.failed)
        return error if said == error.message else error.told(said)

    def _awaiting(self, sink: "ShieldedSink", cleared: Cleared, shield: Shield) -> Sink:
        """Puts remote guards before `sink`: they read the answer before masked values are restored."""
        consulting, errand = self.elsewhere(), Errand(cleared.call, cleared.principal)
        # Loaded only if there is a remote guard.
        opening = importlib.import_module("gateway.guardrails.awaited")
        made: AwaitedSink | None = opening.awaited(sink, errand, shield.distant, consulting.clock, sink.stop)
        if made is None:
            return sink
        if made.keeps:
            cleared.call.unsettled = []
        cleared.call.finish = lambda: made.finish(consulting, self._metrics)
        return made

    def _placeholders(
        self, cordon: Cordon, principal: Principal, earlier: Mapping[str, str] | None
    ) -> Placeholders:
        settings = cordon.settings
        key = settings.placeholder_key
        scope = f"{principal.organisation}\0{principal.team}"
        if settings.scope == "key":
            scope += f"\0{principal.key_id}"
        return Placeholders(self._secret if key is None else key.value.encode(), scope, earlier)

    def _at_once(
        self, cordon: Cordon, call: Call, placeholders: Placeholders, look: Look | None
    ) -> Verdict | None:
        """The verdict, if it takes no longer than the event loop may be blocked; otherwise None."""
        if len(call.body) > AT_ONCE:
            return None
        try:
            return inspect(cordon, call.body, placeholders, look, Span())
        except Lengthy:
            return None
        except GuardBroken as broken:
            raise self._broken(call, broken) from broken

    async def _verdict(
        self, cordon: Cordon, call: Call, placeholders: Placeholders, look: Look | None
    ) -> Verdict:
        shares = min(_MOST_SHARES, 1 + len(call.body) // _SHARE)
        look_aside = asyncio.to_thread(_aside, cordon, call.body, placeholders, look, shares)
        try:
            # Each guard checks its own budget; this catches one that does not.
            return await asyncio.wait_for(look_aside, 2 * cordon.budget * shares or None)
        except GuardBroken as broken:
            raise self._broken(call, broken) from broken
        except TimeoutError as late:
            asked = [post.facts for post in (*cordon.input, *cordon.results)] or [cordon.output[0].facts]
            for facts in asked:
                if facts.on_error == "block" and facts.mode == "enforce":
                    raise self._broken(call, GuardBroken(facts.name, late, "budget")) from late
            return Verdict(call.body, failed=[(facts.name, "budget") for facts in asked])

    async def _consult(
        self, cordon: Cordon, errand: Errand, verdict: Verdict, placeholders: Placeholders
    ) -> None:
        try:
            await self.elsewhere().look(cordon.distant, errand, verdict, placeholders)
        except GuardBroken as broken:
            raise self._broken(errand.call, broken) from broken

    async def close(self) -> None:
        """Cancels background questions and closes connections."""
        if self._consulting is not None:
            await self._consulting.close()

    def elsewhere(self) -> "Consulting":
        """The client of remote guards; made when first needed."""
        if self._consulting is None:
            assert self._new_consulting is not None
            self._consulting = self._new_consulting()
        return self._consulting

    def _broken(self, call: Call, broken: GuardBroken) -> GuardFailed:
        self._metrics.guard_failures.add((broken.guard, broken.reason))
        return self._failed(call, broken.guard)

    def _failed(self, call: Call, guard: str) -> GuardFailed:
        call.guard = "failed"
        return GuardFailed(f"The guard '{guard}' failed on this request, and its on_error is to block.")

    def _note(self, call: Call, verdict: Verdict) -> None:
        self._told(call, "guard", verdict.counts, verdict.failed)
        call.guard = verdict.outcome

    def _answered(self, call: Call, shield: Shield) -> None:
        self._told(call, "guard answer", shield.counts, shield.failed)
        if shield.stopped is not None:
            call.guard = "block"
        elif shield.failed:
            call.guard = call.guard or "failed"
        issued = shield.issued
        for outcome, count in (("restored", issued.restored), ("unknown", issued.unknown)):
            if count:
                self._metrics.placeholders.add((outcome,), count)

    def _told(self, call: Call, stage: str, counts: Counts, failed: list[tuple[str, str]]) -> None:
        for guard, reason in failed:
            self._metrics.guard_failures.add((guard, reason))
            call.trail.append((stage, "failed", guard, {}))
        for (guard, mode, action), kinds in counts.items():
            for kind, count in kinds.items():
                self._metrics.findings.add((guard, kind, action, mode), count)
            said = action if mode == "enforce" else f"would {action}"
            _add(call, (stage, said, guard), kinds)


def _add(call: Call, what: tuple[str, str, str], kinds: Counter[str]) -> None:
    """Adds counts to the call's trail; those of several pieces of an answer are summed."""
    for *told, numbers in call.trail:
        if tuple(told) == what:
            numbers |= dict(kinds + Counter({kind: numbers[kind] for kind in kinds if kind in numbers}))
            return
    call.trail.append((*what, dict(kinds)))


@cache
def _late(name: str) -> ModuleType:
    """A module for answers, loaded only if there is a guard: half a megabyte."""
    return importlib.import_module(f"gateway.guardrails.{name}")


def _as_wished(cordon: Cordon, call: Call) -> Cordon:
    """The cordon with the caller's choice of unmasking. Raises BadRequest and ControlNotAllowed."""
    unmask = read_unmask(call.headers, call.body, call.asked.parts, allowed=cordon.lifts)
    return cordon if unmask is None or unmask is cordon.unmask else replace(cordon, unmask=unmask)


def _unreadable(team: str) -> GuardCannotRead:
    return GuardCannotRead(
        f"Team '{team}' has guards, and they cannot inspect a body of this kind. "
        f"Send JSON, or ask the operator."
    )


def _refusal(verdict: Verdict) -> str:
    asks = verdict.kinds_of(["ask"])
    kinds = asks or verdict.kinds_of(["block"])
    said = f"The guard '{verdict.blocked}' stopped this request: it contains {kinds}."
    return f"{said} {f'{NOBODY_TO_ASK} ' if asks else ''}Take that out and try again."


def _aside(
    cordon: Cordon, body: bytes, placeholders: Placeholders, look: Look | None, shares: int
) -> Verdict:
    """Inspects in a thread, which keeps others waiting for at most a TURN."""
    sys.setswitchinterval(TURN)  # the default is five times as long
    return inspect(cordon, body, placeholders, look, GivingWay(shares=shares))


def _unmasked(cordon: Cordon, call: Call) -> Shield | Glance | None:
    """What the answer needs if nothing was found in the request."""
    if not (cordon.output or cordon.calls or cordon.distant_answers):
        return None
    return cordon.glance or _shield(cordon, call, {}, Verdict(call.body))


def _shield(cordon: Cordon, call: Call, values: Mapping[str, str], verdict: Verdict) -> Shield | None:
    """The call's Shield; None if its answer may pass unchanged. `values` are by placeholder."""
    if not (values or cordon.output or cordon.calls or cordon.distant_answers):
        return None
    posts, openings = _bound(cordon, verdict)
    shield = Shield(
        cast(Dialect, call.dialect),
        Issued(values),
        posts,
        openings,
        verdict.known,
        cordon.settings.refusal,
        calls=cordon.calls,
        call_openings=cordon.call_openings,
        distant=cordon.distant_answers,
        skim=cordon.skim_answers,
        cites=bool(values) and _late("citing").may_cite(call.body),
    )
    if cordon.measures:  # loaded only if there is such a guard
        shield.editor = importlib.import_module("gateway.guardrails.gathering").gathering(shield)
    return shield


def _bound(cordon: Cordon, verdict: Verdict) -> tuple[tuple[Post, ...], Openings | None]:
    """The guards for this answer, those that depend on the request bound to it; and their openings."""
    posts, openings = cordon.output, cordon.openings
    if openings is None or not cordon.binds:
        return posts, openings
    read, made = Body.of(verdict.body), []
    system = [piece for piece, role in zip(read.pieces, read.roles(), strict=True) if role == "system"]
    told = [text for piece in system for text in dict.fromkeys([piece.text, piece.stands])]
    for post in posts:
        guard: Guard = post.guard
        if isinstance(guard, Bindable):
            guard, openings = guard.bound(told, openings)
        made.append(replace(post, guard=guard))
    return tuple(made), openings
