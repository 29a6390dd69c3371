"""Removes overlaps between positions in a text."""

from bisect import bisect_right, insort


class Places:
    """Spans of a text that are taken."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: dict[int, int] = {}  # by start

    def take(self, start: int, end: int) -> list[tuple[int, int]]:
        """Takes a span; returns the parts of it that were still free."""
        starts, ends = self._starts, self._ends
        at = bisect_right(starts, start)
        if at and ends[starts[at - 1]] > start:
            start = ends[starts[at - 1]]
        free = []
        while start < end:
            following = starts[at] if at < len(starts) else end
            if start < min(following, end):
                free.append((start, min(following, end)))
            start = ends[following] if following < end else end
            at += 1
        for first, last in free:
            insort(starts, first)
            ends[first] = last
        return free
