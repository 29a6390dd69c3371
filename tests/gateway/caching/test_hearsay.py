"""Processes tell one another what they have learnt, each thing once."""

from caching.semantic.acceptance import Label
from caching.semantic.features import SIZE
from caching.semantic.pool import Count
from caching.store import Store
from gateway.caching.hearsay import Hearsay

PLACE = ("support", "fast")
COUNT = Count(given=40, share=0.5)
LABEL = Label((0.9, *[0.5] * (SIZE - 1)), True, False)


class Notes:
    """A store's notes in memory."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, bytes]] = []
        self.standing: dict[tuple[bytes, bytes], bytes] = {}
        self.away = False

    async def note(self, topic: bytes, item: bytes, most: int = 0) -> None:
        self.kept.append((topic, item))

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        if self.away:
            return None
        numbered = [(b"%03d" % number, item) for number, (of, item) in enumerate(self.kept) if of == topic]
        return [each for each in numbered if each[0] > after]

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        if not self.away:
            self.standing[topic, who] = what
        return not self.away

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        found = [what for (of, _), what in self.standing.items() if of == topic]
        return list(enumerate(found, 1))


def pair() -> tuple[Hearsay, Hearsay, Notes]:
    notes = Notes()
    store: Store = notes  # type: ignore[assignment]
    return Hearsay(store), Hearsay(store), notes


async def test_what_one_says_the_others_hear_once() -> None:
    one, other, _ = pair()
    await one.tell(PLACE, LABEL, COUNT)
    assert await other.news(PLACE, knows=False) == [LABEL]
    assert await other.news(PLACE, knows=False) == []
    assert await one.news(PLACE, knows=False) == []
    assert await other.news(("sales", "fast"), knows=False) == []


async def test_who_knows_something_hears_only_what_is_new() -> None:
    one, other, _ = pair()
    await one.tell(PLACE, LABEL, COUNT)
    assert await other.news(PLACE, knows=True) == []
    await one.tell(PLACE, LABEL, COUNT)
    assert await other.news(PLACE, knows=True) == [LABEL]


async def test_the_first_time_is_when_the_store_is_there() -> None:
    one, other, notes = pair()
    await one.tell(PLACE, LABEL, COUNT)
    notes.away = True
    assert await other.news(PLACE, knows=True) == []
    notes.away = False
    assert await other.news(PLACE, knows=True) == []
    await one.tell(PLACE, LABEL, COUNT)
    assert await other.news(PLACE, knows=True) == [LABEL]


async def test_what_is_no_label_of_this_version_is_passed_over() -> None:
    one, other, notes = pair()
    await one.tell(PLACE, Label((0.9,), True, True), COUNT)
    notes.kept.append((notes.kept[0][0], b"nonsense"))
    assert await other.news(PLACE, knows=False) == []


async def test_it_is_listened_to_now_and_then() -> None:
    one, _, _ = pair()
    assert one.is_due(PLACE)
    assert not one.is_due(PLACE)
    assert one.is_due(("sales", "fast"))


async def test_what_each_has_given_is_counted_once_whoever_asks() -> None:
    one, other, notes = pair()
    assert await one.pool(PLACE) is None
    await one.tell(PLACE, LABEL, Count(given=7, share=0.5))
    await one.tell(PLACE, LABEL, COUNT)
    await other.count(PLACE, COUNT)
    found = await other.pool(PLACE)
    assert found == await one.pool(PLACE)
    assert found is not None
    assert (found.processes, found.given) == (2, 80)
    notes.standing[next(iter(notes.standing))] = b"nonsense"
    assert await one.pool(PLACE) is None


async def test_nobody_hears_of_a_check_that_is_not_counted() -> None:
    one, other, notes = pair()
    notes.away = True
    await one.tell(PLACE, LABEL, COUNT)
    assert await other.news(PLACE, knows=False) == []
