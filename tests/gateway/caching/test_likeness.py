"""What was said in other words shares an answer; what turned out wrong is learnt from, and forgotten."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from caching.kept import topic_of
from caching.purging import order
from caching.semantic.wording import bare
from config.caching import CachePolicy, SemanticPolicy
from dialects.openai.chat import OpenAIChat
from gateway.caching.evidence import EvidenceFile
from gateway.caching.inquiry import Place
from gateway.caching.likeness import Likeness
from gateway.caching.recalling import Recalling
from gateway.caching.refreshing import Nowhere
from gateway.call import Call
from gateway.embedders.embedder import Array, Look
from gateway.errors import Header
from gateway.pipeline import answer
from ledger.principal import Principal
from tests.gateway.caching.test_hearsay import Notes
from tests.gateway.caching.test_neighbours import disk, kept, tell, vector
from tests.gateway.caching.test_recalling import later
from tests.gateway.road import COST, WHO, WHOLE, Answer, Caller, Road
from tests.patience import until

FIRST, OTHER = "How do I reset my router?", "How can I reset my router, please?"
STRESSED = "How do I actually reset my router?"  # not the same in its plainest words
POLICY = SemanticPolicy(embedder="words", judge="equal")
PLACE = Place(WHO.team, "fast")


class Words:
    """All texts are near one another, but those that say `far`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bound: list[Header] = []
        self.fails = False
        self.more: tuple[int, ...] = ()  # numbers of a vector beside these two
        self.looks = False  # whether it makes vectors beside the loop, and looks for them there
        self.open = asyncio.Event()  # until it is set, no vector is made
        self.open.set()

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        self.asked.append(text)
        self.bound = list(bound)
        await asyncio.sleep(0)
        await self.open.wait()
        if self.fails:
            return None
        vector = np.array(((0, 1) if "far" in text else (1, 0)) + self.more, dtype=np.float32)
        if self.looks and then is not None:
            then(vector)
        return vector

    async def close(self) -> None:
        """Nothing is open."""


class Here:
    """A road with a semantic cache."""

    def __init__(
        self,
        *answers: Answer,
        chance: float = 0.99,
        semantic: SemanticPolicy = POLICY,
        file: EvidenceFile | None = None,
        **policy: Any,
    ) -> None:
        self.words = Words()
        self.road = Road(
            {"one": answers or [Answer()]},
            cache=CachePolicy(exact=60.0, semantic=semantic, **policy),
        )
        self.judged: list[tuple[str, str, str]] = []
        self.likeness = Likeness(lambda name: self.words, lambda: chance, lambda name: self, file)  # type: ignore[arg-type,return-value]
        self.count = 0
        self.road.services.cache = Recalling(
            self.road.books,
            self._id,
            lambda call: answer(call, self.road.services, Nowhere()),
            lambda: self.likeness,
        )

    async def same(
        self, question: str, one: str, other: str, principal: Principal, bound: Sequence[Header] = ()
    ) -> bool:
        """As a judge: greetings are alike."""
        self.judged.append((question, one, other))
        return other.startswith("Ha")

    def _id(self) -> str:
        self.count += 1
        return f"req_anew{self.count}"

    def call(self, text: str, name: str = "req_1", *headers: tuple[bytes, bytes], **more: Any) -> Call:
        body = msgspec.json.encode({"model": "fast", "messages": [{"role": "user", "content": text}], **more})
        asked = OpenAIChat().peek(body)
        return msgspec.structs.replace(self.road.call(), id=name, body=body, asked=asked, headers=headers)

    async def ask(self, text: str, name: str = "req_1", *headers: tuple[bytes, bytes], **more: Any) -> str:
        """What the cache said."""
        caller = Caller(self.road.log)
        await answer(self.call(text, name, *headers, **more), self.road.services, caller)
        assert caller.complete and caller.head is not None
        (line,) = [each for each in caller.head.block.splitlines() if each.startswith(b"x-signalbox-cache")]
        return line.split(b": ")[1].decode()

    async def settled(self) -> None:
        await self.likeness.looks.close()
        await until(lambda: not self.likeness._tasks)  # a store has threads of its own

    @property
    def asked(self) -> int:
        return len(self.road.vendors.requests)


async def test_other_words_are_a_hit_and_its_row_says_so() -> None:
    here = Here()
    assert [await here.ask(FIRST), await here.ask(OTHER, "req_2")] == ["miss", "semantic"]
    given = next(row for row in here.road.rows if row.attempt_id == "req_2.0")
    assert (given.cache, given.cost, given.saved) == ("semantic", 0, COST)


async def test_what_is_the_same_in_its_plainest_words_has_its_vector_already() -> None:
    here = Here()
    await here.ask(FIRST)
    here.likeness._vectors.forget()
    assert await here.ask(OTHER, "req_2") == "semantic"
    await here.settled()
    assert here.words.asked == [bare(FIRST)]


