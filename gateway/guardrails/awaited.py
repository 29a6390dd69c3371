"""Answers that remote guards inspect: held back until they have decided, or inspected alongside."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

from dialects.dialect import Dialect
from dialects.errors import Malformed
from dialects.json_objects import encode
from gateway.attempts.holding import told_to_wait
from gateway.attempts.late_rows import settle_late
from gateway.call import Call, Errand
from gateway.errors import Blocked, GuardFailed
from gateway.frames import Head
from gateway.guardrails.asking import NOBODY_TO_ASK
from gateway.guardrails.consulting import Asked, Consulting, NoAnswer
from gateway.guardrails.cordons import DistantPost
from gateway.guardrails.shielding import ShieldedSink
from gateway.guardrails.telling import told
from gateway.telemetry.metrics import Metrics
from guardrails.bodies import Body, Part
from guardrails.distant import Shown
from guardrails.guard import Finding, Stage

MOST_BYTES = 16 * 1024 * 1024  # of an answer that is held back


class AwaitedSink:
    """Keeps the vendor's answer for remote guards, before local guards and restoring in `inner`.

    If a guard may block, nothing is passed on before `finish`. Otherwise the answer passes, and guards are
    asked afterwards.
    """

    def __init__(
        self,
        inner: ShieldedSink,
        errand: Errand,
        posts: Sequence[DistantPost],
        clock: Callable[[], float],
        stop: Callable[[Finding], bool],
    ) -> None:
        """`stop` makes `inner` end a whole answer early; if it returns False, Blocked is raised instead."""
        self._inner = inner
        self._stop = stop
        self._errand = errand
        self._posts = posts
        self._clock = clock
        self.keeps = any(post.decides for post in posts)
        self._head: Head | None = None
        self._said = bytearray()
        self.hold = inner.hold
        self.drained = inner.drained

    @property
    def paused(self) -> bool:
        return not self.keeps and self._inner.paused

    def begin(self, head: Head, data: bytes) -> None:
        self._head = head
        self._said += data
        if not self.keeps:
            self._inner.begin(head, data)
        elif not head.whole:
            self._wait()

    def write(self, data: bytes) -> None:
        if len(self._said) + len(data) > MOST_BYTES:
            raise self._failed(self._posts[0].facts.name)
        self._said += data
        if not self.keeps:
            self._inner.write(data)

    def end(self) -> None:
        self._inner.end()

    async def finish(self, consulting: Consulting, metrics: Metrics) -> None:
        """Asks the guards, and passes the answer on if they allow it. Raises Blocked and GuardFailed."""
        asked = self._asked()
        if asked is None:
            deciding = [post.facts for post in self._posts if post.decides and post.facts.on_error == "block"]
            if deciding:
                metrics.guard_failures.add((deciding[0].name, "answer"))
                raise self._failed(deciding[0].name)
        else:
            consulting.beside([each for each in asked if not each.post.decides], self._errand)
            await self._decide([each for each in asked if each.post.decides], consulting, metrics)
        if self.keeps and self._head is not None:
            said = bytes(self._said)
            later = None if self._head.whole else self._inner.foresee(self._inner, said)
            if later is not None:
                await later
            settle_late(self._errand.call)
            self._inner.begin(self._head, said)
        await self._inner.finish()

    async def _decide(self, asked: Sequence[Asked], consulting: Consulting, metrics: Metrics) -> None:
        """Asks one after the other: an answer seldom has two such guards, and the first may stop it."""
        call = self._errand.call
        if asked and self._head is not None and not self._head.whole:
            self._wait()
        try:
            for each in asked:
                # The call was settled with its vendor's answer, so this question needs its own reservation.
                found = await consulting.found(each, self._errand._replace(waits=False))
                facts = each.post.facts
                if isinstance(found, NoAnswer):
                    metrics.guard_failures.add((facts.name, str(found)))
                    call.trail.append(("guard answer", "failed", facts.name, {}))
                    if facts.on_error == "block":
                        raise self._failed(facts.name)
                    continue
                counted = Counter(finding.kind for finding in found)
                kinds = sorted(counted)
                for kind in kinds:
                    metrics.findings.add((facts.name, kind, each.post.guard.action, facts.mode))
                if found:
                    call.trail.append(("guard answer", each.post.guard.action, facts.name, dict(counted)))
                if found:
                    call.guard = "block"
                    if self._head is not None and self._head.whole and self._stop(found[0]):
                        return
                    raise Blocked(
                        f"The guard '{facts.name}' stopped this answer: it contains {', '.join(kinds)}."
                        + (f" {NOBODY_TO_ASK}" if each.post.asks else "")
                    )
        finally:
            if call.waiting is not None:
                call.waiting.end()

    def _wait(self) -> None:
        """Starts keep-alives for the caller of a stream; the end of the call ends them."""
        call = self._errand.call
        if call.waiting is not None:
            call.waiting.end()
        call.waiting = told_to_wait(call, self._inner, self._clock)

    def _asked(self) -> list[Asked] | None:
        """The questions to ask; None if the answer cannot be parsed."""
        call = self._errand.call
        stream = self._head is not None and not self._head.whole
        try:
            every = told(cast(Dialect, call.dialect), bytes(self._said), stream=stream)
        except Malformed:
            return None
        found = []
        for post in self._posts:
            stage: Stage = "output" if "output" in post.guard.stages else "tool_call"
            texts = [text.said for text in every if text.called or stage == "output"]
            body = Body.of(encode(texts), every=True)
            numbers = range(len(body.pieces))
            if numbers:
                shown = Shown(stage, tuple(piece.text.decode() for piece in body.pieces), _BY * len(numbers))
                found.append(Asked(post, body, Part.of(body, numbers), shown))
        return found

    def _failed(self, guard: str) -> GuardFailed:
        self._errand.call.guard = "failed"
        return GuardFailed(f"The guard '{guard}' failed on this answer, and its on_error is to block.")


_BY = ("assistant",)


def awaited(
    inner: ShieldedSink,
    errand: Errand,
    posts: Sequence[DistantPost],
    clock: Callable[[], float],
    stop: Callable[[Finding], bool],
) -> AwaitedSink | None:
    """The sink; None if answers of this operation contain no text."""
    call: Call = errand.call
    if call.operation.embeds or call.operation.counts:
        return None
    return AwaitedSink(inner, errand, posts, clock, stop)
