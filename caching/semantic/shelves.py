"""An index of texts and vectors, with one shelf for each scope: only texts of one scope are compared."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from caching.semantic.traits import Traits

Array = np.ndarray[Any, Any]

_NEAREST = 8  # results of a search
_FEW = 1000  # texts up to which all cosines are computed: the signs would not be faster
_CLOSE = 64  # cosines computed on larger shelves; a text at .75 is among them unless as many are nearer
_SOME = 1000  # sample size for the threshold on differing signs
_ROOM = 16  # initial capacity
_WORD = 64  # bits


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A text that was answered; its answer is stored elsewhere, under the fingerprint."""

    fingerprint: bytes
    text: str
    traits: Traits
    plain: int = 0  # the hash of its plainest words, from which the vector was made


class _Shelf:
    """The texts of one scope: entries, a matrix with a row for each, and the sign bits of its numbers.

    The signs prefilter a search: the share of differing signs approximates the angle. They take a thirtieth
    of the rows' size, so that a search stays in the core's cache.
    """

    __slots__ = ("contents", "entries", "rows", "signs")

    def __init__(self, width: int) -> None:
        self.entries: list[Entry] = []
        self.contents: dict[tuple[str, ...], tuple[bytes, ...]] = {}  # fingerprints by content words
        self.rows = np.empty((_ROOM, width), dtype=np.float32)
        self.signs = np.empty((-(-width // _WORD), _ROOM), dtype=np.uint64)  # a column for each row

    def add(self, entry: Entry, vector: Array) -> None:
        count = len(self.entries)
        if count == len(self.rows):
            grown = np.empty((2 * count, self.rows.shape[1]), dtype=np.float32)
            signs = np.empty((len(self.signs), 2 * count), dtype=np.uint64)
            grown[:count], signs[:, :count] = self.rows, self.signs
            self.rows, self.signs = grown, signs
        self.rows[count] = vector
        self.signs[:, count] = _signs(vector)
        self.entries.append(entry)
        content = entry.traits.content
        self.contents[content] = (*self.contents.get(content, ()), entry.fingerprint)

    def drop(self, place: int) -> Entry | None:
        """Remove an entry. The last one moves to its place and is returned; None if it was the last."""
        gone = self.entries[place]
        rest = tuple([each for each in self.contents.pop(gone.traits.content) if each != gone.fingerprint])
        if rest:
            self.contents[gone.traits.content] = rest
        last = self.entries.pop()
        count = len(self.entries)
        if place == count:
            return None
        self.entries[place] = last
        self.rows[place] = self.rows[count]
        self.signs[:, place] = self.signs[:, count]
        return last

    def search(self, vector: Array) -> Array:
        """The places of the nearest rows; may run in another thread while rows change."""
        count = len(self.entries)  # read first: the arrays only grow, and hold a row before its entry
        rows, signs = self.rows, self.signs
        if count <= _FEW:
            return _nearest(rows[:count], vector)
        close = _fewest(signs[:, :count], _signs(vector))
        found: Array = close[_nearest(rows[close], vector)]
        return found

    def at(self, places: Array, vector: Array, floor: float) -> list[tuple[Entry, float]]:
        """The current entries at these places with their cosines, the nearest first."""
        places = places[places < len(self.entries)]
        cosines = np.vecdot(self.rows[places], vector).tolist()
        found = [
            (self.entries[place], cosine)
            for place, cosine in zip(places.tolist(), cosines, strict=True)
            if cosine >= floor
        ]
        return sorted(found, key=lambda each: -each[1])


def _nearest(rows: Array, vector: Array) -> Array:
    # Row by row: `@` would use all cores, also the loop's, and wait for them.
    found: Array = np.argsort(-np.vecdot(rows, vector))[:_NEAREST]
    return found


def _signs(vector: Array) -> Array:
    """A bit per number, whether it is positive; padded with 0."""
    found = np.zeros(-(-len(vector) // _WORD), dtype=np.uint64)
    bits = np.packbits(vector > 0)
    found.view(np.uint8)[: len(bits)] = bits
    return found


def _fewest(signs: Array, asked: Array) -> Array:
    """The places of the `_CLOSE` columns, of over `_FEW`, that differ from `asked` in the fewest bits."""
    # In several steps, between which the loop's thread can run.
    bits = np.bitwise_count(signs ^ asked[:, None])
    differ = np.add.reduce(bits, axis=0, dtype=np.uint16)
    # `_CLOSE` of a sample differ in no more bits than this, so at least as many of all do: few are left.
    some = differ[:: max(1, len(differ) // _SOME)]
    few = np.flatnonzero(differ <= np.partition(some, _CLOSE - 1)[_CLOSE - 1])
    found: Array = few[np.argpartition(differ[few], _CLOSE - 1)[:_CLOSE]]
    return found


class Shelves:
    """At most `most` texts, the oldest evicted first. Vectors have length one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._shelves: dict[bytes, _Shelf] = {}
        self._where: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()  # fingerprint → scope, row

    def __len__(self) -> int:
        return len(self._where)

    def put(self, scope: bytes, entry: Entry, vector: Array, *, anew: bool = False) -> None:
        """Add a text, replacing any with its fingerprint. A vector of another width than its scope's is from
        another embedder: with `anew` that is the current one, and the scope is cleared; else it is not added.
        """
        self.drop(entry.fingerprint)
        shelf = self._shelves.get(scope)
        if shelf is not None and shelf.rows.shape[1] != len(vector):
            if not anew:
                return
            for each in [each.fingerprint for each in shelf.entries]:
                self.drop(each)
            shelf = None
        if shelf is None:
            shelf = self._shelves[scope] = _Shelf(len(vector))
        self._where[entry.fingerprint] = (scope, len(shelf.entries))
        shelf.add(entry, vector)
        while len(self._where) > self.most:
            self.drop(next(iter(self._where)))

    def holds(self, fingerprint: bytes) -> bool:
        """Whether a text with this fingerprint is there."""
        return fingerprint in self._where

    def find(self, fingerprint: bytes) -> tuple[bytes, Entry, Array] | None:
        """The text with this fingerprint, as (scope, entry, vector)."""
        if (found := self._where.get(fingerprint)) is None:
            return None
        scope, place = found
        shelf = self._shelves[scope]
        return scope, shelf.entries[place], shelf.rows[place]

    def drop(self, fingerprint: bytes) -> bool:
        """Remove a text; returns whether it was there."""
        found = self._where.pop(fingerprint, None)
        if found is None:
            return False
        scope, place = found
        shelf = self._shelves[scope]
        moved = shelf.drop(place)
        if moved is not None:
            self._where[moved.fingerprint] = (scope, place)
        if not shelf.entries:
            del self._shelves[scope]
        return True

    def retain(self, wanted: Callable[[bytes], bool]) -> None:
        """Remove every text with a fingerprint that is not wanted."""
        for fingerprint in [each for each in self._where if not wanted(each)]:
            self.drop(fingerprint)

    def near(self, scope: bytes, vector: Array, floor: float) -> list[tuple[Entry, float]]:
        """The nearest texts of a scope with their cosines of at least `floor`, the nearest first."""
        return self.settle(scope, vector, floor, self.search(scope, vector))

    def search(self, scope: bytes, vector: Array) -> Array:
        """The slow part of `near`, which may run in another thread: the places for `settle`."""
        shelf = self._shelves.get(scope)
        if shelf is None or shelf.rows.shape[1] != len(vector):
            return np.arange(0)
        return shelf.search(vector)

    def settle(self, scope: bytes, vector: Array, floor: float, places: Array) -> list[tuple[Entry, float]]:
        """The texts at these places, as `near` returns them; the shelf may have changed since `search`."""
        shelf = self._shelves.get(scope)
        if shelf is None or shelf.rows.shape[1] != len(vector):
            return []
        return shelf.at(places, vector, floor)

    def worded(self, scope: bytes, content: tuple[str, ...], most: int) -> list[tuple[Entry, Array]]:
        """At most `most` texts of a scope with these content words in this order, and their vectors."""
        shelf = self._shelves.get(scope)
        if shelf is None:
            return []
        places = [self._where[each][1] for each in shelf.contents.get(content, ())[:most]]
        return [(shelf.entries[place], shelf.rows[place]) for place in places]

    def size(self, scope: bytes) -> int:
        """The number of texts in a scope."""
        shelf = self._shelves.get(scope)
        return 0 if shelf is None else len(shelf.entries)
