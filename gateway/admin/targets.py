"""The health of every target, in the admin API."""

from collections.abc import Callable
from typing import Literal

from config.capabilities import UNKNOWN
from config.catalog import Target
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.clock import Clock
from gateway.deployment import Deployment
from gateway.routing.candidates import candidate_of
from routing.cost import effective_cost
from routing.facts import Facts
from routing.target import KeyState, TargetState


class KeyAnswer(Strict):
    """A vendor key's source and state, never the key. `waits_seconds` is 0 if it can be used."""

    source: str
    waits_seconds: float
    reason: str
    requests_left: int | None


class TargetAnswer(Strict):
    """One target, as observed by the process that answers. Times are averages in milliseconds; 0: unknown.

    `usual_call_nano` is the expected cost of a call of 1,000 tokens, in nano-dollars, given the target's past
    answer lengths, cached shares and failures; null if no price is known.
    """

    object: Literal["target"] = "target"
    target: str
    circuit: Literal["closed", "open", "probing", "warming"]
    share: float
    reason: str
    success: float
    samples: int
    in_flight: int
    first_content_ms: float
    per_token_ms: float
    output_tokens: float
    cached_share: float
    keys: list[KeyAnswer]
    usual_call_nano: int | None = None


class TargetsAnswer(Strict):
    """Every target named in the configuration, and recently used ones under patterns."""

    object: Literal["list"] = "list"
    data: list[TargetAnswer]


def target_routes(current: Callable[[], Deployment], clock: Clock) -> tuple[AnyRoute, ...]:
    """The route to show targets. Nothing is changed by hand: recovered targets are detected."""

    async def show(_: Ask[Nothing, Nothing]) -> TargetsAnswer:
        deployment = current()
        health = deployment.health
        health.refresh()
        now = clock.monotonic()
        return TargetsAnswer(
            data=[target_answer(state, now, _usual(deployment, state)) for state in health.targets]
        )

    summary = "Show how every target is doing"
    return (Route("GET", "/admin/v1/targets", summary, show, Nothing, Nothing, TargetsAnswer),)


def _usual(deployment: Deployment, state: TargetState) -> int | None:
    """The expected nano-dollars of a typical call, as routing estimates them."""
    name, _, model = state.name.partition("/")
    vendor = deployment.catalog.vendors.get(name)
    if vendor is None:
        return None
    candidate = candidate_of(Target(name, model), vendor, UNKNOWN, deployment.quote(vendor, model))
    cost = effective_cost(Facts(model, 0.0), candidate, state)
    return None if cost is None else round(cost)


def target_answer(state: TargetState, now: float, usual: int | None = None) -> TargetAnswer:
    """A target's state as shown in JSON; `now` is in monotonic seconds."""
    return TargetAnswer(
        target=state.name,
        circuit=state.breaker.circuit.value,
        share=round(state.share, 3),
        reason=state.reason,
        success=round(state.success, 4),
        samples=state.samples,
        in_flight=state.in_flight,
        first_content_ms=round(state.first_token_ms, 1),
        per_token_ms=round(state.per_token_ms, 2),
        output_tokens=round(state.output_tokens, 1),
        cached_share=round(state.cached_share, 3),
        usual_call_nano=usual,
        keys=[_key(key, now) for key in state.keys],
    )


def _key(key: KeyState, now: float) -> KeyAnswer:
    waits = max(0.0, key.free_at() - now)
    return KeyAnswer(
        source=key.name,
        waits_seconds=round(waits, 1),
        reason=key.reason if waits else "",
        requests_left=key.left,
    )
