"""Trains the injection guard's word model, and measures it on texts it has not seen.

`python -m bench.injections FOLDER` measures with the collections in a folder; `--write` trains and writes.
"""

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench import (
    injection_abroad,
    injection_asked,
    injection_asked_data,
    injection_broader,
    injection_data,
    injection_drawn,
    injection_fresh,
    injection_later,
    injection_latest,
    injection_more,
    injection_patterns,
    injection_posed,
    injection_posed_data,
    injection_texts,
    injection_tried,
    injection_tried_data,
    injection_wider,
)
from bench.injection_drawn import drawn
from guardrails.injections.learning import Rates, Sample, crossed, learn, rates, threshold_at, with_thresholds
from guardrails.injections.phrases import RULES
from guardrails.injections.views import plain, views
from guardrails.rules import Rules

WEIGHTS = Path(__file__).parents[1] / "guardrails" / "injections" / "words.bin"
COUNTED, EASY, DATA = "deepset", "guard-benign-arena-hard", "data"
# The highest false-positive rate by collection: the threshold is the lowest that keeps to all of them.
LENIENT = {COUNTED: 0.009, EASY: 0.0064, "own": 0.03}
# The same for data, in which instructions are recognised by whom they address.
STRICT = {DATA: 0.015, "pages": 0.005}
_WEIGHTS = {COUNTED: 16.0, EASY: 3.0}  # of the collections most like users' texts
_ATTACKS, _HARMLESS = 2.0, 4.0  # of our own texts, which are few, short and similar to one another
OWN = (
    injection_texts,
    injection_more,
    injection_wider,
    injection_broader,
    injection_fresh,
    injection_later,
    injection_latest,
    injection_posed,
    injection_asked,
    injection_tried,
)
OF_DATA = (
    injection_later,
    injection_latest,
    injection_posed_data,
    injection_asked_data,
    injection_tried_data,
)
PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))  # long texts on models, prompts and guards
_PIECE = 1500  # characters of one piece
_DRAWN = 5  # the seed for sampling long collections
# Patterns, whether they are attacks, their source, the number of texts per pattern, and their slots.
_PATTERNS: tuple[tuple[Sequence[str], bool, str, int, Mapping[str, str]], ...] = (
    (injection_drawn.ATTACKS, True, "drawn", 30, {}),
    (injection_drawn.HARMLESS, False, "drawn", 50, {}),
    (injection_patterns.ATTACKS, True, "drawn", 30, {}),
    (injection_patterns.HARMLESS, False, "drawn", 40, {}),
    (injection_abroad.ATTACKS, True, "abroad", 14, injection_abroad.SLOTS),
    (injection_data.ATTACKS, True, DATA, 30, injection_data.SLOTS),
    (injection_data.HARMLESS, False, DATA, 40, injection_data.SLOTS),
)

# file, member with the text, whether it is an attack (None: by its label), most rows
_SOURCES = (
    ("guard-injection-deepset-train", "text", None, 10_000),
    ("guard-jailbreaks-in-the-wild", "text", True, 10_000),
    ("guard-benign-arena-hard", "text", False, 10_000),
    ("routing-gsm8k", "prompt", False, 200),
    ("routing-mmlu", "prompt", False, 500),
    ("routing-uiuc-train", "question", False, 1500),
    ("pii-synthetic", "full_text", False, 500),
)


def samples(folder: Path) -> list[Sample]:
    """All training texts, our own included. Raises OSError if a collection is missing."""
    found = samples_of_our_own()
    for name, member, attack, most in _SOURCES:
        rows = list(_rows(folder / f"{name}.jsonl.gz"))
        if len(rows) > most:
            rows = random.Random(_DRAWN).sample(rows, most)
        source = COUNTED if COUNTED in name else name
        for row in rows:
            truth = bool(row["label"]) if attack is None else attack
            found.append(Sample(str(row[member]), truth, source, _WEIGHTS.get(source, 1.0)))
    for patterns, attack, source, each, slots in _PATTERNS:
        found += [Sample(text, attack, source) for text in drawn(patterns, each, slots)]
    return found


def samples_of_our_own() -> list[Sample]:
    """Our own texts, without those drawn from patterns."""
    found: list[Sample] = []
    for own in OWN:
        found += [Sample(text, True, "own", _ATTACKS) for text in own.ATTACKS]
        found += [Sample(text, False, "own", _HARMLESS) for text in own.HARMLESS]
    for of_data in OF_DATA:
        found += [Sample(text, True, DATA, _ATTACKS) for text in of_data.ATTACKS_IN_DATA]
        found += [Sample(text, False, DATA, _HARMLESS) for text in of_data.HARMLESS_DATA]
    return [
        *found,
        *(Sample(text, False, "pages") for page in PAGES for text in _pieces(page.read_text())),
    ]


def _pieces(page: str) -> Iterator[str]:
    for start in range(0, len(page), _PIECE):
        yield page[start : start + _PIECE]


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt") as lines:
        for line in lines:
            yield json.loads(line)


class Phrases:
    """The guard's rules, which recognise attacks by fixed phrases."""

    def __init__(self) -> None:
        self._rules = Rules(RULES)

    def say(self, text: str) -> bool:
        raw = text.encode("utf-8", "surrogatepass")
        return bool(self._rules.scan(raw)) or any(self._rules.scan(view.text) for view in views(raw))


def measured(
    scored: Sequence[tuple[Sample, float]], threshold: float, phrases: Phrases | None
) -> dict[str, Rates]:
    """Rates by collection at this threshold; with `phrases`, texts that they match count as found, too."""
    by_source: dict[str, list[tuple[Sample, bool]]] = {}
    for each, score in scored:
        said = score >= threshold or (phrases is not None and phrases.say(each.text))
        by_source.setdefault(each.source, []).append((each, said))
    return {source: rates(judged) for source, judged in by_source.items()}


def _lowest(scored: Sequence[tuple[Sample, float]], shares: Mapping[str, float]) -> float:
    """The lowest threshold that keeps to the shares of all these collections."""
    of_source: dict[str, list[float]] = {}
    for each, score in scored:
        if not each.attack:
            of_source.setdefault(each.source, []).append(score)
    return max(threshold_at(of_source[source], share) for source, share in shares.items())


def main(arguments: Sequence[str]) -> None:
    """Measures, and with `--write` writes the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    known = samples(asked.folder)
    shown = [Sample(_shown(each.text), each.attack, each.source, each.weight) for each in known]
    scored = list(crossed(shown))
    threshold = _lowest(scored, LENIENT)
    strict = _lowest(scored, STRICT)
    for title, rules in (("words", None), ("words and phrases", Phrases())):
        sys.stdout.write(f"{title}, by cross-validation:\n")
        for source, each in measured(scored, threshold, rules).items():
            sys.stdout.write(f"  {source:32} {_said(each)}\n")
    if asked.write:
        WEIGHTS.write_bytes(with_thresholds(learn(shown), threshold, strict).write())
        sys.stdout.write(f"written: {WEIGHTS}\n")


def _shown(text: str) -> str:
    return plain(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _said(each: Rates) -> str:
    parts = []
    if each.attacks:
        parts.append(f"found {each.found} of {each.attacks} ({each.recall:.3f})")
    if each.harmless:
        parts.append(f"passing {each.passing:.4f} of {each.harmless}")
    return ", ".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
