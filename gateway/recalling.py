"""Puts the cache on the road, between the guards: it sees only what was masked."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import msgspec

from caching.flight import Flight
from caching.kept import Kept
from caching.memory import Memory
from caching.purging import doomed
from caching.remote import Remote
from config.caching import SemanticPolicy
from dialects.errors import Malformed
from gateway.books import Books
from gateway.cache_rules import CacheRules
from gateway.call import Call, Cleared
from gateway.elsewhere import Elsewhere
from gateway.errors import GatewayError, NotCached
from gateway.following import SHARED, Following
from gateway.frames import Sink
from gateway.keeping import Keeping
from gateway.refreshing import ANEW, Refreshing
from gateway.replays import Replays
from gateway.sought import Sought, seek
from gateway.vectoring import Batch, Completing, Vectoring

if TYPE_CHECKING:
    from gateway.likeness import Inquiry, Likeness

Answering = Coroutine[Any, Any, None]


class Recalling:
    """Answers from memory what was answered before, and asks once what is asked several times at once."""

    def __init__(
        self,
        books: Books,
        ids: Callable[[], str] = str,
        again: Callable[[Call], Answering] | None = None,
        likeness: Callable[[], "Likeness"] | None = None,
    ) -> None:
        """`again` answers a call for nobody, `ids` makes the ids of such calls. `likeness` makes what the
        semantic cache needs, once somebody has one.
        """
        self._books = books
        self._ids = ids
        self._refreshing = None if again is None else Refreshing(again)
        self._replays = Replays(books)
        self.memory = Memory(0)
        self._vectoring = Vectoring(self.memory, self._replays, books.clock.unix_seconds)
        self._batches: dict[str, tuple[Sought, Batch]] = {}  # as `_begun`
        self._elsewhere: Elsewhere | None = None
        self._rules: CacheRules | None = None
        self._make_likeness = likeness
        self.likeness: Likeness | None = None
        self._checks: dict[str, Inquiry] = {}  # by the id of the call that checks
        self._leaders: dict[bytes, Sought] = {}  # by fingerprint: the calls that others may join
        self._begun: dict[
            str, Sought
        ] = {}  # by the call's id: those on their way from `recall` to `remember`

    async def recall(self, cleared: Cleared, sink: Sink) -> Cleared | None:
        """Give the sink the remembered answer: None. Else the call that is still to be made."""
        call, who = cleared.call, cleared.principal
        rules = call.deployment.caching
        if rules is None or (policy := rules.policy(who.team)) is None:
            return cleared
        model = call.asked.model
        if not who.allows(model) or (route := call.deployment.route(model)) is None:
            return cleared  # the router says what is wrong
        if rules is not self._rules:
            self._rules = rules
            self.memory.resize(rules.facts.size)
            if rules.facts.semantic and self.likeness is None and self._make_likeness is not None:
                self.likeness = self._make_likeness()
        call.label = route.label
        sought = seek(cleared, rules, policy)
        if isinstance(sought, str):
            call.trail.append(("cache", "bypass", sought, {}))
            return cleared
        if sought.base and self._elsewhere is None:
            return self._recall_vectors(sought, sink)
        return None if await self._recall(sought, sink) else cleared

    def _recall_vectors(self, sought: Sought, sink: Sink) -> Cleared | None:
        try:
            batch = self._vectoring.recall(sought, sink)
        except Malformed:
            return sought.cleared  # whoever answers says what is wrong with it
        if batch is None:
            return None
        self._miss(sought)
        self._batches[sought.cleared.call.id] = (sought, batch)
        return self._vectoring.narrowed(sought, batch)

    def _miss(self, sought: Sought) -> None:
        """It goes upstream, unless that is not wanted."""
        call, controls = sought.cleared.call, sought.controls
        if controls.only_if_cached:
            raise NotCached("No answer to this is kept, and the request says only-if-cached.")
        call.cache = "miss"
        reason = "no-cache" if controls.no_cache else ""
        call.trail.append(("cache", "miss", reason, {"key": sought.key}))

    async def _recall(self, sought: Sought, sink: Sink) -> bool:
        controls = sought.controls
        while not controls.no_cache:
            if self._remembered(sought, sink, _is_fresh, "hit"):
                return True
            if sought.policy.stale_while_revalidate:
                if self._remembered(sought, sink, _may_be_renewed, "stale"):
                    self._refresh(sought)
                    return True
            leader = self._leaders.get(sought.fingerprint)
            if leader is None or leader.flight is None or not leader.flight.joinable:
                break
            following = Following(sought, leader.flight, leader.form, self._replays)
            if await following.follow(sink, lambda: self._instead(sought, sink)):
                return True
        if self._elsewhere is not None and await self._found(self._elsewhere, sought, sink):
            return True
        semantic = sought.policy.semantic
        if semantic is not None and await self._alike(semantic, sought, sink):
            return True
        self._miss(sought)
        self._lead(sought)
        return False

    async def _alike(self, policy: SemanticPolicy, sought: Sought, sink: Sink) -> bool:
        """Give what was answered to a text that means the same. Equal calls wait with this one."""
        likeness = self.likeness
        if likeness is None or sought.controls.no_cache:
            sought.inquiry = self._checks.pop(sought.cleared.call.id, None)
            return False
        flight = None if sought.controls.only_if_cached else self._lead(sought)
        goes_on = False
        try:
            inquiry = await likeness.inquire(sought, policy, self._fresh(sought))
            if isinstance(inquiry, str):
                sought.cleared.call.trail.append(("cache", "not compared", inquiry, {}))
                goes_on = True
                return False
            sought.inquiry = inquiry
            goes_on = not self._give_alike(likeness, inquiry, sought, sink)
        finally:
            if not goes_on and flight is not None:
                self._step_back(sought)
                flight.lose(None)  # each that waited has its own look, with this one's vector
                if self._elsewhere is not None:
                    self._elsewhere.give_up(sought)
        return not goes_on

    def _give_alike(self, likeness: "Likeness", inquiry: "Inquiry", sought: Sought, sink: Sink) -> bool:
        call, candidate, kept = sought.cleared.call, inquiry.candidate, inquiry.kept
        if candidate is None or kept is None:
            return False
        accepted = likeness.accepts(inquiry)
        said = self._replays.say(sought, kept) if accepted else None
        cosine = round(candidate.cosine, 4)
        call.trail.append(
            ("cache", "near" if said is None else "alike", candidate.reason, {"cosine": cosine})
        )
        if said is None:
            return False
        if likeness.give(call.id, inquiry) and self._refreshing is not None:
            anew = self._anew(call, "checks")
            self._checks[anew.id] = inquiry
            over = lambda: self._unchecked(likeness, anew.id)  # noqa: E731
            self._refreshing.start(sought.fingerprint, anew, over)
        self._replays.give(sought, said[1], said[0], sink, "semantic")
        return True

    def _unchecked(self, likeness: "Likeness", call_id: str) -> None:
        """A check is over; one that never came to its answer says nothing good."""
        inquiry = self._checks.pop(call_id, None)
        if inquiry is not None:
            likeness.learn(inquiry, None)

    def _fresh(self, sought: Sought) -> Callable[[bytes], Coroutine[Any, Any, Kept | None]]:
        """What finds an answer that this call may have."""
        now = sought.cleared.call.at_ms / 1000

        async def find(fingerprint: bytes) -> Kept | None:
            kept = self.memory.get(fingerprint, now)
            if kept is None and self._elsewhere is not None:
                kept = await self._elsewhere.get(fingerprint)
            return kept if kept is not None and _is_fresh(kept, sought) else None

        return find

    def complain(self, call_id: str, team: str) -> bool:
        """Somebody says that an answer was wrong: whether it was one to another text, which is forgotten."""
        fingerprint = None if self.likeness is None else self.likeness.complain(call_id, team)
        if fingerprint is None:
            return False
        self.memory.drop(fingerprint)
        if self._elsewhere is not None:
            self._elsewhere.forget(fingerprint)
        return True

    async def _found(self, elsewhere: Elsewhere, sought: Sought, sink: Sink) -> bool:
        """Give what other processes have, or will have in a moment; False: it is this call's turn."""
        controls = sought.controls
        if controls.no_cache:
            return False
        if controls.only_if_cached or not sought.policy.single_flight:
            kept = await elsewhere.look(sought)
            return kept is not None and self._give(sought, kept, sink)
        flight = self._lead(sought)  # so that equal calls here wait with it
        kept, looked = None, False
        try:
            kept = await elsewhere.find(sought)
            looked = True
        finally:
            if kept is not None or not looked:
                self._step_back(sought)
                flight.lose(None) if kept is None else flight.land(kept)
        return kept is not None and _is_fresh(kept, sought) and self._give(sought, kept, sink)

    def _step_back(self, sought: Sought) -> None:
        """It does not lead any more."""
        self._begun.pop(sought.cleared.call.id, None)
        if self._leaders.get(sought.fingerprint) is sought:
            del self._leaders[sought.fingerprint]
        sought.flight = None

    def _give(self, sought: Sought, kept: Kept, sink: Sink) -> bool:
        said = self._replays.say(sought, kept)
        if said is not None:
            self._replays.give(sought, said[1], said[0], sink, "hit")
        return said is not None

    def _remembered(
        self, sought: Sought, sink: Sink, may_be: Callable[[Kept, Sought], bool], verdict: str
    ) -> bool:
        kept = self.memory.get(sought.fingerprint, sought.cleared.call.at_ms / 1000)
        if kept is None or not may_be(kept, sought):
            return False
        said = self._replays.say(sought, kept)
        if said is None:
            self.memory.drop(sought.fingerprint)
            return False
        body, judged = said
        if judged is not kept:
            self.memory.swap(sought.fingerprint, judged)
        self._replays.give(sought, judged, body, sink, verdict)
        return True

    def _instead(self, sought: Sought, sink: Sink) -> bool:
        """Give an old answer where the vendor has failed."""
        return self._remembered(sought, sink, _may_stand_in, "stale")

    def _refresh(self, sought: Sought) -> None:
        if self._refreshing is None or sought.fingerprint in self._leaders:
            return
        anew = self._anew(sought.cleared.call, "renews")
        self._refreshing.start(sought.fingerprint, anew)

    def _anew(self, call: Call, why: str) -> Call:
        """The same call for nobody, which asks a vendor."""
        return msgspec.structs.replace(
            call,
            id=self._ids(),
            arrived=self._books.clock.monotonic(),
            trail=[("cache", why, call.id, {})],
            attempts=0,
            waiting=None,
            held=None,
            told=b"",
            headers=ANEW,
            caller=None,
            cache="",
            served=None,
        )

    def _lead(self, sought: Sought) -> Flight:
        if sought.flight is None:
            sought.flight = Flight(self._rules.facts.entry if self._rules is not None else 0)
            self._begun[sought.cleared.call.id] = sought
            if sought.policy.single_flight:
                self._leaders.setdefault(sought.fingerprint, sought)
        return sought.flight

    def remember(self, cleared: Cleared, sink: Sink) -> AbstractContextManager[Sink]:
        """A sink that keeps a complete answer on its way. Leaving it tells those who wait for the same."""
        if self._batches and (pair := self._batches.pop(cleared.call.id, None)):
            of_batch, batch = pair
            return Completing(sink, lambda data: self._vectoring.complete(of_batch, batch, data))
        sought = self._begun.pop(cleared.call.id, None) if self._begun else None
        if sought is None or sought.flight is None:
            return nullcontext(sink)
        flight = sought.flight
        return Keeping(sink, flight, cleared.call, lambda error: self._over(sought, sink, error))

    def _over(self, sought: Sought, sink: Sink, error: BaseException | None) -> bool:
        """The leader's call has ended; whether its failure was made good."""
        flight, row, elsewhere = sought.flight, sought.cleared.call.served, self._elsewhere
        assert flight is not None
        self._step_back(sought)
        if row is not None:
            flight.by, flight.cost = (row.vendor, row.model_served), row.cost
        if error is not None:
            self._learn(sought, None)
            flight.lose(error if isinstance(error, GatewayError) else None)
            if elsewhere is not None:
                elsewhere.give_up(sought)
            return isinstance(error, SHARED) and not flight.begun and self._instead(sought, sink)
        kept = self._kept(sought, flight)
        self._learn(sought, kept)
        if elsewhere is not None:
            elsewhere.tell(sought, kept)
        elif kept is not None:
            self.memory.put(sought.fingerprint, kept)
        flight.land(kept)
        return False

    def _learn(self, sought: Sought, kept: Kept | None) -> None:
        if sought.inquiry is None or self.likeness is None:
            return
        if kept is not None:
            self.likeness.keep(sought, sought.inquiry)
        self.likeness.learn(sought.inquiry, kept)

    def share(self, store: Remote) -> None:
        """Keep answers where several processes find them, from now on."""
        self._elsewhere = Elsewhere(store, self._replays, self._books.clock.unix_seconds)

    def obey(self, orders: Iterable[str]) -> None:
        """Forget what these orders mean; others than `caching.purging`'s are passed over."""
        meant = doomed(orders)
        if meant is None:
            return
        self.memory.purge(meant)
        if self._elsewhere is not None:
            self._elsewhere.purge(meant)

    async def close(self) -> None:
        """Let what is on its way to the store arrive."""
        if self._elsewhere is not None:
            await self._elsewhere.close()
        if self.likeness is not None:
            await self.likeness.close()

    def _kept(self, sought: Sought, flight: Flight) -> Kept | None:
        """The answer as it is kept; None where it is not complete, or too long."""
        call, policy, who = sought.cleared.call, sought.policy, sought.cleared.principal
        row = call.served
        if row is None or not flight.begun or not flight.complete:
            return None
        now = self._books.clock.unix_seconds()
        fresh_until = now + policy.exact
        return Kept(
            sought.form.operation,
            sought.form.stream,
            sought.form.include_usage,
            b"".join(flight.pieces),
            flight.lines,
            row.vendor,
            row.model_served,
            None if row.estimated else row.usage,
            row.cost,
            call.asked.max_output,
            call.asked.choices,
            now,
            fresh_until,
            fresh_until + max(policy.stale_while_revalidate, policy.stale_if_error),
            who.organisation,
            who.team,
            call.asked.model,
            sought.controls.tags,
        )


def _is_fresh(kept: Kept, sought: Sought) -> bool:
    now = sought.cleared.call.at_ms / 1000
    oldest = sought.policy.exact
    if sought.controls.max_age is not None:
        oldest = min(oldest, sought.controls.max_age)
    return now < kept.fresh_until and now - kept.at <= oldest


def _may_be_renewed(kept: Kept, sought: Sought) -> bool:
    """Whether it may be given once more while a new one is asked for."""
    policy, now = sought.policy, sought.cleared.call.at_ms / 1000
    asked = sought.controls.max_age is None
    return asked and 0 <= now - kept.fresh_until < policy.stale_while_revalidate


def _may_stand_in(kept: Kept, sought: Sought) -> bool:
    """Whether it is better than no answer."""
    return sought.cleared.call.at_ms / 1000 - kept.fresh_until < sought.policy.stale_if_error
