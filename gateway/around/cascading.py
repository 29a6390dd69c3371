"""Cascades: the cheap answer first, and the strong one if it is rejected; also nested.

Only whole answers can be verified. For a streamed call the cheap side's answer is requested whole, and then
written as a stream; the strong side's answer is not verified, and streams.
"""

from dataclasses import replace
from typing import NamedTuple, cast

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from gateway.around.as_read import AsRead
from gateway.around.judges import Cascade
from gateway.around.judging import Judge
from gateway.around.kinds import Means, Run, Where
from gateway.around.verifying import Doubt, by_its_schema, by_its_state, said_by
from gateway.attempts.holding import Held, as_whole, give, told_to_wait
from gateway.attempts.waiting import Waiting
from gateway.call import Cleared
from gateway.deployment import Route
from gateway.errors import (
    AnswerNotValid,
    BadRequest,
    GatewayError,
    NobodyAnswered,
    OverBudget,
    Overloaded,
    RefusedByVendor,
)
from gateway.frames import Sink
from gateway.routing.choosing import NO_TEAM
from gateway.routing.learning import Label, Learning, Sample
from gateway.routing.scoring import Scoring, question, shape
from gateway.routing.wishes import read_wishes
from routing.difficulty.answers import doubt as doubt_of
from routing.difficulty.checks import checked
from routing.difficulty.dial import dialled
from routing.difficulty.features import Features, features
from routing.faults import RULES

_replace = msgspec.structs.replace
# Failures before an answer begins, so that another side can still answer.
_PASSED_OVER = (NobodyAnswered, AnswerNotValid, Overloaded, RefusedByVendor)
# Moves after refusals that the strong side would only repeat.
_LAST_WORD = frozenset(["stop", "alternative"])
_NO_ANSWER = (NobodyAnswered, AnswerNotValid, Overloaded, OverBudget, RefusedByVendor)


class _Asked(NamedTuple):
    """A call of a cascade, ready for the cheap side."""

    question: Cleared  # for a whole answer
    conversation: Conversation
    cascade: Cascade

    @property
    def text(self) -> str:
        return question(self.conversation)


