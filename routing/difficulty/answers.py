"""How doubtful a cheap answer is, according to a model trained on judged answers."""

from collections.abc import Callable, Sequence
from typing import Any

from routing.difficulty.features import Features
from routing.difficulty.labelled import Labelled
from routing.difficulty.model import Model
from routing.difficulty.training import USUAL, Judged, Recipe, learn


def doubt(model: Model, question: Features, answer: Features) -> float:
    """From -1 to 1: how much more likely a strong model is right than this answer."""
    return model.strong.chance(question) - model.weak.chance(answer)


def train_answers(
    rows: Sequence[Labelled],
    about: dict[str, Any],
    recipe: Recipe = USUAL,
    tick: Callable[[], None] = lambda: None,
) -> Model:
    """Trains a model whose strong side reads questions, and its weak side answers, via `checks.checked`.

    Rows without an answer train the strong side only. Raises ValueError if a side's labels are all alike.
    """
    strong = [Judged(e.example.seen, e.example.strong) for e in rows if e.example.strong is not None]
    weak = [
        Judged(e.answer, e.example.weak) for e in rows if e.answer is not None and e.example.weak is not None
    ]
    model = Model(learn(strong, "strong", recipe, tick), learn(weak, "weak", recipe, tick), about)
    scores = sorted(doubt(model, e.example.seen, e.answer) for e in rows if e.answer is not None)
    marks = [round(scores[min(len(scores) - 1, len(scores) * n // 100)], 5) for n in range(101)]
    return Model(
        model.strong, model.weak, {**about, "labels": len(rows), "quantiles": marks, "cascade": True}
    )
