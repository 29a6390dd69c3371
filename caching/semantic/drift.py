"""Notices that the distribution of text pairs has changed."""

from collections import deque
from collections.abc import Iterable
from math import sqrt

_LATE = 60  # pairs that are held against all before them
_BANDS = 20  # of scores: pairs are compared with their like, so that it does not matter which ones come
_FEWEST = 10  # pairs of a band before it says what is usual
_FAR = 4.0  # standard deviations
_LEAST = 0.5  # of an expected deviation: one surprise alone is none


class Drift:
    """Takes each pair's score, and whether both texts had the same answer."""

    def __init__(self, seen: Iterable[tuple[float, bool]] = ()) -> None:
        self._late: deque[tuple[int, bool]] = deque()
        self._all = [0] * (_BANDS + 1)
        self._wrong = [0] * (_BANDS + 1)
        for score, right in seen:
            self._note(_band(score), right)

    def see(self, score: float, right: bool) -> bool:
        """Whether the late pairs are worse than what was usual before them."""
        self._late.append((_band(score), right))
        if len(self._late) > _LATE:
            self._note(*self._late.popleft())
        if right:
            return False
        more = spread = 0.0
        for band, each in self._late:
            if self._all[band] >= _FEWEST:
                usual = (self._wrong[band] + 1) / (self._all[band] + 2)
                more += (not each) - usual
                spread += usual * (1 - usual)
        return more > _FAR * sqrt(spread + _LEAST)

    def _note(self, band: int, right: bool) -> None:
        self._all[band] += 1
        self._wrong[band] += not right


def _band(score: float) -> int:
    return min(_BANDS, max(0, int(score * _BANDS)))
