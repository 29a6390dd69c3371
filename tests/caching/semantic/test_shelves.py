"""The nearest texts of a scope are found, whatever was put and forgotten before."""

import gc

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.semantic import shelves as here
from caching.semantic.shelves import Array, Entry, Shelves
from caching.semantic.traits import traits

NOTHING = traits("")


def entry(name: int) -> Entry:
    return Entry(b"%d" % name, str(name), NOTHING)


def vector(name: int, width: int = 6) -> Array:
    drawn = np.random.default_rng(name).standard_normal(width).astype(np.float32)
    unit: Array = drawn / np.linalg.norm(drawn)
    return unit


def test_only_texts_of_the_same_scope_are_near() -> None:
    shelves = Shelves(10)
    shelves.put(b"a", entry(1), vector(1))
    assert [each.text for each, _ in shelves.near(b"a", vector(1), 0.9)] == ["1"]
    assert shelves.near(b"b", vector(1), 0.0) == []


def test_vectors_of_another_length_are_none() -> None:
    shelves = Shelves(10)
    shelves.put(b"a", entry(1), vector(1))
    shelves.put(b"a", entry(2), vector(2, 7))
    assert (len(shelves), shelves.near(b"a", vector(1, 7), -1)) == (1, [])


def test_those_of_the_embedder_of_now_take_the_place_of_all() -> None:
    shelves = Shelves(10)
    for name in range(3):
        shelves.put(b"a", entry(name), vector(name))
    shelves.put(b"b", entry(3), vector(3))
    shelves.put(b"a", entry(4), vector(4, 7), anew=True)
    assert len(shelves) == 2
    assert [each.text for each, _ in shelves.near(b"a", vector(4, 7), -1)] == ["4"]


def test_the_oldest_go_first() -> None:
    shelves = Shelves(3)
    for name in range(5):
        shelves.put(b"%d" % (name % 2), entry(name), vector(name))
    assert sorted(each.text for scope in (b"0", b"1") for each, _ in shelves.near(scope, vector(9), -1)) == [
        "2",
        "3",
        "4",
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40))
def test_words_are_known_as_long_as_a_text_has_them(steps: list[tuple[bool, int]]) -> None:
    shelves, there = Shelves(4), dict[int, tuple[str, ...]]()
    for put, name in steps:
        there.pop(name, None)
        if put:
            seen = traits("buy a router" if name % 2 else "sell a router")
            shelves.put(b"s", Entry(b"%d" % name, "", seen), vector(name))
            there[name] = seen.content
        else:
            shelves.drop(b"%d" % name)
        while len(there) > 4:
            del there[next(iter(there))]
        for content in (("buy", "router"), ("sell", "router")):
            names = {int(entry.fingerprint) for entry, _ in shelves.worded(b"s", content, 9)}
            assert names == {name for name, seen in there.items() if seen == content}
            for entry, row in shelves.worded(b"s", content, 9):
                assert row.tolist() == vector(int(entry.fingerprint)).tolist()
    assert shelves.worded(b"t", ("buy", "router"), 9) == []


@given(st.lists(st.integers(0, 30), max_size=30), st.lists(st.integers(0, 60), max_size=30))
def test_what_comes_and_goes_during_a_search_does_no_harm(dropped: list[int], put: list[int]) -> None:
    shelves = Shelves(1000)
    for name in range(31):
        shelves.put(b"s", entry(name), vector(name))
    wanted = vector(99)
    places = shelves.search(b"s", wanted)
    for name in dropped:
        shelves.drop(b"%d" % name)
    for name in put:
        shelves.put(b"s", entry(name), vector(name))
    for each, cosine in shelves.settle(b"s", wanted, -1.0, places):
        assert cosine == float(vector(int(each.text)) @ wanted)


@given(st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.integers(0, 30)), max_size=80))
def test_it_finds_what_a_plain_search_finds(steps: list[tuple[str, int]]) -> None:
    shelves, held = Shelves(1000), dict[int, Array]()
    for what, name in steps:
        if what == "put":
            shelves.put(b"s", entry(name), vector(name))
            held[name] = vector(name)
        else:
            assert shelves.drop(b"%d" % name) is (held.pop(name, None) is not None)
    wanted = vector(99)
    ordered = sorted(held, key=lambda name: -float(held[name] @ wanted))
    found = shelves.near(b"s", wanted, -1.0)
    assert [each.text for each, _ in found] == [str(name) for name in ordered[:8]]
    assert (len(shelves), shelves.size(b"s")) == (len(held), len(held))


@pytest.mark.parametrize("width", [100, 384, 1536])
def test_among_many_the_near_ones_are_found(width: int) -> None:
    """Texts at cosines from .75 up, in groups so dense that signs alone would not put them in order."""
    chance = np.random.default_rng(width)
    shelves, rows = Shelves(5000), chance.standard_normal((3000, width)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    wanted, near = rows[0], range(100, 140)
    for place in near:
        cosine = 0.75 + 0.006 * (place - 100)
        across = rows[place] - (rows[place] @ wanted) * wanted
        rows[place] = cosine * wanted + np.sqrt(1 - cosine**2) * across / np.linalg.norm(across)
    for name, row in enumerate(rows):
        shelves.put(b"s", entry(name), row)
    found = shelves.near(b"s", wanted, 0.74)
    assert [each.text for each, _ in found] == ["0", *(str(place) for place in reversed(near))][:8]
    shelves.drop(b"0")
    shelves.drop(b"139")
    assert [each.text for each, _ in shelves.near(b"s", wanted, 0.74)][0] == "138"


@given(st.integers(here._CLOSE, 4000), st.integers(1, 2), st.integers(0, 4), st.integers(0, 2**32))
def test_those_that_differ_in_the_fewest_signs_are_found_and_no_more(
    count: int, words: int, kinds: int, seed: int
) -> None:
    """As sorting would find them; few `kinds` of columns make ties, of which some have to stay out."""
    chance = np.random.default_rng(seed)
    signs = chance.integers(0, 2**64, (words, kinds or count), dtype=np.uint64)
    if kinds:
        signs = signs[:, np.sort(chance.integers(0, kinds, count))[:: chance.choice([1, -1])]]
    asked = chance.integers(0, 2**64, words, dtype=np.uint64)
    differ = np.bitwise_count(signs ^ asked[:, None]).sum(axis=0, dtype=int)
    found = here._fewest(signs, asked).tolist()
    assert len(set(found)) == len(found) == here._CLOSE
    assert sorted(differ[found]) == sorted(differ)[: here._CLOSE]


def test_what_is_kept_is_nothing_that_garbage_is_looked_for_in() -> None:
    """Twenty thousand texts were a tenth of a second in which no call was answered."""
    shelves = Shelves(50)
    for name in range(50):
        text = f"Can I reach train {name} to Leeds if I do not run?"
        shelves.put(b"s", Entry(b"%d" % name, text, traits(text)), vector(name))
    gc.collect()
    shelf = shelves._shelves[b"s"]
    kept = [*shelf.entries, *shelf.contents.values(), *shelves._where.values()]
    parts = [part for each in shelf.entries for part in msgspec.structs.astuple(each.traits)]
    assert len(parts) > 400
    assert not any(map(gc.is_tracked, kept + parts))
