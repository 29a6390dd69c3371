"""Trains the `names` guard, and measures how well it finds names it has not seen.

`python -m bench.names FOLDER --model DIRECTORY` trains on half of the templates and measures on the other
half; `--write` trains on all, and writes. DIRECTORY is filled by `signalbox embedder install`.
"""

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.name_texts import Sample, Span, samples
from gateway.embedders.local import load_states
from gateway.embedders.naming import KINDS, Reading, features, load_weights, names, save_weights

Array = np.ndarray[Any, Any]

_OWN, _OF_PROMPTS, _LONGEST = 4000, 500, 500  # our own texts, prompts, and characters of a prompt
_TYPES = {"PERSON": "PERSON", "GPE": "LOCATION", "LOCATION": "LOCATION", "ORGANIZATION": "ORGANIZATION"}
_ROUNDS, _BATCH, _RATE, _DECAY = 8, 256, 0.003, 1e-3
_COUNTS = 3.0  # weight of a word in the collection, relative to one of our own texts
_SURE = 0.9  # from this probability on, a word in an unlabelled prompt may well be a name


@dataclass(frozen=True, slots=True)
class Rows:
    """Words as training rows, without names of kinds that are not asked for."""

    rows: Array
    kinds: Array  # 0: no name
    weights: Array


def collected(folder: Path) -> tuple[list[Sample], list[Sample]]:
    """The collection's sentences, with addresses as spans without a kind, and prompts. Raises OSError."""
    told = []
    for row in _lines(folder / "pii-synthetic.jsonl.gz"):
        spans = [
            Span(_TYPES.get(each["entity_type"], ""), each["start_position"], each["end_position"])
            for each in row["spans"]
        ]
        told.append(Sample(row["full_text"], tuple(spans), row["template_id"]))
    prompts = [row["text"][:_LONGEST] for row in _lines(folder / "guard-benign-arena-hard.jsonl.gz")]
    return told, [Sample(text, (), 0) for text in prompts]


def taught(told: Sequence[Sample], prompts: Sequence[Sample], read: Reading) -> Array:
    """The weights. Words in prompts that a first model takes for names are left out for the second model."""
    own = _rows(list(samples(_OWN, 1)), read, 1.0)
    known = [own, _rows(told, read, _COUNTS)]
    first = _learn(known)
    plain = _rows(prompts[:_OF_PROMPTS], read, 1.0)
    names_there = 1 - _shares(plain.rows @ first[1:] + first[0])[:, 0] >= _SURE
    rest = Rows(plain.rows[~names_there], plain.kinds[~names_there], plain.weights[~names_there])
    return _learn([*known, rest])


def _rows(given: Sequence[Sample], read: Reading, counts: float) -> Rows:
    rows, kinds = [], []
    for each in given:
        places, found = features(each.text, read)
        for (start, end), row in zip(places, found, strict=True):
            kind = next((span.kind for span in each.spans if start < span.end and end > span.start), None)
            if kind != "":
                rows.append(row)
                kinds.append(0 if kind is None else KINDS.index(kind) + 1)
    return Rows(np.stack(rows), np.array(kinds), np.full(len(rows), counts, np.float32))


def _learn(parts: Sequence[Rows]) -> Array:
    """A softmax regression with Adam (https://arxiv.org/abs/1412.6980); deterministic."""
    rows, kinds = np.vstack([each.rows for each in parts]), np.concatenate([each.kinds for each in parts])
    counts = np.concatenate([each.weights for each in parts])[:, None]
    rows = np.hstack((np.ones((len(rows), 1), np.float32), rows))
    weights = np.zeros((rows.shape[1], 1 + len(KINDS)), np.float32)
    mean, square, step = np.zeros_like(weights), np.zeros_like(weights), 0
    rng = np.random.default_rng(0)
    for turn in range(_ROUNDS):
        order = rng.permutation(len(rows))
        for at in range(0, len(order), _BATCH):
            some = order[at : at + _BATCH]
            wrong = _shares(rows[some] @ weights)
            wrong[np.arange(len(some)), kinds[some]] -= 1
            slope = rows[some].T @ (wrong * counts[some]) / len(some) + _DECAY * weights
            step += 1
            mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope * slope
            size = _RATE * (1 - turn / _ROUNDS) / (1 - 0.9**step)
            weights -= size * mean / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def measured(given: Sequence[Sample], read: Reading, weights: Array) -> dict[str, tuple[int, int, int, int]]:
    """By kind: names found, names there, correct findings, all findings; addresses are left out."""
    found = {kind: (0, 0, 0, 0) for kind in KINDS}
    for each in given:
        said = [
            name
            for name in names(each.text, read, weights)
            if not any(
                not span.kind and name.start < span.end and name.end > span.start for span in each.spans
            )
        ]
        for kind in KINDS:
            wanted = [span for span in each.spans if span.kind == kind]
            mine = [name for name in said if name.kind == kind]
            pairs = [(a, b) for a in wanted for b in mine if a.start < b.end and b.start < a.end]
            more = len({a for a, _ in pairs}), len(wanted), len({b for _, b in pairs}), len(mine)
            found[kind] = tuple(map(sum, zip(found[kind], more, strict=True)))  # type: ignore[assignment]
    return found


def _shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as lines:
        for line in lines:
            yield json.loads(line)


def _halves(told: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Splits by template, so that no template is in both halves."""
    sentences = sorted({each.source for each in told})
    random.Random(5).shuffle(sentences)
    held = set(sentences[: len(sentences) // 2])
    return [each for each in told if each.source not in held], [each for each in told if each.source in held]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.names", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told, prompts = collected(given.folder)
    read = load_states(given.model)
    if given.write:
        save_weights(taught(told, prompts, read))
        print(f"{load_weights().shape[0]} weights for each kind were written.")
        return
    known, unseen = _halves(told)
    weights = taught(known, prompts, read)
    shown = measured(unseen, read, weights)
    others = prompts[_OF_PROMPTS:]
    spoilt = sum(1 for each in others if any(True for _ in names(each.text, read, weights)))
    figures: dict[str, Any] = {
        kind: {"recall": round(met / (of or 1), 3), "precision": round(right / (said or 1), 3), "names": of}
        for kind, (met, of, right, said) in shown.items()
    }
    figures["prompts with something called a name"] = round(spoilt / len(others), 3)
    print(json.dumps(figures, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
