"""The semantic cache of a process: finds answers to the same question in other words."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from caching.kept import Asked, Kept
from caching.replaying import read
from caching.semantic.acceptance import Acceptance, Aims, Evidence, Label, Lesson, Report
from caching.semantic.comparing import best, same_answer
from caching.semantic.packing import packed
from caching.semantic.pool import Count, Pool
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Entry, Shelves
from caching.semantic.traits import Traits, traits
from caching.semantic.wording import bare, wording
from caching.store import Store
from config.caching import JUDGES, SemanticPolicy
from dialects.answer import Answer
from dialects.conversation import Text, Thinking
from dialects.errors import Malformed
from gateway.caching.evidence import EvidenceFile
from gateway.caching.hearsay import Hearsay
from gateway.caching.inquiry import Inquiry, Place, inquiry_of
from gateway.caching.looks import Look, Looks
from gateway.caching.neighbours import Neighbours
from gateway.caching.sought import Sought
from gateway.embedders.embedder import Array, Embedder
from gateway.embedders.local import give_way
from gateway.embedders.remembering import Remembering
from gateway.formats import dialect_of

if TYPE_CHECKING:
    from gateway.caching.agreeing import Agreeing

_MOST_ANSWER = 2000  # characters of an answer that are compared
_FEW = 2000  # texts up to which a search runs on the loop, in 60 µs
_TRIES = 3  # candidates tried in turn, as their answers may be gone
_MOST_WORDED = 16  # texts with the same content words that are examined on the loop
_MOST_TASKS = 64  # comparisons at a time
_UNWRITTEN = 50  # labels between two writes: as many may be lost if the process is killed
_MOST_OPEN = 4096  # hits that can be reported as wrong

Finding = Callable[[bytes], Coroutine[Any, Any, Kept | None]]


class Likeness:
    """The texts and the thresholds of this process. No method raises: a failure is a miss."""

    def __init__(
        self,
        embedders: Callable[[str], Embedder],
        chance: Callable[[], float],
        judges: Callable[[str], "Agreeing"] | None = None,
        file: EvidenceFile | None = None,
    ) -> None:
        """`chance` draws from 0 to 1. `judges` makes the judge for a policy that names a model to compare
        answers. `file`: where thresholds are saved; None: they end with the process.
        """
        self._judges = judges
        self._file = file
        self._known = {} if file is None else dict(file.read())  # restored evidence, until its first use
        self._unwritten = 0  # labels since the last write
        self._chance = chance
        self._shelves = Shelves(0)
        self._rarity = Rarity()
        self._thresholds: dict[Place, Acceptance] = {}
        self._labels: dict[Place, str] = {}  # the model's name in metrics
        self._vectors = Remembering(embedders)
        self._given: dict[str, Inquiry] = {}  # hits by the call's id
        self._tasks: set[asyncio.Task[None]] = set()
        self.looks = Looks()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="near", initializer=give_way)
        self._study = ThreadPoolExecutor(1, thread_name_prefix="learn", initializer=give_way)
        self._hearsay: Hearsay | None = None
        self._neighbours: Neighbours | None = None
        self.pools: dict[Place, Pool] = {}  # the error bounds over the hits of all processes

    def listen(self, store: Store) -> None:
        """Share labels and texts with the other processes of this store from now on."""
        self._hearsay = Hearsay(store)
        self._neighbours = Neighbours(store, self._shelves, self._rarity, self._study)

    def begin(self, sought: Sought, policy: SemanticPolicy) -> Inquiry | str:
        """The lookup to make, or why there is none."""
        return inquiry_of(sought, policy)

    def hopes(self, inquiry: Inquiry) -> bool:
        """Whether a lookup may find an answer that can be served, so that the call waits for it. This check
        costs a hundredth of a lookup. Also true while too many lookups run in the background.
        """
        if self.looks.full:
            return True
        if not self._threshold(inquiry).gives:
            return False
        scope, content = self._wanted(inquiry)
        if self.looks.of(scope, content):
            return True
        if content is None:
            return self._shelves.size(scope) > 0
        # The rules are not applied here: they would take a millisecond from all other calls.
        return bool(self._shelves.worded(scope, content, 1))

    def _wanted(self, inquiry: Inquiry) -> tuple[bytes, tuple[str, ...] | None]:
        """The scope and the content words of texts that may have the answer. None: any words.

        The strict rules accept no text with other content words; only a learned verifier can.
        """
        found = inquiry.subject
        same = inquiry.policy.verify == "strict" and self._threshold(inquiry).verifier is None
        return found.scope, found.traits.content if same else None

    async def look(self, inquiry: Inquiry, find: Finding) -> None:
        """Set the inquiry's candidate: the best text near it with an answer that `find` returns, which
        becomes its `kept`. Without a vector there is none.
        """
        # First, as other processes' texts may arrive before this one's vector.
        self._shelves.most = max(self._shelves.most, inquiry.policy.entries)
        if self._hearsay is not None and self._hearsay.is_due(inquiry.place):
            self._start(self._hear(self._hearsay, inquiry))
        if inquiry.looking is None and (answered := self.looks.of(*self._wanted(inquiry))):
            await asyncio.wait(answered)
        policy, found = inquiry.policy, inquiry.subject
        look = Look(self._shelves, found.scope)
        vector = await self.embed(inquiry, look)
        if vector is None:
            return
        tried: list[bytes] = []
        while len(tried) < _TRIES and inquiry.kept is None:
            near = [each for each in await self._near(look, vector) if each[0].fingerprint not in tried]
            await _read_both(found.traits, near)
            floor = min(policy.floor, policy.start)
            inquiry.candidate = best(found.traits, near, policy.verify, self._rarity, floor)
            if inquiry.candidate is None:
                break
            tried.append(inquiry.candidate.entry.fingerprint)
            inquiry.kept = await find(tried[-1])

    async def embed(self, inquiry: Inquiry, look: Look | None = None) -> Array | None:
        """The text's vector, also stored in the inquiry for `keep`; None if it has none."""
        await asyncio.sleep(0)  # one loop turn per step: other calls wait for the longest one
        inquiry.plain = bare(inquiry.subject.text)
        inquiry.vector = self._read(inquiry)
        if inquiry.vector is None:
            name, who = inquiry.policy.embedder, inquiry.principal
            inquiry.vector = await self._vectors.vector(name, inquiry.plain, who, inquiry.bound, look)
        return inquiry.vector

    def _read(self, inquiry: Inquiry) -> Array | None:
        """The vector of an indexed text with the same plainest words; saves most embeddings of repeats."""
        subject, plain = inquiry.subject, hash(inquiry.plain)
        for entry, vector in self._shelves.worded(subject.scope, subject.traits.content, _MOST_WORDED):
            if entry.plain == plain:
                return vector.copy()
        return None

    def accepts(self, inquiry: Inquiry) -> bool:
        """Whether its candidate's answer may be served."""
        candidate = inquiry.candidate
        return candidate is not None and self._threshold(inquiry).accepts(candidate.figures, candidate.alike)

    def give(self, call_id: str, inquiry: Inquiry) -> bool:
        """Count a hit; returns whether it has to be checked."""
        while len(self._given) >= _MOST_OPEN:
            del self._given[next(iter(self._given))]
        self._given[call_id] = inquiry
        inquiry.ticket = self._threshold(inquiry).give(self._chance())
        return bool(inquiry.ticket)

    def keep(self, fingerprint: bytes, inquiry: Inquiry) -> None:
        """Index the text of a call whose answer is stored under this fingerprint."""
        subject, vector = inquiry.subject, inquiry.vector
        if vector is None:
            return
        entry = Entry(fingerprint, subject.text, subject.traits, hash(inquiry.plain))
        self._shelves.most = max(self._shelves.most, inquiry.policy.entries)
        anew = self._vectors.is_current(inquiry.policy.embedder, vector)
        self._shelves.put(subject.scope, entry, vector, anew=anew)
        self._rarity.note(subject.traits.content)

    def holds(self, fingerprint: bytes) -> bool:
        """Whether the text of this answer is indexed."""
        return self._shelves.holds(fingerprint)

    def asked(self, fingerprint: bytes) -> Asked | None:
        """An answer's indexed text in the form that is shared with other processes; None if it has none."""
        found = self._shelves.find(fingerprint)
        return None if found is None else packed(*found)

    def learn(self, inquiry: Inquiry, kept: Kept | None) -> None:
        """Compare the candidate's answer with the one to the text itself, and learn the outcome. None: it got
        none.
        """
        if inquiry.candidate is None or inquiry.kept is None:
            return
        if len(self._tasks) >= _MOST_TASKS:
            self._settle(inquiry, None)
            return
        self._start(self._compare(inquiry, kept))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _later(self, work: Callable[[], Lesson | None], then: Callable[[Lesson | None], None]) -> None:
        """Learn in a thread."""

        async def learn() -> None:
            then(await asyncio.get_running_loop().run_in_executor(self._study, work))

        self._start(learn())

    async def _hear(self, hearsay: Hearsay, inquiry: Inquiry) -> None:
        threshold, place = self._threshold(inquiry), inquiry.place
        await hearsay.count(place, threshold.count)
        if (pool := await hearsay.pool(place)) is not None:
            self.pools[place] = pool
        for label in await hearsay.news(place, knows=bool(threshold.report.labels)):
            threshold.learn(label)
        if self._neighbours is not None:
            await self._neighbours.meet(inquiry.principal.organisation, place.model)

    def _tell(self, place: Place, label: Label, count: Count) -> None:
        if self._hearsay is not None and len(self._tasks) < _MOST_TASKS:
            self._start(self._hearsay.tell(place, label, count))

    async def _compare(self, inquiry: Inquiry, kept: Kept | None) -> None:
        right: bool | None = None
        try:
            if kept is not None and inquiry.kept is not None:
                right = await self._same(inquiry, inquiry.kept, kept)
        finally:
            self._settle(inquiry, right)

    def _settle(self, inquiry: Inquiry, right: bool | None) -> None:
        """Learn whether a pair of answers agreed; None: unknown."""
        candidate, threshold = inquiry.candidate, self._threshold(inquiry)
        if candidate is None:
            return
        label = None if right is None else Label(candidate.figures, candidate.alike, right)
        if inquiry.ticket:
            threshold.checked(inquiry.ticket, label)
            if right is False:
                self.drop(candidate.entry.fingerprint)
        elif label is not None:
            threshold.learn(label)
        if label is not None:
            self._tell(inquiry.place, label, threshold.count)
        self._unwritten += 1
        if self._unwritten >= _UNWRITTEN and self._file is not None:
            self._unwritten = 0
            self._thread.submit(self._file.write, self._evidence())

    def _evidence(self) -> dict[tuple[str, str], Evidence]:
        found = {(place.team, place.model): each.evidence for place, each in self._thresholds.items()}
        return {**self._known, **found}

    def complain(self, call_id: str, team: str) -> bytes | None:
        """Report a hit as wrong: the candidate's text is dropped. Returns its answer's fingerprint; None if
        the call was no recent hit of this team.
        """
        inquiry = self._given.get(call_id)
        if inquiry is None or inquiry.place.team != team or inquiry.candidate is None:
            return None
        del self._given[call_id]
        candidate = inquiry.candidate
        self.drop(candidate.entry.fingerprint)
        label = Label(candidate.figures, candidate.alike, right=False)
        threshold = self._threshold(inquiry)
        threshold.complain(label)
        self._tell(inquiry.place, label, threshold.count)
        return candidate.entry.fingerprint

    def follow(self) -> None:
        """Apply a new configuration, in which an embedder's name may stand for another model."""
        self._vectors.forget()

    def drop(self, fingerprint: bytes) -> None:
        """Drop the text of an answer that is gone."""
        self._shelves.drop(fingerprint)

    def purged(self, held: Callable[[bytes], bool]) -> None:
        """After a purge, drop texts without a `held` answer; those still in the store are loaded again."""
        self._shelves.retain(held)
        self._vectors.forget()
        self._given.clear()
        if self._neighbours is not None:
            self._neighbours.again()

    @property
    def reports(self) -> Mapping[Place, Report]:
        """Each threshold's report, by team and model."""
        return {place: each.report for place, each in self._thresholds.items()}

    @property
    def bounds(self) -> Mapping[tuple[str, str], float]:
        """Upper bounds on the share of wrong hits by team and the model's name in metrics, over all
        processes if known; for several models under one name the highest.
        """
        found: dict[tuple[str, str], float] = {}
        for place, report in self.reports.items():
            key = (place.team, self._labels.get(place, ""))
            pool = self.pools.get(place)
            bound = report.bound if pool is None else pool.bound
            if report.given or (pool is not None and pool.given):
                found[key] = max(found.get(key, 0.0), bound)
        return found

    @property
    def texts(self) -> int:
        """How many texts are indexed."""
        return len(self._shelves)

    async def close(self) -> None:
        """Finish lookups and comparisons, save what was learned, and release the threads."""
        await self.looks.close()
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._hearsay is not None:
            for place, threshold in self._thresholds.items():
                await self._hearsay.count(place, threshold.count)
        if self._file is not None:
            write, loop = self._file.write, asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, write, self._evidence())
            self._file.close()
        for thread in (self._thread, self._study):
            thread.shutdown(wait=False, cancel_futures=True)
        await self._vectors.close()

    def _threshold(self, inquiry: Inquiry) -> Acceptance:
        policy = inquiry.policy
        aims = Aims(policy.max_wrong, policy.check, policy.start, policy.floor)
        found = self._thresholds.get(inquiry.place)
        if found is None:
            known = self._known.pop((inquiry.place.team, inquiry.place.model), None)
            found = Acceptance(aims) if known is None else Acceptance.restored(aims, known)
        elif found.aims != aims:
            found = Acceptance(aims, found.lives)
        else:
            return found
        found.later = self._later
        self._thresholds[inquiry.place], self._labels[inquiry.place] = found, inquiry.label
        return found

    async def _near(self, look: Look, vector: Array) -> list[tuple[Entry, float]]:
        """Search in a thread if there are many texts, so that no other call waits for it."""
        if look.places is None and self._shelves.size(look.scope) <= _FEW:
            look(vector)
        elif look.places is None:
            await asyncio.get_running_loop().run_in_executor(self._thread, look, vector)
        return look.settle(vector)

    async def _same(self, inquiry: Inquiry, one: Kept, other: Kept) -> bool | None:
        """Whether two answers say the same; None if unknown."""
        mine, theirs = _words(one), _words(other)
        if mine is None or theirs is None:
            return None
        policy = inquiry.policy
        if policy.judge not in JUDGES and self._judges is not None:
            if same_answer(mine, theirs, traits(mine), traits(theirs), None):
                return True
            return await self._judges(policy.judge).same(
                inquiry.subject.text, mine, theirs, inquiry.principal, inquiry.bound
            )
        cosine = None
        if inquiry.policy.judge == "embedding" and mine != theirs and mine and theirs:
            name, who, bound = inquiry.policy.embedder, inquiry.principal, inquiry.bound
            vectors = [await self._vectors.vector(name, each, who, bound) for each in (mine, theirs)]
            if vectors[0] is None or vectors[1] is None or len(vectors[0]) != len(vectors[1]):
                return None
            cosine = float(vectors[0] @ vectors[1])
        return same_answer(mine, theirs, traits(mine), traits(theirs), cosine)


async def _read_both(asked: Traits, near: Sequence[tuple[Entry, float]]) -> None:
    """Parse both texts, one per loop turn; the comparison then finds them in the cache of `wording`."""
    if near and near[0][0].traits.content == asked.content:
        for text in (asked.text, near[0][0].text):
            await asyncio.sleep(0)
            wording(text)
        await asyncio.sleep(0)


def _words(kept: Kept) -> str | None:
    """An answer's text without thinking, with tool calls as their repr; None if it cannot be read."""
    speaker = dialect_of(kept.operation)
    if speaker is None:
        return None
    try:
        answer: Answer = read(kept, speaker)
    except Malformed:
        return None
    parts = answer.choices[0].parts if answer.choices else ()
    said = [part.text if isinstance(part, Text) else repr(part) for part in parts]
    return "\n".join(each for each, part in zip(said, parts, strict=True) if not isinstance(part, Thinking))[
        :_MOST_ANSWER
    ]
