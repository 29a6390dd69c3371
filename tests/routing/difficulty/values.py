"""Made-up traffic in which some words mean that only the strong side will do."""

import random

from routing.difficulty.features import features
from routing.difficulty.training import Example

HARD = ("eigenvalue", "theorem", "integral", "isomorphism", "entropy")
EASY = ("capital", "colour", "weekday", "greeting", "synonym")
PLAIN = ("the", "of", "what", "is", "a", "please", "tell", "about", "my", "one")


def question(hard: bool, dice: random.Random) -> str:
    """A few words, one of which tells."""
    words = dice.choices(PLAIN, k=9)
    words.insert(dice.randrange(9), dice.choice(HARD if hard else EASY))
    return " ".join(words) + "?"


def traffic(count: int, seed: int = 0) -> list[Example]:
    """The weak side fails at nine of ten hard ones, the strong one at few of any sort."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        hard = dice.random() < 0.4
        weak = dice.random() < (0.1 if hard else 0.9)
        found.append(Example(features(question(hard, dice)), dice.random() < 0.92, weak))
    return found
