"""Texts with their vectors, each beside those that may answer for one another."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from caching.semantic.traits import Traits

Array = np.ndarray[Any, Any]

_NEAREST = 8  # that are looked at closely
_ROOM = 16


class Entry(msgspec.Struct, frozen=True):
    """One text that was answered; its answer is kept elsewhere, under the fingerprint."""

    fingerprint: bytes
    text: str
    traits: Traits


class _Shelf:
    """The texts of one scope: row by row a matrix and its entries."""

    __slots__ = ("entries", "rows")

    def __init__(self, width: int) -> None:
        self.entries: list[Entry] = []
        self.rows = np.empty((_ROOM, width), dtype=np.float32)

    def add(self, entry: Entry, vector: Array) -> None:
        if len(self.entries) == len(self.rows):
            grown = np.empty((2 * len(self.rows), self.rows.shape[1]), dtype=np.float32)
            grown[: len(self.rows)] = self.rows
            self.rows = grown
        self.rows[len(self.entries)] = vector
        self.entries.append(entry)

    def drop(self, place: int) -> Entry | None:
        """The last one takes its place, and is what is returned."""
        last = self.entries.pop()
        if place == len(self.entries):
            return None
        self.entries[place] = last
        self.rows[place] = self.rows[len(self.entries)]
        return last

    def search(self, vector: Array) -> Callable[[], Array]:
        """What finds the places of the nearest rows; it may run in another thread while rows change."""
        rows, count = self.rows, len(self.entries)

        def nearest() -> Array:
            # Row by row: `@` would take the loop its core, and wait for it.
            likeness = np.vecdot(rows[:count], vector)
            if count <= _NEAREST:
                return np.arange(count)
            found: Array = np.argpartition(likeness, count - _NEAREST)[count - _NEAREST :]
            return found

        return nearest

    def at(self, places: Array, vector: Array, floor: float) -> list[tuple[Entry, float]]:
        """The entries at these places now, each with its own cosine, the nearest first."""
        found = [
            (self.entries[place], float(self.rows[place] @ vector))
            for place in map(int, places)
            if place < len(self.entries)
        ]
        return sorted((each for each in found if each[1] >= floor), key=lambda each: -each[1])


class Shelves:
    """At most `most` texts, the oldest going first. Vectors have length one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._shelves: dict[bytes, _Shelf] = {}
        self._where: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()  # fingerprint → scope, row

    def __len__(self) -> int:
        return len(self._where)

    def put(self, scope: bytes, entry: Entry, vector: Array) -> None:
        """Keep a text, instead of what had its fingerprint."""
        self.drop(entry.fingerprint)
        shelf = self._shelves.get(scope)
        if shelf is not None and shelf.rows.shape[1] != len(vector):
            return  # another embedder's: a scope has one, so this is the end of one on its way
        if shelf is None:
            shelf = self._shelves[scope] = _Shelf(len(vector))
        self._where[entry.fingerprint] = (scope, len(shelf.entries))
        shelf.add(entry, vector)
        while len(self._where) > self.most:
            self.drop(next(iter(self._where)))

    def drop(self, fingerprint: bytes) -> bool:
        """Forget a text; whether it was there."""
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

    def near(self, scope: bytes, vector: Array, floor: float) -> list[tuple[Entry, float]]:
        """The nearest texts of a scope with their cosines, the nearest first."""
        return self.settle(scope, vector, floor, self.search(scope, vector)())

    def search(self, scope: bytes, vector: Array) -> Callable[[], Array]:
        """The long part of `near`, which another thread may do: its outcome is for `settle`."""
        shelf = self._shelves.get(scope)
        if shelf is None or shelf.rows.shape[1] != len(vector):
            return lambda: np.arange(0)
        return shelf.search(vector)

    def settle(self, scope: bytes, vector: Array, floor: float, places: Array) -> list[tuple[Entry, float]]:
        """What is near, of the places that were found; texts that came or went meanwhile do no harm."""
        shelf = self._shelves.get(scope)
        if shelf is None or shelf.rows.shape[1] != len(vector):
            return []
        return shelf.at(places, vector, floor)

    def size(self, scope: bytes) -> int:
        """How many texts would be compared."""
        shelf = self._shelves.get(scope)
        return 0 if shelf is None else len(shelf.entries)
