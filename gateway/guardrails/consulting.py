"""Calls remote guards: with a deadline, a breaker, and in the background if the call need not wait."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.guardrails.cordons import DistantPost
from gateway.guardrails.inspecting import Verdict, add
from gateway.telemetry.metrics import Metrics
from guardrails.bodies import Body, Part
from guardrails.distant import Remark, Shown, findings, shown
from guardrails.guard import Finding, GuardBroken, Stage
from guardrails.placeholders import Placeholders
from routing.breaker import Breaker, Circuit

MOST_BESIDE = 256  # background questions at a time; any more fail
_MOST_KINDS = 64  # types per guard, which a service can invent; any more are called OTHER


class NoAnswer(Exception):
    """A remote guard gave no valid answer: error, budget, answer, circuit or busy. Contains no text."""


class Courier(Protocol):
    """Sends a guard's question to its service or model. Raises NoAnswer, or any other exception."""

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A guard and the texts that it is asked about."""

    post: DistantPost
    body: Body
    part: Part
    shown: Shown


class Consulting:
    """The client of all remote guards. Keeps their breakers, which therefore survive reloads."""

    def __init__(
        self,
        metrics: Metrics,
        courier: Callable[[str], Courier],
        monotonic: Callable[[], float],
        let_go: Callable[[], Coroutine[Any, Any, None]],
        prepare: Callable[[Iterable[GuardFacts]], None] = lambda guards: None,
    ) -> None:
        """`courier` maps a guard's kind to its courier; `let_go` closes the couriers' resources.

        `prepare` loads in the background what these guards need, before the first call.
        """
        self._metrics = metrics
        self.courier = courier
        self._let_go = let_go
        self.prepare = prepare
        self.clock = monotonic
        self._breakers: dict[tuple[str, str, str], Breaker] = {}
        self._probes: set[tuple[str, str, str]] = set()
        self._kinds: dict[str, set[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(
        self, posts: Sequence[DistantPost], errand: Errand, verdict: Verdict, placeholders: Placeholders
    ) -> None:
        """Adds their findings in the body to a verdict. Raises GuardBroken if one fails that must block.

        Guards that change nothing are asked in the background; their findings are counted when they arrive.
        """
        body = Body.of(verdict.body, every=True)  # guards that judge by meaning are shown a "no", too
        asked = asked_of_request(posts, body)
        self.beside([each for each in asked if not each.post.decides], errand)
        waited = [each for each in asked if each.post.decides]
        said = await asyncio.gather(*(self.found(each, errand) for each in waited))
        kept = []
        for each, found in zip(waited, said, strict=True):
            facts = each.post.facts
            if not isinstance(found, NoAnswer):
                kept.append((facts, found))
            elif facts.on_error == "block":
                raise GuardBroken(facts.name, found, str(found))
            else:
                verdict.failed.append((facts.name, str(found)))
        add(verdict, body, kept, placeholders)

    async def found(self, asked: Asked, errand: Errand) -> list[Finding] | NoAnswer:
        """One guard's findings, or why there is no answer."""
        try:
            return await self._found(asked, errand)
        except NoAnswer as failure:
            return failure

    def beside(self, asked: Sequence[Asked], errand: Errand) -> None:
        """Asks in the background while the call goes on."""
        errand = errand._replace(waits=False)
        for each in asked:
            if len(self._tasks) >= MOST_BESIDE:
                self._tell(each, NoAnswer("busy"), errand)
                continue
            task = asyncio.get_running_loop().create_task(self._aside(each, errand))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _aside(self, asked: Asked, errand: Errand) -> None:
        self._tell(asked, await self.found(asked, errand), errand)

    def _tell(self, asked: Asked, found: list[Finding] | NoAnswer, errand: Errand) -> None:
        """Counts the result; it is in the trail only if the call is not over yet."""
        facts, trail = asked.post.facts, errand.call.trail
        if isinstance(found, NoAnswer):
            self._metrics.guard_failures.add((facts.name, str(found)))
            trail.append(("guard", "failed", facts.name, {}))
            return
        action = asked.post.guard.action
        kinds = Counter(each.kind for each in found)
        for kind, count in kinds.items():
            self._metrics.findings.add((facts.name, kind, action, facts.mode), count)
        if kinds:
            said = action if facts.mode == "enforce" else f"would {action}"
            trail.append(("guard", said, facts.name, dict(kinds)))

    async def _found(self, asked: Asked, errand: Errand) -> list[Finding]:
        facts = asked.post.facts
        key = (facts.name, facts.kind, facts.model if facts.service is None else facts.service.url)
        breaker, began = self._breakers.setdefault(key, Breaker()), self.clock()
        breaker.look(began)
        probing = breaker.circuit is Circuit.PROBING
        if breaker.circuit is Circuit.OPEN or (probing and key in self._probes):
            raise NoAnswer("circuit")
        if probing:
            self._probes.add(key)
        good: bool | None = True
        try:
            return self._read(asked, await self._answer(asked, errand))
        except NoAnswer:
            good = False
            raise
        except asyncio.CancelledError:
            good = None  # a cancellation says nothing about the service
            raise
        finally:
            self._probes.discard(key)
            if good is not None:
                (breaker.good if good else breaker.bad)(began, self.clock())

    async def _answer(self, asked: Asked, errand: Errand) -> bytes:
        facts = asked.post.facts
        try:
            async with asyncio.timeout(facts.budget):
                question = asked.post.guard.question(asked.shown)
                return await self.courier(facts.kind).ask(facts, question, errand)
        except TimeoutError:
            raise NoAnswer("budget") from None
        except NoAnswer:
            raise
        except Exception as error:  # whatever it raises, the guard's `on_error` decides
            raise NoAnswer("error") from error

    def _read(self, asked: Asked, answer: bytes) -> list[Finding]:
        guard = asked.post.guard
        try:
            remarks = guard.remarks(asked.shown, answer)
            return findings(guard, asked.body, asked.part, self._named(guard.name, remarks))
        except Exception as error:  # a service's answer may be invalid in unforeseen ways
            raise NoAnswer("answer") from error

    def _named(self, guard: str, remarks: Sequence[Remark]) -> list[Remark]:
        """The remarks with a bounded number of types, because each is a metric label."""
        known, named = self._kinds.setdefault(guard, set()), []
        for each in remarks:
            if each.kind in known or len(known) < _MOST_KINDS:
                known.add(each.kind)
                named.append(each)
            else:
                named.append(each._replace(kind="OTHER"))
        return named

    async def close(self) -> None:
        """Cancels background questions and closes the couriers."""
        for task in self._tasks:
            task.cancel()
        await self._let_go()


def asked_of_request(posts: Sequence[DistantPost], body: Body) -> list[Asked]:
    """The texts to ask each guard about; guards with nothing to read are left out."""
    roles = body.roles()
    found = []
    for post in posts:
        wanted, stages = post.facts.roles, post.guard.stages
        numbers = [
            number
            for number, role in enumerate(roles)
            if role is not None and (not wanted or role in wanted) and ("input" in stages or role == "tool")
        ]
        if numbers:
            part = Part.of(body, numbers)
            stage: Stage = "input" if "input" in stages else "tool_result"
            found.append(Asked(post, body, part, shown(stage, part, roles)))
    return found
