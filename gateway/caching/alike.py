"""The semantic cache on the request path: answers to paraphrases, and what is learned from them."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from caching.kept import Kept
from config.caching import SemanticPolicy
from gateway.caching.leading import Leading
from gateway.caching.purged import Purged
from gateway.caching.refreshing import Refreshing
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought
from gateway.call import Call, TrailStep
from gateway.frames import Sink

if TYPE_CHECKING:  # their imports take 30 MB, which a gateway without a semantic cache does not spend
    from gateway.caching.inquiry import Inquiry
    from gateway.caching.likeness import Likeness

_MOST_UNFOUND = 4096
Finding = Callable[[bytes], Coroutine[Any, Any, Kept | None]]


class Alike:
    """Serves the answers that `likeness` accepts, and checks some of them with new calls."""

    def __init__(
        self,
        likeness: "Likeness",
        leading: Leading,
        replays: Replays,
        refreshing: Refreshing | None,
        purged: Purged,
    ) -> None:
        self.likeness = likeness
        self._leading = leading
        self._replays = replays
        self._refreshing = refreshing
        self._purged = purged
        self._checks: dict[str, Inquiry] = {}  # by the id of the checking call
        # Fingerprints of answers that may be stored without an entry for their text, which had no vector.
        self.unfound: dict[bytes, None] = {}

    async def give(
        self,
        policy: SemanticPolicy,
        sought: Sought,
        sink: Sink,
        find: Finding,
        give_up: Callable[[Sought], None],
    ) -> bool:
        """Serve the answer to a text that means the same; False: the call goes upstream.

        Equal calls wait with this one. `find` returns an answer that this call may have; `give_up` releases
        this call's lease on the answer in the store.
        """
        call, controls = sought.cleared.call, sought.controls
        if controls.no_cache:
            sought.inquiry = self._checks.pop(call.id, None)
            if sought.inquiry is None:
                self._note(sought.fingerprint)
            return False
        inquiry = self.likeness.begin(sought, policy)
        if isinstance(inquiry, str):
            call.trail.append(("cache", "not compared", inquiry, {}))
            return False
        sought.inquiry = inquiry
        if self.likeness.hopes(inquiry):
            return await self._wait(inquiry, sought, sink, find, give_up)
        if not controls.only_if_cached:
            self.likeness.looks.start(inquiry, self._look(inquiry, call, find))
        return False

    async def _wait(
        self,
        inquiry: "Inquiry",
        sought: Sought,
        sink: Sink,
        find: Finding,
        give_up: Callable[[Sought], None],
    ) -> bool:
        flight = None if sought.controls.only_if_cached else self._leading.lead(sought)
        goes_on = False
        try:
            await self.likeness.look(inquiry, find)
            goes_on = not self._give(inquiry, sought, sink)
        finally:
            if not goes_on and flight is not None:
                self._leading.step_back(sought)
                flight.lose(None)  # each call that waited makes its own lookup, with this one's vector
                give_up(sought)
        return not goes_on

    async def _look(self, inquiry: "Inquiry", call: Call, find: Finding) -> None:
        """Looks it up while the call is answered; a call that ends first has no near text in its trail."""
        await self.likeness.look(inquiry, find)
        call.trail += _seen(inquiry, given=False)

    def _give(self, inquiry: "Inquiry", sought: Sought, sink: Sink) -> bool:
        call, kept = sought.cleared.call, inquiry.kept
        said = self._replays.say(sought, kept) if kept and self.likeness.accepts(inquiry) else None
        call.trail += _seen(inquiry, given=said is not None)
        if said is None:
            return False
        if self.likeness.give(call.id, inquiry) and self._refreshing is not None:
            anew = self._refreshing.anew(call, "checks")
            self._checks[anew.id] = inquiry
            self._refreshing.start(sought.fingerprint, anew, lambda: self._unchecked(anew.id))
        self._replays.give(sought, said[1], said[0], sink, "semantic")
        return True

    def _unchecked(self, call_id: str) -> None:
        """A checking call has ended; if it never came to an answer, the check counts as failed."""
        inquiry = self._checks.pop(call_id, None)
        if inquiry is not None:
            self.likeness.learn(inquiry, None)

    def learn(self, sought: Sought, kept: Kept | None) -> None:
        """Learn from the answer of a call that went upstream, and index its text; None: it got none to
        store.
        """
        inquiry = sought.inquiry
        if inquiry is not None:
            self.likeness.looks.after(inquiry, lambda: self._learn(sought, inquiry, kept))

    def _learn(self, sought: Sought, inquiry: "Inquiry", kept: Kept | None) -> None:
        if kept is not None and not self._purged.meant(sought):  # it may have been purged meanwhile
            self._keep(sought, inquiry)
        self.likeness.learn(inquiry, kept)

    def _keep(self, sought: Sought, inquiry: "Inquiry") -> None:
        self.likeness.keep(sought.fingerprint, inquiry)
        if inquiry.vector is None:
            self._note(sought.fingerprint)

    def _note(self, fingerprint: bytes) -> None:
        if self.likeness.holds(fingerprint):
            return
        while len(self.unfound) >= _MOST_UNFOUND:
            del self.unfound[next(iter(self.unfound))]
        self.unfound[fingerprint] = None

    def put(self, sought: Sought, then: Callable[[], None]) -> None:
        """Index the text of an exact hit in the background, if it is `unfound`. `then` runs if the text has a
        vector now.
        """
        policy, fingerprint = sought.policy.semantic, sought.fingerprint
        if policy is None or fingerprint not in self.unfound or self.likeness.looks.full:
            return
        del self.unfound[fingerprint]
        inquiry = self.likeness.begin(sought, policy)
        if isinstance(inquiry, str) or self.likeness.holds(fingerprint):
            return

        def put() -> None:
            if not self._purged.meant(sought):
                self._keep(sought, inquiry)
                if inquiry.vector is not None:
                    then()

        self.likeness.looks.start(inquiry, self._embed(inquiry))
        self.likeness.looks.after(inquiry, put)

    async def _embed(self, inquiry: "Inquiry") -> None:
        await self.likeness.embed(inquiry)


def _seen(inquiry: "Inquiry", *, given: bool) -> list[TrailStep]:
    candidate = inquiry.candidate
    if inquiry.vector is None:
        return [("cache", "not compared", "no vector", {})]
    if candidate is None or inquiry.kept is None:
        return []
    return [("cache", "alike" if given else "near", candidate.reason, {"cosine": round(candidate.cosine, 4)})]
