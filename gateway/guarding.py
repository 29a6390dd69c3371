"""Puts the guards on the road: the only place that makes a Cleared."""

import asyncio
from collections import Counter
from typing import cast

from dialects.dialect import Dialect
from gateway.call import Call, Cleared
from gateway.errors import Blocked, GuardFailed
from gateway.frames import Sink
from gateway.gates import Gate
from gateway.inspecting import Verdict, inspect
from gateway.shielding import Shield, ShieldedSink
from gateway.telemetry.metrics import Metrics
from guardrails.gate import GuardBroken
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued
from ledger.principal import Principal

# A longer body is inspected in a thread: re2 lets others run while it reads.
INLINE_BYTES = 64 * 1024


class Guarding:
    """Clears calls and watches answers. Where no guard is configured both pass as they are, at no cost."""

    def __init__(self, metrics: Metrics, secret: bytes) -> None:
        self._metrics = metrics
        self._secret = secret  # of placeholders, where the file names none

    async def clear(self, principal: Principal, call: Call) -> Cleared:
        """The call as it may leave. Raises Blocked, and GuardFailed where a guard could not do its work."""
        gates = call.deployment.gates
        gate = None if gates is None else gates.of(principal.team, call.asked.model)
        if gate is None:
            return Cleared(call, principal, call.body)
        placeholders = self._placeholders(gate, principal)
        verdict = await self._verdict(gate, call, placeholders)
        self._note(call, verdict)
        if verdict.blocked:
            raise Blocked(
                f"The guard '{verdict.blocked}' stopped this request: it holds {verdict.kinds_of('block')}. "
                f"Take that out and try again."
            )
        shield = None
        if placeholders.values and gate.unmask:
            shield = Shield(cast(Dialect, call.dialect), Issued(placeholders.values))
        return Cleared(call, principal, verdict.body, shield=shield)

    def watch(self, cleared: Cleared, caller: Sink) -> Sink:
        """A sink that lets through what the caller may see."""
        shield = cleared.shield
        return caller if shield is None else ShieldedSink(shield, caller, self._count)

    def _placeholders(self, gate: Gate, principal: Principal) -> Placeholders:
        settings = gate.settings
        key = settings.placeholder_key
        scope = f"{principal.organisation}\0{principal.team}"
        if settings.scope == "key":
            scope += f"\0{principal.key_id}"
        return Placeholders(self._secret if key is None else key.value.encode(), scope)

    async def _verdict(self, gate: Gate, call: Call, placeholders: Placeholders) -> Verdict:
        try:
            if len(call.body) <= INLINE_BYTES:
                return inspect(gate, call.body, placeholders)
            return await asyncio.wait_for(
                asyncio.to_thread(inspect, gate, call.body, placeholders), gate.budget
            )
        except GuardBroken as broken:
            self._metrics.guard_failures.add((broken.guard, "error"))
            raise self._failed(call, broken.guard) from broken
        except TimeoutError as late:
            name = gate.input[0].facts.name
            self._metrics.guard_failures.add((name, "budget"))
            raise self._failed(call, name) from late

    def _failed(self, call: Call, guard: str) -> GuardFailed:
        call.guard = "failed"
        return GuardFailed(f"The guard '{guard}' could not look at this request, and without it none passes.")

    def _note(self, call: Call, verdict: Verdict) -> None:
        for guard, reason in verdict.failed:
            self._metrics.guard_failures.add((guard, reason))
            call.trail.append(("guard", "failed", guard, {}))
        for (guard, mode, action), kinds in verdict.counts.items():
            for kind, count in kinds.items():
                self._metrics.findings.add((guard, kind, action, mode), count)
            said = action if mode == "enforce" else f"would {action}"
            call.trail.append(("guard", said, guard, dict(kinds)))
        call.guard = verdict.outcome

    def _count(self, issued: Issued) -> None:
        outcomes = Counter(restored=issued.restored, unknown=issued.unknown)
        for outcome, count in outcomes.items():
            if count:
                self._metrics.placeholders.add((outcome,), count)
