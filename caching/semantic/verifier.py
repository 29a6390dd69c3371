"""A classifier: the probability that the answer to one text is right for another."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from caching.semantic.features import SIZE

Array = np.ndarray[Any, Any]

ENOUGH = 200  # labels below which nothing is learnt
_EACH = 20  # the fewest right ones, and the fewest wrong ones, among them
_RIDGE = 3.0
_STEPS = 12


class Verifier(msgspec.Struct, frozen=True, array_like=True):
    """A logistic model over standardised features."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    bias: float

    def sure(self, figures: Sequence[float]) -> float:
        """The probability that the answer is right."""
        parts = zip(self.weights, figures, self.means, self.scales, strict=True)
        total = self.bias + sum(weight * (figure - mean) / scale for weight, figure, mean, scale in parts)
        return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))


def train(figures: Sequence[Sequence[float]], right: Sequence[bool]) -> Verifier | None:
    """The best fit to these labels; None if they are too few, or too few are right or wrong."""
    good = sum(right)
    if len(right) < ENOUGH or min(good, len(right) - good) < _EACH:
        return None
    rows = np.asarray(figures, dtype=np.float64).reshape(len(right), SIZE)
    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales[scales < 1e-9] = 1.0
    x = np.hstack([(rows - means) / scales, np.ones((len(rows), 1))])
    found = _fit(x, np.asarray(right, dtype=np.float64))
    return Verifier(
        tuple(map(float, found[:-1])), tuple(map(float, means)), tuple(map(float, scales)), float(found[-1])
    )


def _fit(x: Array, y: Array) -> Array:
    """Ridge logistic regression by Newton's method; the bias, the last column, is hardly penalised."""
    weights = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    for _ in range(_STEPS):
        # Not BLAS, which would occupy and wait for all cores for microseconds of work.
        sure = 1 / (1 + np.exp(-np.clip(np.einsum("ij,j->i", x, weights), -30, 30)))
        slope = np.einsum("ij,i->j", x, sure - y) + ridge * weights
        curve = np.einsum("ij,ik->jk", x * (sure * (1 - sure))[:, None], x) + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights
