"""Finds the words of a text that name a person, a place or an organisation, from token embeddings.

A linear classifier per word: its features are the embeddings and the spelling of the word and of its two
neighbours. The spelling is needed because the sentence model is uncased.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gateway.embedders.embedder import Array

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
WEIGHTS = Path(__file__).with_name("names.bin")
LEAST = 0.5  # the probability from which a word is part of a name
_CAUTION = 0.2  # added to that for words without a capital, as most of them are not names
_NEARNESS = 0.25  # how much a capitalised word's scores move towards those of a capitalised neighbour
_WINDOW = 600  # characters read at a time, within the model's token limit in most scripts
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|&")
_JOINT = re.compile(r"[ .&'’-]{1,3}")
_BREAK = re.compile(r"[.!?:\n\"|]\s*$")
_NUMBER = "<f2"

Place = tuple[int, int]
# Returns the embedding of each token of a text, a row each, and the tokens' places in the text.
Reading = Callable[[str], tuple[Array, Sequence[Place]]]


class Named(NamedTuple):
    """A name found in a text, at these character offsets."""

    kind: str
    start: int
    end: int
    score: float  # the highest probability among its words


def words(text: str) -> list[Place]:
    """The place of each word; hyphens and apostrophes do not split words."""
    return [found.span() for found in _WORD.finditer(text)]


def names(text: str, read: Reading, weights: Array, least: float = LEAST) -> Iterator[Named]:
    """The names in a text, of words with at least this probability. `weights`: from `load_weights`."""
    for start, part in _windows(text):
        places, rows = features(part, read)
        if places:
            for each in _decoded(part, places, rows @ weights[1:] + weights[0], least):
                yield Named(each.kind, each.start + start, each.end + start, each.score)


def features(text: str, read: Reading) -> tuple[list[Place], Array]:
    """The places of the words that the model read, and a row of features for each: its own, the previous
    word's and the next word's.
    """
    states, tokens = read(text)
    places, own, before = [], [], 0
    first = 0
    for start, end in words(text):
        while first < len(tokens) and tokens[first][1] <= start:
            first += 1
        last = first
        while last < len(tokens) and tokens[last][0] < end:
            last += 1
        if last == first:
            break  # the rest was truncated by the tokenizer
        places.append((start, end))
        own.append(np.concatenate((states[first:last].mean(axis=0), _written(text, start, end, before))))
        before = end
    if not own:
        return [], np.empty((0, 0), np.float32)
    rows = np.stack(own).astype(np.float32)
    none = np.zeros_like(rows[:1])
    return places, np.hstack((rows, np.vstack((none, rows[:-1])), np.vstack((rows[1:], none))))


def load_weights(file: Path = WEIGHTS) -> Array:
    """A row per feature, after a row of biases; a column for "no name", then one for each of `KINDS`."""
    found: Array = np.frombuffer(file.read_bytes(), _NUMBER).astype(np.float32).reshape(-1, 1 + len(KINDS))
    return found


def save_weights(weights: Array, file: Path = WEIGHTS) -> None:
    file.write_bytes(weights.astype(_NUMBER).tobytes())


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Parts of the text with their starts; they end between words if possible."""
    start = 0
    while start < len(text):
        end = start + _WINDOW
        if end < len(text):
            end = max(text.rfind(space, start + 1, end) for space in "\n ") + 1 or end
        yield start, text[start:end]
        start = end


def _written(text: str, start: int, end: int, before: int) -> Array:
    """The features of a word's spelling and of the punctuation around it."""
    word, between = text[start:end], text[before:start]
    opens = before == 0 or _BREAK.search(between) is not None
    return np.array(
        [
            word[:1].isupper() and not word.isupper() or word.istitle(),
            word.isupper() and len(word) > 1,
            word.islower(),
            any(map(str.isdigit, word)),
            opens,
            opens and word[:1].isupper(),
            len(word) == 1,
            len(word) <= 3,
            "-" in word or "'" in word,
            between == " ",
            "," in between,
            '"' in between,
            text[end : end + 1] == '"',
            text[end : end + 1] == ".",
            text[end : end + 1] in (":", ","),
            word == "&",
        ],
        np.float32,
    )


def _decoded(text: str, places: Sequence[Place], scores: Array, least: float) -> Iterator[Named]:
    """The names: runs of likely words with nothing but a joint such as a space or a hyphen between them."""
    tall = [text[start].isupper() for start, _ in places]
    joined = [
        number > 0 and _joins(text, places[number - 1], start) for number, (start, _) in enumerate(places)
    ]
    likely = _shares(_leaning(scores, tall, joined))
    name: list[int] = []
    for number, (start, end) in enumerate(places):
        share = 1 - likely[number, 0]
        is_name = share >= least + (0 if tall[number] else _CAUTION) and _may_be(text, start, end)
        if name and not (is_name and joined[number]):
            yield _named(text, places, likely, name)
            name = []
        if is_name:
            name.append(number)
    if name:
        yield _named(text, places, likely, name)


def _leaning(scores: Array, tall: Sequence[bool], joined: Sequence[bool]) -> Array:
    """The scores, those of adjacent capitalised words moved towards each other."""
    found = scores.copy()
    for number in range(1, len(scores)):
        if joined[number] and tall[number] and tall[number - 1]:
            found[number] += _NEARNESS * (scores[number - 1] - scores[number])
            found[number - 1] += _NEARNESS * (scores[number] - scores[number - 1])
    return found


def _joins(text: str, before: Place, start: int) -> bool:
    between = text[before[1] : start]
    initial = before[1] - before[0] <= 2
    return _JOINT.fullmatch(between) is not None and (initial or not between.startswith("."))


def _may_be(text: str, start: int, end: int) -> bool:
    """Whether the word has no digit and is not next to an @, as in a mail address."""
    return "@" not in (text[end : end + 1], text[start - 1 : start]) and not any(
        map(str.isdigit, text[start:end])
    )


def _named(text: str, places: Sequence[Place], likely: Array, name: Sequence[int]) -> Named:
    start, end = places[name[0]][0], places[name[-1]][1]
    if text[end - 2 : end] in ("'s", "’s", "'S", "’S"):
        end -= 2
    shares = likely[name]
    return Named(KINDS[int(shares[:, 1:].sum(axis=0).argmax())], start, end, float((1 - shares[:, 0]).max()))


def _shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found
