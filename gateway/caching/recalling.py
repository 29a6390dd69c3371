"""Puts the cache on the request path, between the input and output guards: it sees only masked text."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from caching.flight import Flight
from caching.kept import Kept
from caching.memory import Memory
from caching.purging import doomed
from caching.store import Found, Store
from dialects.errors import Malformed
from gateway.books import Books
from gateway.caching.alike import Alike
from gateway.caching.elsewhere import Elsewhere, Since
from gateway.caching.following import SHARED, Following
from gateway.caching.freshness import is_fresh, kept_of, may_be_renewed, may_stand_in
from gateway.caching.keeping import Keeping
from gateway.caching.leading import Leading
from gateway.caching.purged import Purged
from gateway.caching.refreshing import Refreshing
from gateway.caching.replays import Replays
from gateway.caching.rules import CacheRules
from gateway.caching.sought import Sought, seek
from gateway.caching.vectoring import Batch, Completing, Vectoring
from gateway.call import Call, Cleared
from gateway.errors import GatewayError, NotCached
from gateway.frames import Sink
from gateway.telemetry.bounds import bounds

if TYPE_CHECKING:
    from gateway.caching.likeness import Likeness

Answering = Coroutine[Any, Any, None]


class Recalling:
    """Serves stored answers, and lets concurrent identical calls share one upstream call."""

    def __init__(
        self,
        books: Books,
        ids: Callable[[], str] = str,
        again: Callable[[Call], Answering] | None = None,
        likeness: Callable[[], "Likeness"] | None = None,
    ) -> None:
        """`again` runs a call that has no caller, `ids` makes the ids of such calls. `likeness` makes the
        semantic cache, once a team has one.
        """
        self._books = books
        self._refreshing = None if again is None else Refreshing(again, ids, books.clock.monotonic)
        self._replays = Replays(books)
        self.memory = Memory(0)
        self._purged = Purged(books.clock.monotonic)
        self._vectoring = Vectoring(self.memory, self._replays, books.clock.unix_seconds, self._purged)
        self._batches: dict[str, Batch] = {}  # by the id of the call that leads
        self._leading = Leading()
        self._elsewhere: Elsewhere | None = None
        self._store: Store | None = None
        self._in_front = True  # whether answers are also kept in memory, in front of the store
        self._rules: CacheRules | None = None
        self._make_likeness = likeness
        self._alike: Alike | None = None

    @property
    def likeness(self) -> "Likeness | None":
        """The semantic cache; None until a team has one."""
        return None if self._alike is None else self._alike.likeness

    async def recall(self, cleared: Cleared, sink: Sink) -> Cleared | None:
        """Give the sink a stored or shared answer, and return None; else return the call still to be made.

        Raises NotCached if there is none and the caller wants only a cached answer.
        """
        call, who = cleared.call, cleared.principal
        rules = call.deployment.caching
        if rules is None or (policy := rules.policy(who.team)) is None:
            return cleared
        model = call.asked.model
        if not who.allows(model) or (route := call.deployment.route(model)) is None:
            return cleared  # the router reports the error
        if rules is not self._rules:
            self._follow(rules)
        call.label = route.label
        sought = seek(cleared, rules, policy)
        if isinstance(sought, str):
            call.trail.append(("cache", "bypass", sought, {}))
            return cleared
        if sought.base:
            return await self._recall_vectors(sought, sink)
        here = self.memory.holds(sought.fingerprint) and not sought.controls.no_cache
        if here and self._remembered(sought, sink, is_fresh, "hit"):
            return None
        # Not fresh in memory, but it may still come from a store, a similar request or a stale entry.
        further = self._elsewhere is not None or policy.semantic is not None or policy.stale_while_revalidate
        if (further or self._leading.leads(sought.fingerprint)) and await self._recall(sought, sink):
            return None
        self._miss(sought)
        self._leading.lead(sought)
        return cleared

    async def _recall(self, sought: Sought, sink: Sink) -> bool:
        if not sought.controls.no_cache and await self._joined(sought, sink):
            return True
        if self._elsewhere is not None and await self._found(self._elsewhere, sought, sink):
            return True
        semantic = sought.policy.semantic
        if semantic is None or self._alike is None:
            return False
        return await self._alike.give(semantic, sought, sink, self._fresh(sought), self._give_up)

    def _follow(self, rules: CacheRules) -> None:
        """Apply these rules from now on."""
        self._rules = rules
        self.memory.resize(rules.facts.size)
        self._leading.bound = rules.facts.entry
        if self.likeness is not None:
            self.likeness.follow()
        if rules.facts.semantic and self._alike is None and self._make_likeness is not None:
            likeness = self._make_likeness()
            if self._store is not None:
                likeness.listen(self._store)
            self._alike = Alike(likeness, self._leading, self._replays, self._refreshing, self._purged)
            self._books.metrics.families(lambda: bounds(likeness.bounds))

    async def _recall_vectors(self, sought: Sought, sink: Sink) -> Cleared | None:
        in_the_air = not sought.controls.no_cache and self._leading.leads(sought.fingerprint)
        try:
            batch = self._vectoring.recall(sought, sink)
            if batch is not None and in_the_air:
                if await self._joined(sought, sink):
                    return None
                batch = self._vectoring.recall(sought, sink)
        except Malformed:
            return sought.cleared  # a later step reports what is wrong with it
        if batch is None:
            return None
        # Processes share whole batches: looking up each input would take as long as requesting it.
        if self._elsewhere is not None and not self._in_front:
            if await self._found(self._elsewhere, sought, sink):
                return None
        self._miss(sought)
        self._leading.lead(sought)
        self._batches[sought.cleared.call.id] = batch
        return self._vectoring.narrowed(sought, batch)

    def _miss(self, sought: Sought) -> None:
        """Record a miss. Raises NotCached if the caller wants only a cached answer."""
        call, controls = sought.cleared.call, sought.controls
        if controls.only_if_cached:
            raise NotCached("No answer to this request is cached, and the request says only-if-cached.")
        call.cache = "miss"
        reason = "no-cache" if controls.no_cache else ""
        call.trail.append(("cache", "miss", reason, {"key": sought.key}))

    async def _joined(self, sought: Sought, sink: Sink) -> bool:
        """Serve a stale answer while it is renewed, or follow an equal call in flight; False: neither."""
        while True:
            if sought.policy.stale_while_revalidate:
                if self._remembered(sought, sink, may_be_renewed, "stale"):
                    self._refresh(sought)
                    return True
            found = self._leading.joinable(sought.fingerprint)
            if found is None:
                return False
            leader, flight = found
            if self._purged.meant(leader):
                self._leading.close(leader)
                return False
            following = Following(sought, flight, leader.form, self._replays)
            if await following.follow(sink, lambda: self._instead(sought, sink)):
                return True
            if self._remembered(sought, sink, is_fresh, "hit"):
                return True

    def _fresh(self, sought: Sought) -> Callable[[bytes], Coroutine[Any, Any, Kept | None]]:
        """A function that finds the answer under a fingerprint, if it is fresh enough for this call."""
        now = sought.cleared.call.at_ms / 1000

        async def find(fingerprint: bytes) -> Kept | None:
            kept: Found = self.memory.get(fingerprint, now) or False
            if kept is False and self._elsewhere is not None:
                kept = await self._elsewhere.get(fingerprint)
            if kept is False and self.likeness is not None:  # certainly gone, not just unavailable or stale
                self.likeness.drop(fingerprint)
            return kept if kept and is_fresh(kept, sought) else None

        return find

    def complain(self, call_id: str, team: str) -> bool:
        """Report a call's answer as wrong. If it was a semantic hit of this team, the stored answer is
        deleted; returns whether it was.
        """
        fingerprint = None if self.likeness is None else self.likeness.complain(call_id, team)
        if fingerprint is None:
            return False
        self.memory.drop(fingerprint)
        if self._elsewhere is not None:
            self._elsewhere.forget(fingerprint)
        return True

    async def _found(self, elsewhere: Elsewhere, sought: Sought, sink: Sink) -> bool:
        """Serve what other processes have stored or are about to; False: this call has to be made."""
        controls = sought.controls
        if controls.no_cache:
            return False
        if controls.only_if_cached or not sought.policy.single_flight:
            kept = await elsewhere.look(sought)
            return kept is not None and is_fresh(kept, sought) and self._give(sought, kept, sink)
        flight = self._leading.lead(sought)  # so that equal calls here wait with it
        kept, looked = None, False
        try:
            kept = await elsewhere.find(sought)
            looked = True
        finally:
            if kept is not None or not looked:
                self._leading.step_back(sought)
                flight.lose(None) if kept is None else flight.land(kept)
        return kept is not None and is_fresh(kept, sought) and self._give(sought, kept, sink)

    def _give(self, sought: Sought, kept: Kept, sink: Sink) -> bool:
        said = self._replays.say(sought, kept)
        if said is not None:
            if self._in_front:
                self.memory.put(sought.fingerprint, said[1])
            self._replays.give(sought, said[1], said[0], sink, "hit")
            if self._alike is not None:
                self._found_again(self._alike, sought)
        return said is not None

    def _found_again(self, alike: Alike, sought: Sought) -> None:
        if alike.unfound:
            alike.put(sought, lambda: self._tell_text(sought))

    def _tell_text(self, sought: Sought) -> None:
        asked = None if self.likeness is None else self.likeness.asked(sought.fingerprint)
        if self._elsewhere is not None and asked is not None:
            self._elsewhere.add(sought, asked, lambda: not self._purged.meant(sought))

    def _give_up(self, sought: Sought) -> None:
        if self._elsewhere is not None:
            self._elsewhere.give_up(sought)

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
        if self._alike is not None:
            self._found_again(self._alike, sought)
        return True

    def _instead(self, sought: Sought, sink: Sink) -> bool:
        """Serve a stale answer in place of a vendor's failure."""
        return self._remembered(sought, sink, may_stand_in, "stale")

    def _refresh(self, sought: Sought) -> None:
        if sought.controls.only_if_cached:  # the caller does not want to pay for an upstream call
            return
        if self._refreshing is not None and not self._leading.leads(sought.fingerprint):
            anew = self._refreshing.anew(sought.cleared.call, "renews")
            self._refreshing.start(sought.fingerprint, anew)

    def remember(self, cleared: Cleared, sink: Sink) -> AbstractContextManager[Sink]:
        """A sink that passes the answer on and stores it if complete. Leaving it ends the flight."""
        sought = self._leading.take(cleared.call.id)
        if sought is None or sought.flight is None:
            return nullcontext(sink)
        keeping = Keeping(sink, sought.flight, sought, self._over)
        batch = self._batches.pop(cleared.call.id, None) if sought.base else None
        return keeping if batch is None else Completing(keeping, self._vectoring, batch)

    def _over(self, sought: Sought, sink: Sink, error: BaseException | None) -> bool:
        """The leader's call has ended; returns whether a stale answer replaced its failure."""
        flight, row, elsewhere = sought.flight, sought.cleared.call.served, self._elsewhere
        assert flight is not None
        self._leading.end(sought)
        followed = flight.followers is not None  # else no call has seen the flight, and none will
        if followed and row is not None:
            flight.by, flight.cost = (row.vendor, row.model_served), row.cost
        if error is not None:
            return self._failed(sought, flight, sink, error)
        purged = self._purged.meant(sought)
        kept = None if purged else kept_of(sought, flight, self._books.clock.unix_seconds())
        if sought.inquiry is not None:
            self._learn(sought, kept)
        apart = sought.base and self._in_front  # each vector is kept by itself
        if elsewhere is not None and not apart:
            self._tell(elsewhere, sought, kept)
        if kept is not None and self._in_front and not apart:
            self.memory.put(sought.fingerprint, kept)
        if followed:
            flight.land(kept)
        return False

    def _failed(self, sought: Sought, flight: Flight, sink: Sink, error: BaseException) -> bool:
        self._learn(sought, None)
        flight.lose(error if isinstance(error, GatewayError) else None)
        if self._elsewhere is not None:
            self._elsewhere.give_up(sought)
        return isinstance(error, SHARED) and not flight.begun and self._instead(sought, sink)

    def _tell(self, elsewhere: Elsewhere, sought: Sought, kept: Kept | None) -> None:
        """Store the answer at once, as others wait for it; its text follows once its lookup has ended."""
        likeness, fingerprint = self.likeness, sought.fingerprint
        asked = None if likeness is None else likeness.asked(fingerprint)
        elsewhere.tell(sought, kept, asked)
        if likeness is None or asked is not None or kept is None or sought.inquiry is None:
            return

        def tell_text() -> None:
            late = None if self._purged.meant(sought) else likeness.asked(fingerprint)
            if late is not None:
                elsewhere.tell(sought, kept, late)

        likeness.looks.after(sought.inquiry, tell_text)

    def _learn(self, sought: Sought, kept: Kept | None) -> None:
        if self._alike is not None:
            self._alike.learn(sought, kept)

    def share(self, store: Store | None) -> None:
        """Use this store from now on, with memory in front of it if it is local."""
        if store is not None:
            self._store = store
            self._in_front = store.local
            self._elsewhere = Elsewhere(store, self._replays, self._books.clock.unix_seconds)

    def obey(self, orders: Iterable[str]) -> None:
        """Execute purge orders, in memory and in the store; orders of other kinds are ignored."""
        meant = doomed(orders)
        if meant is None:
            return
        self._purged.note(meant)
        self._forget(meant)
        if self._elsewhere is not None:
            self._elsewhere.purge(meant, self._forget)

    def _forget(self, meant: Callable[[bytes, Kept], bool]) -> None:
        self.memory.purge(meant)
        if self.likeness is not None:
            self.likeness.purged(self.memory.holds)

    def catch_up(self, since: Since) -> None:
        """Execute in the store the purges given while no process was running; `since` returns them."""
        if self._elsewhere is not None:
            self._elsewhere.catch_up(since, self._forget)

    async def close(self) -> None:
        """Finish pending writes to the store."""
        if self.likeness is not None:
            await self.likeness.close()  # first, as lookups under way write to the store too
        if self._elsewhere is not None:
            await self._elsewhere.close()
