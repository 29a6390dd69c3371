"""Two texts as the figures from which a verifier judges whether one answer serves both."""

from caching.semantic.traits import Traits, asks, contradiction, swaps

NAMES = (
    "cosine", "words", "content", "held", "holds", "letters", "length", "only mine", "only theirs",
    "swapped", "numbers", "units", "negation", "opposites", "names", "order", "first word", "last word",
    "question", "turned",
)  # fmt: skip
SIZE = len(NAMES)
_MOST_LETTERS = 600


def overlap(one: Traits, other: Traits) -> float:
    """The share of words of content that both have, from 0 to 1."""
    mine, theirs = set(one.content), set(other.content)
    both = mine | theirs
    return len(mine & theirs) / len(both) if both else 1.0


def features(one: Traits, other: Traits, cosine: float) -> tuple[float, ...]:
    """`SIZE` figures, most of them from 0 to 1; 50 to 100 µs for two sentences."""
    words, others = set(one.tokens), set(other.tokens)
    mine, theirs = set(one.content), set(other.content)
    only_mine, only_theirs = swaps(one, other)
    shared = len(mine & theirs)
    letters, letters_too = _trigrams(one), _trigrams(other)
    reason = contradiction(one, other)
    return (
        cosine,
        _share(len(words & others), len(words | others)),
        _share(shared, len(mine | theirs)),
        _share(shared, len(mine)),
        _share(shared, len(theirs)),
        _share(len(letters & letters_too), len(letters | letters_too)),
        _share(min(len(one.tokens), len(other.tokens)), max(len(one.tokens), len(other.tokens))),
        min(len(only_mine), 4) / 4,
        min(len(only_theirs), 4) / 4,
        float(bool(only_mine) and bool(only_theirs)),
        float(one.numbers != other.numbers),
        float(one.measures != other.measures),
        float(one.negations % 2 != other.negations % 2),
        float(reason == "opposites"),
        float(reason == "names"),
        float(reason == "order"),
        float(one.tokens[:1] == other.tokens[:1]),
        float(one.content[-1:] == other.content[-1:]),
        float(asks(one) == asks(other)),
        _turned(one, other),
    )


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