class Cascading:
    """The layer around groups with the `cascade` strategy."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._judge = Judge(means)
        self._scoring = Scoring()

    async def run(self, inner: Run, cleared: Cleared, where: Where, sink: Sink) -> None:
        """Pass on the cheap answer if it is accepted, else the strong one.

        If the strong side fails, a rejected answer is passed on after all, if it is usable. Otherwise raises
        what `inner` raises.
        """
        await self._walk(_Walk(inner, cleared), where, sink)

    async def _walk(self, walk: "_Walk", where: Where, sink: Sink) -> None:
        """`run` for part of a plan: targets before its first cascade, its cheap side, then the rest."""
        call, whole = walk.cleared.call, len(where.plan)
        judged = not (call.operation.embeds or call.operation.counts)  # only conversations can be verified
        span = next((each for each in where.route.spans if judged and each.end < whole), None)
        if span is None:
            await _plainly(walk, where, sink)
            return
        if span.begin:
            if await self._answered(walk, _part(where, 0, span.begin), sink):
                return
            walk = walk._replace(waiting=None)  # the keep-alives have ended
        asked = _asked(walk.cleared, where.route.cascades[span.group])
        waiting = walk.waiting or told_to_wait(call, sink, self._means.books.clock.monotonic)
        try:
            held, doubt = await self._cheaply(walk, asked, _part(where, span.begin, span.end))
            if held is not None and doubt is None:
                self._learn(asked, "cheap")
                give(call, held, sink)
                return
            strong = _part(where, span.end, whole)
            await self._strongly(walk._replace(waiting=waiting), strong, _Last(held, doubt), sink)
            self._learn(asked, "strong")
        finally:
            if waiting is not None:
                waiting.end()

    async def close(self) -> None:
        """Does nothing: there is no background work."""

    async def _answered(self, walk: "_Walk", where: Where, sink: Sink) -> bool:
        """Whether a target before the cascade answers; that answer is not verified.

        Raises what `_pass_over` raises.
        """
        try:
            await _plainly(walk, replace(where, route=replace(where.route, retries=0)), sink)
        except _PASSED_OVER as failure:
            self._pass_over(walk.cleared, failure, "nobody before it has an answer")
            return False
        return True

    def _pass_over(self, cleared: Cleared, failure: GatewayError, who: str) -> None:
        """Record that the next side is tried after this failure; raises it if it is final, or the retry
        budget is spent."""
        if isinstance(failure, RefusedByVendor) and RULES[failure.fault].move in _LAST_WORD:
            raise failure
        if not isinstance(failure, AnswerNotValid) and not self._means.extra.spend():
            cleared.call.trail.append(("route", "denied", "the retry budget is spent", {}))
            raise failure
        cleared.call.trail.append(("cascade", "escalated", f"{who}: {failure.code}", {}))

    async def _cheaply(self, walk: "_Walk", asked: _Asked, where: Where) -> tuple[Held | None, Doubt | None]:
        """The cheap side's answer and the doubt about it, if any; (None, None) if that side failed.

        Raises failures that are final: a refused request, or a call that may not be made at all.
        """
        cleared, held = asked.question, Held()
        call, wanted = cleared.call, cleared.call.asked
        call.asked = _replace(wanted, stream=False)
        try:
            await self._walk(_Walk(walk.inner, cleared), where, held)
        except _PASSED_OVER as failure:
            self._pass_over(cleared, failure, "the cheap side has no answer")
            return None, None
        finally:
            call.asked = wanted
        answer = cast(Dialect, call.dialect).read_answer(held.data)
        doubt = await self._doubt(asked, where.route, answer)
        if doubt is not None:
            self._means.books.metrics.extra.add(("cascade",))
        return held, doubt

    async def _strongly(self, walk: "_Walk", where: Where, last: "_Last", sink: Sink) -> None:
        call = walk.cleared.call
        try:
            await self._walk(walk, where, sink)
        except _NO_ANSWER as failure:
            if last.held is None or last.doubt is None or not last.doubt.usable:
                raise
            call.trail.append(("cascade", "kept", f"the strong side has no answer: {failure.code}", {}))
            give(call, last.held, sink)

    async def _doubt(self, asked: _Asked, route: Route, answer: Answer) -> Doubt | None:
        """The doubt about the cheap answer, by the group's checks, the cheapest first; None: accepted."""
        call, verify = asked.question.call, asked.cascade.options["verify"]
        doubt: Doubt | None = None
        numbers: dict[str, float | int | str] = {}
        if "state" in verify:
            doubt = by_its_state(answer, asked.conversation)
        if doubt is None and "schema" in verify:
            read = AsRead(asked.question.shield)
            doubt = by_its_schema(answer, asked.conversation, call.deployment.validating, read)
        said = said_by(answer) if doubt is None else ""
        if said and "model" in verify:
            doubt, numbers = self._by_model(asked, said)
        if said and doubt is None and "judge" in verify:
            doubt = await self._by_judge(asked, route, said)
        if doubt is None:
            call.trail.append(("cascade", "accepted", "the cheap answer does", numbers))
        else:
            call.trail.append(("cascade", "escalated", f"{doubt.check}: {doubt.reason}", numbers))
            if doubt.check != "model":  # a model must not be trained on its own verdicts
                self._learnt(asked, right=0.0)
        return doubt

    def _by_model(self, asked: _Asked, said: str) -> tuple[Doubt | None, dict[str, float | int | str]]:
        cleared, cascade = asked.question, asked.cascade
        assert cascade.model is not None
        score = doubt_of(cascade.model, _seen(asked), checked(asked.text, said))
        dial = _dial(cleared, cascade)
        rank = self._scoring.rank(cleared, cascade.model, score)
        numbers: dict[str, float | int | str] = {
            "score": round(score, 5),
            "rank": round(rank, 4),
            "dial": dial,
        }
        if dial > 0.0 and rank >= 1.0 - dial:
            return Doubt(
                "model", f"more doubtful than {rank:.0%} of late answers, the dial is {dial:g}"
            ), numbers
        return None, numbers

    async def _by_judge(self, asked: _Asked, route: Route, said: str) -> Doubt | None:
        judge = asked.cascade.judge
        verdict = await self._judge.approves(asked.question, route, judge, (asked.text, said))
        if verdict is None:
            asked.question.call.trail.append(("cascade", "unsure", "the judge said neither yes nor no", {}))
            escalate = asked.cascade.options["unsure"] == "escalate"
            return Doubt("judge", "it could not be judged") if escalate else None
        if verdict:
            self._learnt(asked, right=1.0)
            return None
        return Doubt("judge", "the judge says no")

    def _learnt(self, asked: _Asked, right: float) -> None:
        """Record a label for the cheap answer, apart from feedback on the call's final answer."""
        if (learning := self._learning(asked)) is None:
            return
        sample = _sample(asked, ".cheap", "cheap")
        learning.sample(sample)
        learning.label(Label(sample.request, sample.team, right))

    def _learn(self, asked: _Asked, side: str) -> None:
        """Record the call as a sample, so that later feedback can label it."""
        if (learning := self._learning(asked)) is not None:
            learning.sample(_sample(asked, "", side))

    def _learning(self, asked: _Asked) -> Learning | None:
        return self._means.learning if asked.cascade.options["learn"] else None


