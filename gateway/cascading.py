"""The cheap answer first, and the strong side's where that one does not do.

What is verified is whole. A streamed call is answered whole by the cheap side, and its answer is then written
as a stream; the strong side's answer is not verified, and streams.
"""

from itertools import takewhile
from typing import NamedTuple, cast

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from gateway.around import Means, Run, Where
from gateway.call import Cleared
from gateway.choosing import NO_TEAM
from gateway.deployment import Route
from gateway.errors import (
    AnswerNotValid,
    BadRequest,
    NobodyAnswered,
    OverBudget,
    Overloaded,
    RefusedByVendor,
)
from gateway.frames import Sink
from gateway.holding import Held, as_whole, give, told_to_wait
from gateway.judges import Cascade
from gateway.judging import Judge
from gateway.learning import Label, Learning, Sample
from gateway.scoring import Scoring, question, shape
from gateway.verifying import Doubt, by_its_schema, by_its_state, said_by
from gateway.waiting import Waiting
from gateway.wishes import read_wishes
from routing.difficulty.answers import doubt as doubt_of
from routing.difficulty.checks import checked
from routing.difficulty.dial import dialled
from routing.difficulty.features import Features, features
from routing.faults import Fault

_replace = msgspec.structs.replace
# What ends a call before its answer begins, so that another answer may still be given.
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
    """Stands around the groups that are a cascade."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._judge = Judge(means)
        self._scoring = Scoring()

    async def run(self, inner: Run, cleared: Cleared, where: Where, sink: Sink) -> None:
        """Give the sink the cheap answer if it does, else the strong one.

        Where the strong side does not answer, a doubtful answer is given that is one at all. Else raises
        what `inner` raises.
        """
        route, plan = where.route, where.plan
        cascade = route.cascade
        cheap = plan if cascade is None else tuple(takewhile(lambda each: each.target in cascade.cheap, plan))
        asked = _asked(cleared, cascade) if cascade is not None and 0 < len(cheap) < len(plan) else None
        if asked is None:
            await inner(cleared, route, plan, sink)
            return
        waiting = told_to_wait(cleared.call, sink, self._means.books.clock.monotonic)
        try:
            held, doubt = await self._cheaply(inner, asked, Where(route, cheap))
            if held is not None and doubt is None:
                self._learn(asked, "cheap")
                give(cleared.call, held, sink)
                return
            strong = Where(route, plan[len(cheap) :])
            await self._strongly(inner, cleared, strong, _Last(held, doubt, waiting), sink)
            self._learn(asked, "strong")
        finally:
            if waiting is not None:
                waiting.end()

    async def close(self) -> None:
        """Nothing goes on beside the calls."""

    async def _cheaply(self, inner: Run, asked: _Asked, where: Where) -> tuple[Held | None, Doubt | None]:
        """The cheap side's answer with what speaks against it; no answer where that side failed.

        Raises what is the caller's to know: a refused request, or a call that may not be made at all.
        """
        cleared, held = asked.question, Held()
        call, wanted = cleared.call, cleared.call.asked
        call.asked = _replace(wanted, stream=False)
        try:
            await inner(cleared, where.route, where.plan, held)
        except (NobodyAnswered, AnswerNotValid, Overloaded, RefusedByVendor) as failure:
            if isinstance(failure, RefusedByVendor) and failure.fault is not Fault.TOO_LONG:
                raise
            if not isinstance(failure, AnswerNotValid) and not self._means.extra.spend():
                call.trail.append(("route", "denied", "the retry budget is spent", {}))
                raise
            call.trail.append(("cascade", "escalated", f"the cheap side has no answer: {failure.code}", {}))
            return None, None
        finally:
            call.asked = wanted
        answer = cast(Dialect, call.dialect).read_answer(held.data)
        doubt = await self._doubt(asked, where.route, answer)
        if doubt is not None:
            self._means.books.metrics.extra.add(("cascade",))
        return held, doubt

    async def _strongly(self, inner: Run, cleared: Cleared, where: Where, last: "_Last", sink: Sink) -> None:
        call = cleared.call
        call.waiting = last.waiting  # whoever answers ends it
        try:
            await inner(cleared, where.route, where.plan, sink)
        except _NO_ANSWER as failure:
            if last.held is None or last.doubt is None or not last.doubt.usable:
                raise
            call.trail.append(("cascade", "kept", f"the strong side has no answer: {failure.code}", {}))
            give(call, last.held, sink)

    async def _doubt(self, asked: _Asked, route: Route, answer: Answer) -> Doubt | None:
        """What speaks against the cheap answer, by the checks that the group wants, the cheapest first."""
        call, verify = asked.question.call, asked.cascade.options["verify"]
        doubt: Doubt | None = None
        numbers: dict[str, float | int | str] = {}
        if "state" in verify:
            doubt = by_its_state(answer, asked.conversation)
        if doubt is None and "schema" in verify:
            doubt = by_its_schema(answer, asked.conversation, call.deployment.validating)
        said = said_by(answer) if doubt is None else ""
        if said and "model" in verify:
            doubt, numbers = self._by_model(asked, said)
        if said and doubt is None and "judge" in verify:
            doubt = await self._by_judge(asked, route, said)
        if doubt is None:
            call.trail.append(("cascade", "accepted", "the cheap answer does", numbers))
        else:
            call.trail.append(("cascade", "escalated", f"{doubt.check}: {doubt.reason}", numbers))
            if doubt.check != "model":  # what it says itself, it must not learn from
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
        verdict = await self._judge.approves(asked.question, route, (asked.text, said))
        if verdict is None:
            asked.question.call.trail.append(("cascade", "unsure", "the judge said neither yes nor no", {}))
            escalate = asked.cascade.options["unsure"] == "escalate"
            return Doubt("judge", "it could not be judged") if escalate else None
        if verdict:
            self._learnt(asked, right=1.0)
            return None
        return Doubt("judge", "the judge says no")

    def _learnt(self, asked: _Asked, right: float) -> None:
        """What was found out about the cheap answer; it counts beside what people say of the call's own."""
        if (learning := self._learning(asked)) is None:
            return
        sample = _sample(asked, ".cheap", "cheap")
        learning.sample(sample)
        learning.label(Label(sample.request, sample.team, right))

    def _learn(self, asked: _Asked, side: str) -> None:
        """The call, for whoever says later what its answer was worth."""
        if (learning := self._learning(asked)) is not None:
            learning.sample(_sample(asked, "", side))

    def _learning(self, asked: _Asked) -> Learning | None:
        return self._means.learning if asked.cascade.options["learn"] else None


def _asked(cleared: Cleared, cascade: Cascade) -> _Asked | None:
    """None: what is asked for is no conversation, and its answer cannot be judged."""
    call = cleared.call
    if call.operation.embeds or call.operation.counts:
        return None
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
    wish = read_wishes(call.headers, call.body, team.controls).dial
    return dialled(cascade.options, wish, 0.0 if call.held is None else call.held.drained)


def _seen(asked: _Asked) -> Features:
    return features(asked.text, shape(asked.conversation))


def _sample(asked: _Asked, ending: str, side: str) -> Sample:
    cleared, seen = asked.question, _seen(asked)
    names = (cleared.call.id + ending, cleared.principal.team, cleared.call.asked.model)
    return Sample(*names, side, 1.0, seen.words, [round(each, 5) for each in seen.figures])


class _Last(NamedTuple):
    """What is there when the strong side is asked."""

    held: Held | None
    doubt: Doubt | None
    waiting: Waiting | None