async def test_what_was_looked_for_with_the_vector_is_not_looked_for_again() -> None:
    here = Here()
    here.words.looks = True
    searched = here.likeness._shelves.search
    looked: list[bytes] = []

    def search(scope: bytes, vector: Array) -> Array:
        looked.append(scope)
        return searched(scope, vector)

    here.likeness._shelves.search = search  # type: ignore[method-assign]
    assert [await here.ask(FIRST), await here.ask(STRESSED, "req_2")] == ["miss", "semantic"]
    assert len(looked) == 2


async def test_the_first_hits_are_checked_and_what_agrees_is_published() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    await until(lambda: here.asked == 2)
    await until(lambda: here.likeness.reports[PLACE].labels == 1)
    report = here.likeness.reports[PLACE]
    assert (report.given, report.checked, report.wrong, report.bound) == (1, 1, 0, 0.0)
    assert b'signalbox_cache_wrong_bound{model="fast",team="support"} 0.0' in here.road.metrics.exposition()
    assert await here.ask(OTHER, "req_3") == "hit"  # the check's own answer is kept


async def test_a_check_that_disagrees_forgets_the_text() -> None:
    here = Here(Answer(), Answer(steps=(WHOLE.replace(b"Hello", b"Hallo"),)))
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    await until(lambda: PLACE in here.likeness.reports and here.likeness.reports[PLACE].wrong == 1)
    await here.settled()
    assert here.likeness.reports[PLACE].bound == 1.0
    assert here.likeness.texts == 1  # the check's own


async def test_a_check_that_fails_counts_as_wrong() -> None:
    here = Here(Answer(), Answer(status=500, steps=(b"{}",)))
    await here.ask(FIRST)
    assert await here.ask(OTHER, "req_2") == "semantic"
    await until(lambda: here.asked == 2)
    await here.settled()
    assert (here.likeness.reports[PLACE].wrong, here.likeness.reports[PLACE].labels) == (1, 0)


async def test_a_candidate_that_is_not_given_is_a_free_label() -> None:
    here = Here()
    await here.ask("How do I sell a router?")
    assert await here.ask("How do I buy a router?", "req_2") == "miss"
    await here.settled()
    report = here.likeness.reports[PLACE]
    assert (report.given, report.labels) == (0, 1)


DIFFERENT: list[Any] = [
    pytest.param("far away", {}, id="another meaning"),
    pytest.param("How do I reset my 2 routers?", {}, id="a number"),
    pytest.param(OTHER, {"seed": 4}, id="a member around it"),
    pytest.param("What is new today?", {}, id="a question of the moment"),
]


@pytest.mark.parametrize(("text", "more"), DIFFERENT)
async def test_what_differs_is_no_hit(text: str, more: dict[str, Any]) -> None:
    here = Here()
    await here.ask(FIRST)
    assert await here.ask(text, "req_2", **more) == "miss"


async def test_a_wrong_hit_is_forgotten_when_its_team_says_so() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    await until(lambda: here.asked == 2)
    cache = here.road.services.cache
    assert not cache.complain("req_2", "somebody else")
    assert not cache.complain("req_1", WHO.team)
    assert cache.complain("req_2", WHO.team)
    assert not cache.complain("req_2", WHO.team)
    assert await here.ask(FIRST, "req_3") != "hit"


async def test_without_a_vector_the_call_goes_on() -> None:
    here = Here()
    await here.ask(FIRST)
    here.words.fails = True
    assert await here.ask(STRESSED, "req_2") == "miss"


async def test_no_cache_asks_no_embedder() -> None:
    here = Here()
    await here.ask(FIRST)
    asked = len(here.words.asked)
    assert await here.ask(OTHER, "req_2", (b"cache-control", b"no-cache")) == "miss"
    assert len(here.words.asked) == asked


async def test_equal_calls_in_the_air_have_one_look() -> None:
    here = Here()
    await here.ask(FIRST)
    said = await asyncio.gather(*(here.ask(OTHER, f"req_{number}") for number in range(2, 22)))
    assert set(said) <= {"semantic", "hit"}
    assert here.words.asked.count(bare(OTHER)) == 1
    await here.settled()


async def test_an_answer_that_is_gone_is_no_hit() -> None:
    here = Here()
    await here.ask(FIRST)
    cache: Any = here.road.services.cache
    cache.memory.purge(lambda fingerprint, kept: True)
    assert await here.ask(OTHER, "req_2") == "miss"
    assert here.likeness.texts == 1


