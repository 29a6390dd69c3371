"""The features of a pair of texts, from which a verifier judges whether one answer fits both."""

from collections.abc import Sequence

from caching.semantic.rarity import Rarity
from caching.semantic.traits import Traits, asks, contradiction, swaps

_HINGES = (0.7, 0.8, 0.85, 0.9, 0.95)  # above each, the cosine can have another slope
_STEPS = (0.0, 0.05, 0.125, 0.25)  # the same for the amount that one side says alone
_MUCH = 6.0  # scales that amount: the rarity of six words that hardly any text has
CROWD = 7  # near texts besides the candidate that count
_FAR = 0.5  # lower cosines of near texts count as this
_ROOT = 5  # letters by which a word is recognised in the other text, whatever its ending
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
_LONG = 40  # longer texts count as this many tokens


def overlap(one: Traits, other: Traits) -> float:
    """The share of content words that both texts have, from 0 to 1."""
    mine, theirs = set(one.content), set(other.content)
    return _share(len(mine & theirs), len(mine | theirs))


def features(
    one: Traits, other: Traits, cosine: float, rarity: Rarity, crowd: Sequence[float] = ()
) -> tuple[float, ...]:
    """`SIZE` figures up to 1, the cosine first; 100 to 200 µs for two sentences. `crowd`: the cosines of the
    other texts near the first one, the nearest first.
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
    """The shared part of the total rarity, each side's rarest word alone, and how many were exchanged."""
    both, whole = sum(map(rarity.of, mine & theirs)), sum(map(rarity.of, mine | theirs))
    return (
        both / whole if whole else 1.0,
        max(map(rarity.of, mine - theirs), default=0.0),
        max(map(rarity.of, theirs - mine), default=0.0),
        min(len(mine - theirs), len(theirs - mine), 4) / 4,
    )


def _alone(mine: set[str], theirs: set[str], rarity: Rarity) -> list[float]:
    """The rarity of each side's words without a counterpart with the same root in the other, at each step."""
    roots, others = {word[:_ROOT] for word in mine}, {word[:_ROOT] for word in theirs}
    sides = sorted(
        (
            sum(rarity.of(word) for word in mine if word[:_ROOT] not in others) / _MUCH,
            sum(rarity.of(word) for word in theirs if word[:_ROOT] not in roots) / _MUCH,
        )
    )
    return [max(0.0, min(1.0, side) - step) for step in _STEPS for side in sides]


def _crowd(cosine: float, others: Sequence[float]) -> tuple[float, ...]:
    """The candidate's cosine against the other near texts': among many as near it is less certain."""
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
    """The share of neighbouring shared words that are in reverse order in the other text."""
    places = {word: place for place, word in enumerate(other.content)}
    found = [places[word] for word in one.content if word in places]
    falls = sum(late < early for early, late in zip(found, found[1:], strict=False))
    return falls / (len(found) - 1) if len(found) > 1 else 0.0
