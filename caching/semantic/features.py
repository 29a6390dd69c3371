"""Two texts as the features from which a verifier judges whether one answer serves both."""

from collections.abc import Sequence

from caching.semantic.rarity import Rarity
from caching.semantic.traits import Traits, asks, contradiction, swaps

_HINGES = (0.7, 0.8, 0.85, 0.9, 0.95)  # above each of them the cosine may weigh otherwise
_STEPS = (0.0, 0.05, 0.125, 0.25)  # above each of them what one side alone says may, too
_MUCH = 6.0  # rarity of six words that hardly any text has
CROWD = 7  # texts near the asked one, beside the candidate, that are looked at
_FAR = 0.5  # the cosine below which a text is as far as any
_ROOT = 5  # letters by which a word is known in the other text, whatever its ending
NAMES = (
    "cosine", *(f"cosine above {hinge}" for hinge in _HINGES),
    "words", "content", "held", "holds", "letters", "length", "only mine", "only theirs", "swapped",
    "numbers", "units", "negation", "opposites", "names", "order", "first word", "last word", "question",
    "turned", "rare content", "rarest mine", "rarest theirs", "exchanged", "size", "size too",
    "first content", "first words", "last token",
    *(f"{which} that one says alone, above {step}" for step in _STEPS for which in ("the less", "the more")),
    "nearest other", "third other", "seventh other", "nearer than others", "another is nearer", "nearer ones",
)  # fmt: skip
SIZE = len(NAMES)
_MOST_LETTERS = 600
_LONG = 40  # tokens beyond which a text is as long as any


def overlap(one: Traits, other: Traits) -> float:
    """The share of words of content that both have, from 0 to 1."""
    mine, theirs = set(one.content), set(other.content)
    return _share(len(mine & theirs), len(mine | theirs))


def features(
    one: Traits, other: Traits, cosine: float, rarity: Rarity, crowd: Sequence[float] = ()
) -> tuple[float, ...]:
    """`SIZE` figures from 0 to 1, the cosine first; 100 to 200 µs for two sentences. `crowd`: the cosines of
    what else is near the first text, the nearest first.
    """
    words, others = set(one.tokens), set(other.tokens)
    mine, theirs = set(one.content), set(other.content)
    shared = len(mine & theirs)
    letters, letters_too = _trigrams(one), _trigrams(other)
    return (
        cosine,
        *(max(0.0, cosine - hinge) / (1 - hinge) for hinge in _HINGES),
        _share(len(words & others), len(words | others)),
        _share(shared, len(mine | theirs)),
        _share(shared, len(mine)),
        _share(shared, len(theirs)),
        _share(len(letters & letters_too), len(letters | letters_too)),
        _share(min(len(one.tokens), len(other.tokens)), max(len(one.tokens), len(other.tokens))),
        *_differences(one, other),
        float(one.tokens[:1] == other.tokens[:1]),
        float(one.content[-1:] == other.content[-1:]),
        float(asks(one) == asks(other)),
        _turned(one, other),
        *_rare(mine, theirs, rarity),
        min(len(one.tokens), _LONG) / _LONG,
        min(len(other.tokens), _LONG) / _LONG,
        float(one.content[:1] == other.content[:1]),
        float(one.tokens[:2] == other.tokens[:2]),
        float(one.tokens[-1:] == other.tokens[-1:]),
        *_alone(mine, theirs, rarity),
        *_crowd(cosine, crowd),
    )


def _differences(one: Traits, other: Traits) -> tuple[float, ...]:
    only_mine, only_theirs = swaps(one, other)
    reason = contradiction(one, other)
    return (
        min(len(only_mine), 4) / 4,
        min(len(only_theirs), 4) / 4,
        float(bool(only_mine) and bool(only_theirs)),
        float(one.numbers != other.numbers),
        float(one.measures != other.measures),
        float(one.negations % 2 != other.negations % 2),
        float(reason == "opposites"),
        float(reason == "names"),
        float(reason == "order"),
    )


def _rare(mine: set[str], theirs: set[str], rarity: Rarity) -> tuple[float, ...]:
    """The shared part of what is rare, the rarest word of each side alone, and how many were exchanged."""
    both, whole = sum(map(rarity.of, mine & theirs)), sum(map(rarity.of, mine | theirs))
    return (
        both / whole if whole else 1.0,
        max(map(rarity.of, mine - theirs), default=0.0),
        max(map(rarity.of, theirs - mine), default=0.0),
        min(len(mine - theirs), len(theirs - mine), 4) / 4,
    )


def _alone(mine: set[str], theirs: set[str], rarity: Rarity) -> list[float]:
    """How much each side says of which the other has no word with the same beginning."""
    roots, others = {word[:_ROOT] for word in mine}, {word[:_ROOT] for word in theirs}
    sides = sorted(
        (
            sum(rarity.of(word) for word in mine if word[:_ROOT] not in others) / _MUCH,
            sum(rarity.of(word) for word in theirs if word[:_ROOT] not in roots) / _MUCH,
        )
    )
    return [max(0.0, min(1.0, side) - step) for step in _STEPS for side in sides]


def _crowd(cosine: float, others: Sequence[float]) -> tuple[float, ...]:
    """How the candidate stands among what is near: one of many as near is less sure to be the one."""
    near = [min(1.0, max(_FAR, each)) for each in others[:CROWD]] + [_FAR] * (CROWD - len(others))
    ahead = cosine - near[0]
    nearer = sum(each > cosine for each in near) / CROWD
    return near[0], near[2], near[6], max(0.0, ahead), max(0.0, -ahead), nearer


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _trigrams(text: Traits) -> set[str]:
    joined = " ".join(text.tokens)[:_MOST_LETTERS]
    return {joined[place : place + 3] for place in range(max(1, len(joined) - 2))}


def _turned(one: Traits, other: Traits) -> float:
    """Of the words that both have, how many stand after another one that they stand before in the other."""
    places = {word: place for place, word in enumerate(other.content)}
    found = [places[word] for word in one.content if word in places]
    falls = sum(late < early for early, late in zip(found, found[1:], strict=False))
    return falls / (len(found) - 1) if len(found) > 1 else 0.0
