"""Repeated train-and-test splits of the router on labelled calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.difficulty.answers import doubt, train_answers
from routing.difficulty.evaluation import Interval, Outcome, Quality, interval, quality, resampled, splits
from routing.difficulty.labelled import Labelled
from routing.difficulty.model import Model
from routing.difficulty.training import USUAL, Recipe, train


@dataclass(frozen=True, slots=True)
class Trial:
    """How many labels to train on, how many splits, and whether the cheap answer is read, too."""

    labels: int
    seeds: int = 10
    cascade: bool = False
    recipe: Recipe = USUAL


@dataclass(frozen=True, slots=True)
class Verdict:
    """Means over the splits, with the intervals containing nine of ten of them."""

    apgr: Interval
    cpt50: Interval
    cpt80: Interval


def tried(rows: Sequence[Labelled], trial: Trial, tick: Callable[[], None]) -> Verdict:
    """Train on `labels` rows and test on all others, once per seed; `tick` is called after each."""
    found = []
    for learnt, judged in splits(len(rows), trial.labels, trial.seeds):
        found.append(_once([rows[n] for n in learnt], [rows[n] for n in judged], trial))
        tick()
    return _verdict(found)


def judged_by(rows: Sequence[Labelled], model: Model, times: int = 200) -> Verdict:
    """Tests a finished model on all rows; the intervals come from bootstrap samples."""
    return _verdict(resampled(_outcomes(rows, model), times))


def _once(learnt: Sequence[Labelled], judged: Sequence[Labelled], trial: Trial) -> Quality:
    if not trial.cascade:
        model = train([each.example for each in learnt], {}, trial.recipe)
        return quality(_outcomes(judged, model))
    model = train_answers(learnt, {}, trial.recipe)
    return quality(
        [Outcome(doubt(model, e.example.seen, e.answer), *_labels(e)) for e in judged if e.answer is not None]
    )


def _outcomes(rows: Sequence[Labelled], model: Model) -> list[Outcome]:
    return [Outcome(model.score(each.example.seen), *_labels(each)) for each in rows]


def _labels(each: Labelled) -> tuple[bool, bool]:
    return bool(each.example.strong), bool(each.example.weak)


def _verdict(found: Sequence[Quality]) -> Verdict:
    apgr, cpt50, cpt80 = zip(*found, strict=True)
    return Verdict(interval(apgr), interval(cpt50), interval(cpt80))