@pytest.mark.parametrize(("words", "wrong"), [(b"Hallo", 0), (b"Goodbye", 1)])
async def test_a_model_may_say_whether_answers_agree(words: bytes, wrong: int) -> None:
    other = Answer(steps=(WHOLE.replace(b"Hello", words),))
    here = Here(Answer(), other, semantic=SemanticPolicy(embedder="words", judge="small"))
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    await until(lambda: len(here.judged) == 1)
    await here.settled()
    assert here.judged == [(here.judged[0][0], "Hello", words.decode())]
    assert "router" in here.judged[0][0]
    assert here.likeness.reports[PLACE].wrong == wrong


async def test_what_was_learnt_outlives_the_process(tmp_path: Path) -> None:
    here = Here(file=EvidenceFile(tmp_path))
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    await until(lambda: here.asked == 2)
    await here.settled()
    await here.likeness.close()
    again = Here(file=EvidenceFile(tmp_path))
    await again.ask(FIRST)
    await again.ask(OTHER, "req_2")
    assert again.likeness.reports[PLACE].given == 2
    await again.settled()
    await again.likeness.close()


async def test_what_one_process_learns_the_others_know() -> None:
    notes, here, there = Notes(), Here(), Here()
    for each in (here, there):
        each.likeness.listen(notes)  # type: ignore[arg-type]
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")  # the first hits are checked, which teaches
    await until(lambda: bool(notes.kept))
    await there.ask(FIRST)
    await there.settled()
    report = there.likeness.reports[PLACE]
    assert (report.labels, report.given, report.bound) == (1, 0, 1.0)  # of its own hits nothing is known
    assert here.likeness.reports[PLACE].labels == 1


async def test_what_others_were_asked_stays_though_it_comes_before_the_first_vector(tmp_path: Path) -> None:
    store, here = disk(tmp_path), Here()
    await tell(store, 1, kept(FIRST, vector(1)), topic_of(WHO.organisation, "fast"))
    here.likeness.listen(store)
    here.words.open.clear()
    await here.ask(FIRST)
    await until(lambda: here.likeness.texts == 1)
    here.words.open.set()
    await here.settled()
    assert here.likeness.texts == 2
    await here.likeness.close()
    await store.close()


async def test_the_bound_over_the_hits_of_all_processes_is_published() -> None:
    notes, here, there = Notes(), Here(), Here()
    for each in (here, there):
        each.likeness.listen(notes)  # type: ignore[arg-type]
    for each in (here, there):
        await each.ask(FIRST)
        await each.ask(OTHER, "req_2")
        await until(lambda: each.likeness.reports[PLACE].wrong == 0)  # noqa: B023 - it is awaited at once
        await each.settled()
        await each.likeness.close()
    late = Here()
    late.likeness.listen(notes)  # type: ignore[arg-type]
    await late.ask(FIRST)
    await late.settled()
    pool = late.likeness.pools[PLACE]
    assert (pool.processes, pool.given, pool.bound) == (3, 2, 0.0)  # both were checked, and right
    assert late.likeness.reports[PLACE].given == 0
    assert late.likeness.bounds == {(PLACE.team, "fast"): 0.0}


async def test_a_purge_leaves_no_text_whose_answer_it_took() -> None:
    here = Here()
    await here.ask(FIRST, "req_1", (b"x-signalbox-cache-tags", b"faq"))
    await here.ask("Where is the library of the town?", "req_2")
    assert here.likeness.texts == 2
    here.road.services.cache.obey([order("tag", "faq")])
    assert here.likeness.texts == 1
    assert FIRST not in {text for _, text in here.likeness._vectors._known}
    assert await here.ask(OTHER, "req_3") == "miss"


async def test_a_caller_who_would_have_only_a_younger_answer_takes_it_from_nobody() -> None:
    here = Here()
    await here.ask(FIRST)
    young = later(here.call(OTHER, "req_2", (b"cache-control", b"max-age=5")), 30)
    await answer(young, here.road.services, Caller(here.road.log))
    assert here.asked == 2
    assert here.likeness.texts == 2


async def test_an_embedder_may_become_one_whose_vectors_are_longer() -> None:
    here = Here()
    await here.ask(FIRST)
    here.words.more = (0,)
    await here.ask("Where is the library of the town?", "req_2")
    await here.ask("How do I reset the far library?", "req_3")
    assert await here.ask("Where is the library of the town, please?", "req_4") == "semantic"
    assert await here.ask(OTHER, "req_5") == "miss"  # FIRST's vector says nothing any more


async def test_another_configuration_has_vectors_of_its_own() -> None:
    here = Here()
    await here.ask(FIRST)
    rules = here.road.deployment.caching
    assert rules is not None
    here.road.services.cache._follow(rules)
    here.likeness._shelves.retain(lambda fingerprint: False)
    await here.ask(OTHER, "req_2")
    await here.settled()
    assert here.words.asked == [bare(FIRST)] * 2
