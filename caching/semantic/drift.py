"""Detects that pairs of texts get wrong answers more often than such pairs did before."""

from collections import deque
from collections.abc import Iterable
from math import sqrt

_LATE = 60  # the latest pairs, compared with all before them
_BANDS = 20  # of scores: rates are compared within a band, so that the mix of scores does not matter
_FEWEST = 10  # pairs that a band needs to count
_FAR = 4.0  # standard deviations
_LEAST = 0.5  # added to the variance, so that a single surprise is not enough


class Drift:
    """Fed with each pair's score and whether one answer was right for both texts."""

    def __init__(self, seen: Iterable[tuple[float, bool]] = ()) -> None:
        self._late: deque[tuple[int, bool]] = deque()
        self._all = [0] * (_BANDS + 1)
        self._wrong = [0] * (_BANDS + 1)
        for score, right in seen:
            self._note(_band(score), right)

    def see(self, score: float, right: bool) -> bool:
        """Record a pair; returns whether the latest pairs are wrong significantly more often than usual."""
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