def _asked(cleared: Cleared, cascade: Cascade) -> _Asked:
    call = cleared.call
    dialect = cast(Dialect, call.dialect)
    try:
        conversation = dialect.read_request(cleared.body)
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None
    if not call.asked.stream:
        return _Asked(cleared, conversation, cascade)
    body = dialect.write_request(as_whole(conversation), Destination(call.asked.model))
    return _Asked(_replace(cleared, body=body), conversation, cascade)


def _dial(cleared: Cleared, cascade: Cascade) -> float:
    call = cleared.call
    team = call.deployment.catalog.teams.get(cleared.principal.team, NO_TEAM)
    wish = read_wishes(call.headers, call.body, team.controls, call.asked.parts).dial
    return dialled(cascade.options, wish, 0.0 if call.held is None else call.held.drained)


def _seen(asked: _Asked) -> Features:
    return features(asked.text, shape(asked.conversation))


def _sample(asked: _Asked, ending: str, side: str) -> Sample:
    cleared, seen = asked.question, _seen(asked)
    names = (cleared.call.id + ending, cleared.principal.team, cleared.call.asked.model)
    return Sample(*names, side, 1.0, seen.words, [round(each, 5) for each in seen.figures])


class _Last(NamedTuple):
    """The cheap side's answer and its doubt, for use if the strong side fails."""

    held: Held | None
    doubt: Doubt | None


class _Walk(NamedTuple):
    """The call for which a plan is walked, and how."""

    inner: Run
    cleared: Cleared
    waiting: Waiting | None = None  # a stream's keep-alives; the attempt that answers ends them


async def _plainly(walk: _Walk, where: Where, sink: Sink) -> None:
    """Run part of a plan whose answers are not verified."""
    if walk.waiting is not None:
        walk.cleared.call.waiting = walk.waiting
    await walk.inner(walk.cleared, where.route, where.plan, sink)


def _part(where: Where, begin: int, end: int) -> Where:
    """The plan from `begin` to `end`, with the spans strictly inside."""
    spans = tuple(
        span._replace(begin=span.begin - begin, end=span.end - begin)
        for span in where.route.spans
        if begin <= span.begin and span.end <= end and (span.begin, span.end) != (begin, end)
    )
    return Where(replace(where.route, spans=spans), where.plan[begin:end])
