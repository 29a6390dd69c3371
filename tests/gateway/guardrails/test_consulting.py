"""A guard elsewhere, over real sockets: what it finds is done, and without an answer nobody passes by it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import pytest

from config.catalog import GuardFacts, GuardService, GuardSettings
from config.secret import Secret
from gateway.call import Call
from gateway.errors import Blocked, GuardFailed
from gateway.guardrails.consulting import Consulting
from gateway.guardrails.cordons import Cordon, DistantPost
from gateway.guardrails.couriers import HttpCourier
from gateway.guardrails.guarding import Guarding
from guardrails.guard import AT_ONCE
from guardrails.guards.presidio import GUARD as PRESIDIO
from guardrails.guards.webhook import GUARD as WEBHOOK
from tests.gateway.guard_service import Service, guard_service
from tests.gateway.road import WHO, Answer, Road
from tests.patience import patient, until, within

TEXT = "Anna Müller 🦜 lives in Ghent"


@pytest.fixture
def service() -> Iterator[Service]:
    with guard_service() as found:
        yield found


class Guarded:
    """A road with one guard elsewhere."""

    def __init__(self, service: Service, kind: str = "webhook", **facts: Any) -> None:
        private = facts.pop("private", ("127.0.0.0/8",))
        host = service.url.partition("//")[2].partition("/")[0]
        reached = GuardService(service.url, host, Secret("hush", "test"), private)
        self.facts = GuardFacts("far", kind, service=reached, **{"budget": 5.0, **facts})
        build = (WEBHOOK if kind == "webhook" else PRESIDIO).build
        self.road = Road({"one": [Answer()]})
        post = DistantPost(build(self.facts), self.facts)
        cordon = Cordon((), (), True, GuardSettings(), distant=(post,))
        self.road.deployment.cordons = cast(Any, type("All", (), {"of": lambda *_: cordon})())
        self.courier = HttpCourier(lambda: 1_790_000_000.0)
        self.now = 50.0
        consulting = Consulting(
            self.road.metrics, lambda kind: self.courier, lambda: self.now, self.courier.close
        )
        self.guarding = Guarding(self.road.metrics, b"secret", lambda: consulting)

    def call(self, text: str = TEXT) -> Call:
        call = self.road.call()
        messages = [{"role": "system", "content": "be brief"}, {"role": "user", "content": text}]
        call.body = json.dumps({"model": "fast", "messages": messages}).encode()
        return call

    async def sent(self, text: str = TEXT) -> str:
        cleared = await self.guarding.clear(WHO, self.call(text))
        said = json.loads(cleared.body)["messages"][1]["content"]
        assert isinstance(said, str)
        return said

    @property
    def failures(self) -> dict[tuple[str, ...], float]:
        return dict(self.road.metrics.guard_failures.counts)


@pytest.fixture
async def closing() -> AsyncIterator[list[Guarded]]:
    made: list[Guarded] = []
    yield made
    for each in made:
        await each.guarding.close()


def found(*findings: dict[str, Any]) -> Any:
    return lambda question: {"findings": list(findings)}


async def test_a_service_gets_texts_with_who_says_them_and_a_signature(
    service: Service, closing: list[Guarded]
) -> None:
    guarded = Guarded(service)
    closing.append(guarded)
    assert await guarded.sent() == TEXT
    [(headers, body)] = service.requests
    said = json.loads(body)
    assert said == {
        "guard": "far",
        "stage": "input",
        "texts": ["be brief", TEXT],
        "roles": ["system", "user"],
    }
    assert headers["x-signalbox-signature"].startswith("t=1790000000,v1=")
    assert headers["x-request-id"] == "req_1"


async def test_what_it_finds_is_blocked_masked_or_taken_out(service: Service, closing: list[Guarded]) -> None:
    service.answer = found({"type": "person", "text": 1, "start": 0, "end": 11})
    blocking, masking, redacting = (Guarded(service, action=each) for each in ("block", "mask", "redact"))
    closing += [blocking, masking, redacting]
    with pytest.raises(Blocked, match="PERSON") as blocked:
        await blocking.sent()
    assert "Anna" not in blocked.value.message
    masked = await masking.sent("Anna Müller 🦜, Anna Müller")
    assert masked.startswith("<PERSON_") and "Anna" not in masked
    assert await redacting.sent() == "[PERSON] 🦜 lives in Ghent"


async def test_a_finding_after_a_parrot_stands_where_it_was_said(
    service: Service, closing: list[Guarded]
) -> None:
    service.answer = found({"type": "place", "text": 1, "start": 23, "end": 28})
    guarded = Guarded(service, action="redact")
    closing.append(guarded)
    assert await guarded.sent() == "Anna Müller 🦜 lives in [PLACE]"


async def test_presidio_is_asked_in_its_own_form(service: Service, closing: list[Guarded]) -> None:
    # https://microsoft.github.io/presidio/api-docs/api-docs.html: offsets in characters of the one text.
    at = len("be brief\n\n")
    service.answer = lambda question: [
        {"entity_type": "PERSON", "start": at, "end": at + 11, "score": 0.85},
        {"entity_type": "LOCATION", "start": at + 23, "end": at + 28, "score": 0.3},
    ]
    guarded = Guarded(service, "presidio", types=("person", "location"), languages=("de",))
    closing.append(guarded)
    assert (await guarded.sent()).endswith("> 🦜 lives in Ghent")
    said = json.loads(service.requests[0][1])
    assert said == {"text": f"be brief\n\n{TEXT}", "language": "de", "entities": ["PERSON", "LOCATION"]}


LIES: dict[str, object] = {
    "no JSON": b"<html>ok</html>",
    "nothing": b"",
    "no findings": {},
    "null": {"findings": None},
    "a text that was not sent": {"findings": [{"type": "x", "text": 2}]},
    "a place before": {"findings": [{"type": "x", "start": -1, "end": 2}]},
    "a place behind": {"findings": [{"type": "x", "start": 0, "end": 900}]},
    "the wrong way round": {"findings": [{"type": "x", "start": 5, "end": 2}]},
    "no type": {"findings": [{"type": ""}]},
    "a text for a type": {"findings": [{"type": "Anna Müller lives in Ghent"}]},
    "no end": b'{"findings":[' + b" " * (1024 * 1024) + b"]}",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
async def test_nobody_passes_by_a_guard_that_lies(
    service: Service, closing: list[Guarded], lie: object
) -> None:
    service.answer = lambda question: lie
    strict, lax = Guarded(service), Guarded(service, on_error="allow")
    closing += [strict, lax]
    with pytest.raises(GuardFailed):
        await strict.sent()
    assert strict.failures == {("far", "answer"): 1}
    call = lax.call()
    await lax.guarding.clear(WHO, call)
    assert lax.failures == {("far", "answer"): 1}
    assert call.guard == "failed" and ("guard", "failed", "far", {}) in call.trail


async def test_nobody_passes_by_a_guard_that_crashes(service: Service, closing: list[Guarded]) -> None:
    service.crashes = True
    guarded = Guarded(service)
    closing.append(guarded)
    with pytest.raises(GuardFailed):
        await guarded.sent()
    assert guarded.failures == {("far", "error"): 1}


@pytest.mark.parametrize("status", [204, 302, 404, 500])
async def test_another_status_is_no_answer(service: Service, closing: list[Guarded], status: int) -> None:
    service.status, service.headers = status, {"location": service.url}
    guarded = Guarded(service)
    closing.append(guarded)
    with pytest.raises(GuardFailed):
        await guarded.sent()
    assert guarded.failures == {("far", "error"): 1} and len(service.requests) == 1


async def test_a_slow_guard_has_failed_after_its_budget(service: Service, closing: list[Guarded]) -> None:
    service.delay = 20.0
    strict, lax = Guarded(service, budget=0.1), Guarded(service, budget=0.1, on_error="allow")
    closing += [strict, lax]
    began = asyncio.get_running_loop().time()
    with pytest.raises(GuardFailed):
        await strict.sent()
    assert await lax.sent() == TEXT
    assert asyncio.get_running_loop().time() - began < 10
    assert strict.failures == lax.failures == {("far", "budget"): 1}


async def test_a_private_address_is_not_asked_unless_it_is_listed(
    service: Service, closing: list[Guarded]
) -> None:
    guarded = Guarded(service, private=())
    closing.append(guarded)
    with pytest.raises(GuardFailed):
        await guarded.sent()
    assert service.requests == []


async def test_a_service_that_is_down_is_not_waited_for_each_time(
    service: Service, closing: list[Guarded]
) -> None:
    service.status = 500
    guarded = Guarded(service)
    closing.append(guarded)
    for _ in range(8):
        with pytest.raises(GuardFailed):  # with the breaker open, too
            await guarded.sent()
    assert len(service.requests) == 5
    assert guarded.failures == {("far", "error"): 5, ("far", "circuit"): 3}
    service.status = 200
    guarded.now += 30
    assert await guarded.sent() == TEXT


@pytest.mark.parametrize("facts", [{"action": "flag"}, {"mode": "shadow"}], ids=["flag", "shadow"])
@patient
async def test_a_call_does_not_wait_for_what_only_counts(
    service: Service, closing: list[Guarded], facts: dict[str, Any]
) -> None:
    service.delay, service.answer = 0.3, found({"type": "person", "text": 1, "start": 0, "end": 11})
    guarded = Guarded(service, **facts)
    closing.append(guarded)
    with within(0.3):
        assert await guarded.sent() == TEXT
    counts = guarded.road.metrics.findings.counts
    await until(lambda: counts)
    assert counts == {("far", "PERSON", facts.get("action", "block"), facts.get("mode", "enforce")): 1}


async def test_types_are_bounded_for_they_are_labels(service: Service, closing: list[Guarded]) -> None:
    service.answer = found(*({"type": f"kind {each}", "start": 0, "end": 2} for each in range(100)))
    guarded = Guarded(service, mode="shadow")
    closing.append(guarded)
    await guarded.sent()
    counts = guarded.road.metrics.findings.counts
    await until(lambda: counts)
    assert len(counts) == 65 and counts["far", "OTHER", "block", "shadow"] == 36


async def test_only_roles_that_are_wanted_are_shown(service: Service, closing: list[Guarded]) -> None:
    guarded = Guarded(service, roles=("assistant",))
    closing.append(guarded)
    await guarded.sent()
    assert service.requests == []


async def test_the_shortest_text_is_asked_about_too(service: Service, closing: list[Guarded]) -> None:
    guarded = Guarded(service)
    closing.append(guarded)
    await guarded.sent("no")
    question = json.loads(service.requests[-1][1])
    assert (question["texts"], question["roles"]) == (["be brief", "no"], ["system", "user"])
    service.crashes = True
    with pytest.raises(GuardFailed):
        await guarded.sent("no")


@pytest.mark.parametrize("size", [AT_ONCE, 300_000])
async def test_long_texts_are_too(service: Service, closing: list[Guarded], size: int) -> None:
    """Though no guard of this process has a budget for them."""
    guarded = Guarded(service, action="mask")
    closing.append(guarded)
    service.answer = found({"type": "person", "text": 1, "start": 0, "end": 4})
    name = "<EMAIL_0123456789ab>"
    sent = await guarded.sent(f"Anna {name} " + "x" * size)
    assert sent.startswith("<PERSON_") and name not in sent and "<LITERAL_" in sent
    call = guarded.call("y" * size)
    call.masked = {name: "ann@acme.com"}
    guarded.road.deployment.cordons = None
    assert (await guarded.guarding.clear(WHO, call)).body == call.body
