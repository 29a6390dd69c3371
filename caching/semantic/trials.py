"""Evaluates semantic lookups on labelled texts, for operators who choose thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from caching.semantic.comparing import Verify, best, differs
from caching.semantic.features import CROWD, features
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Entry, Shelves
from caching.semantic.traits import traits
from caching.semantic.verifier import train

Array = np.ndarray[Any, Any]


_START = 0.95  # the default of `start`
_BLOCK = 256  # texts compared with all others at a time


@dataclass(frozen=True, slots=True)
class Found:
    """For how many texts the original was found, another text, or none."""

    right: int
    wrong: int
    missed: int


def look_up(
    originals: Sequence[str], others: Sequence[str], vectors: tuple[Array, Array], at: float, verify: Verify
) -> Found:
    """Looks up each of `others` among the originals, as a cache with this threshold would."""
    shelves = Shelves(len(originals))
    for place, (text, vector) in enumerate(zip(originals, vectors[0], strict=True)):
        shelves.put(b"", Entry(b"%d" % place, text, traits(text)), vector)
    right = wrong = missed = 0
    for original, text, vector in zip(originals, others, vectors[1], strict=True):
        seen = traits(text)
        found = best(seen, shelves.near(b"", vector, at), verify, Rarity())
        if found is None or not found.alike:
            missed += 1
        elif found.entry.text == original:
            right += 1
        else:
            wrong += 1
    return Found(right, wrong, missed)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a classifier of pairs of texts."""

    precision: float  # the share of equivalent pairs among those accepted
    recall: float
    taken: int  # accepted pairs


@dataclass(frozen=True, slots=True)
class Judged:
    """The rates of each classifier on held-out pairs."""

    pairs: int
    learnt_from: int
    cold: Rates  # strict verification at the default threshold
    cosine: Rates  # the cosine alone, at the required precision
    verifier: Rates | None  # a verifier at the required precision; None: too few labels to train it


def judge(
    pairs: Sequence[tuple[str, str]],
    same: Sequence[bool],
    vectors: tuple[Array, Array],
    split: int,
    precision: float = 0.85,
) -> Judged:
    """Trains on the first `split` pairs and evaluates the rest. Near texts and rarity come from all pairs, as
    they use no labels. `vectors`: of the first texts and of the second ones, each of length one.
    """
    seen = [(traits(one), traits(other)) for one, other in pairs]
    rarity = Rarity()
    for text in (each for pair in seen for each in pair):
        rarity.note(text.content)
    cosines = np.vecdot(*vectors).tolist()
    figures = [
        features(one, other, cosine, rarity, others)
        for (one, other), cosine, others in zip(seen, cosines, _others(pairs, vectors), strict=True)
    ]
    verifier = train(figures[:split], same[:split])
    rest, held = range(split, len(pairs)), same[split:]
    cold = [float(cosines[place] >= _START and not differs(*seen[place], "strict")) for place in rest]
    taken = [right for each, right in zip(cold, held, strict=True) if each]
    plain = at_precision([cosines[place] for place in rest], held, precision)
    learnt = None
    if verifier is not None:
        learnt = at_precision([verifier.sure(figures[place]) for place in rest], held, precision)
    return Judged(len(held), split, _rates(sum(taken), len(taken), sum(held)), plain, learnt)


def _others(pairs: Sequence[tuple[str, str]], vectors: tuple[Array, Array]) -> list[list[float]]:
    """For each pair, the cosines of the texts nearest to the first one, without the second one."""
    rows = dict(
        zip(
            (each for pair in zip(*pairs, strict=True) for each in pair), np.concatenate(vectors), strict=True
        )
    )
    places = {text: place for place, text in enumerate(rows)}
    texts, count = np.array(list(rows.values())), min(CROWD, len(rows))
    found: list[list[float]] = []
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        cosines = vectors[0][start : start + _BLOCK] @ texts.T
        for row, (one, other) in zip(cosines, block, strict=True):
            row[[places[one], places[other]]] = -1.0
        nearest = np.partition(cosines, -count, axis=1)[:, -count:]
        found += np.sort(nearest, axis=1)[:, ::-1].tolist()
    return found


def at_precision(scores: Sequence[float], same: Sequence[bool], precision: float) -> Rates:
    """The rates at the lowest score threshold that keeps this precision."""
    right = taken = most = most_right = 0
    for _, hit in sorted(zip(scores, same, strict=True), reverse=True):
        taken += 1
        right += hit
        if right >= precision * taken:
            most, most_right = taken, right
    return _rates(most_right, most, sum(same))


def _rates(right: int, taken: int, wanted: int) -> Rates:
    return Rates(
        round(right / taken, 4) if taken else 0.0, round(right / wanted, 4) if wanted else 0.0, taken
    )
