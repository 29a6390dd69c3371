"""Pairs of texts that look alike and ask for different things, and pairs that only look different."""

import random
from collections.abc import Callable, Iterator

Pair = tuple[str, str]

_PEOPLE = "Anna Bert Carla Dmitri Elena Farid Greta Hugo Ines Jamal".split()
_PLACES = "Paris Oslo Lima Cairo Dublin Prague Quito Seoul Tunis Vienna".split()
_MONTHS = "January February March April June July August September October November".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday".split()
_UNITS = [("kilometres", "miles"), ("kilograms", "pounds"), ("Celsius", "Fahrenheit"), ("litres", "gallons")]
_UNITS += [("hours", "minutes"), ("euros", "dollars"), ("gigabytes", "megabytes"), ("metres", "feet")]
_THINGS = "invoice contract report server router ticket parcel loan policy account".split()
_ACTS = ["approve the {}", "renew the {}", "share the {}", "archive the {}", "print the {}"]
_TURNED = [("{} owes {} money", 2), ("{} is older than {}", 2), ("{} lent a bicycle to {}", 2)]
_OPPOSED = [("buy", "sell"), ("enable", "disable"), ("increase", "decrease"), ("import", "export")]
_OPPOSED += [("encrypt", "decrypt"), ("install", "uninstall"), ("add", "remove"), ("open", "close")]


def _numbers(chance: random.Random) -> Pair:
    one, other = chance.sample(range(2, 99), 2)
    thing = chance.choice(_THINGS)
    form = chance.choice(
        [
            "What is {} percent of the {} total?",
            "List {} reasons to change the {}.",
            "Write {} sentences about my {}.",
            "Is port {} right for the {}?",
            "Summarise page {} of the {}.",
            "How do I round {}.5 in the {}?",
        ]
    )
    return form.format(one, thing), form.format(other, thing)


def _dates(chance: random.Random) -> Pair:
    place, thing = chance.choice(_PLACES), chance.choice(_THINGS)
    names = chance.choice([_MONTHS, _DAYS])
    one, other = chance.sample(names, 2)
    if chance.random() < 0.3:
        one, other = map(str, chance.sample(range(1990, 2026), 2))
    form = chance.choice(
        [
            "Which holidays does {place} have in {when}?",
            "Is the {thing} due in {when}?",
            "What happened in {place} in {when}?",
            "When does the {thing} of {when} arrive in {place}?",
        ]
    )
    return form.format(place=place, thing=thing, when=one), form.format(place=place, thing=thing, when=other)


def _negations(chance: random.Random) -> Pair:
    act = chance.choice(_ACTS).format(chance.choice(_THINGS))
    forms = [
        (f"Why should I {act}?", f"Why should I not {act}?"),
        (f"Can I {act} with a password?", f"Can I {act} without a password?"),
        (f"Who can {act} here?", f"Who can't {act} here?"),
        (f"I can {act}. What now?", f"I cannot {act}. What now?"),
        (f"Must we always {act}?", f"Must we never {act}?"),
    ]
    return chance.choice(forms)


def _names(chance: random.Random) -> Pair:
    one, other, third = chance.sample(_PEOPLE, 3)
    place, elsewhere = chance.sample(_PLACES, 2)
    turned, _ = chance.choice(_TURNED)
    forms = [
        (f"If {turned.format(one, other)}, who pays?", f"If {turned.format(other, one)}, who pays?"),
        (f"Write a letter from {one} to {other}.", f"Write a letter from {one} to {third}."),
        (f"How far is {place} from the sea?", f"How far is {elsewhere} from the sea?"),
        (f"Book a flight from {place} to {elsewhere}.", f"Book a flight from {elsewhere} to {place}."),
        (
            f"what is the capital nearest to {place.lower()}",
            f"what is the capital nearest to {elsewhere.lower()}",
        ),
    ]
    return chance.choice(forms)


def _units(chance: random.Random) -> Pair:
    one, other = chance.choice(_UNITS)
    number = chance.randrange(2, 500)
    forms = [
        (f"Convert {number} {one} to {other}.", f"Convert {number} {other} to {one}."),
        (f"Is {number} {one} a lot?", f"Is {number} {other} a lot?"),
        (f"How much is {number} {one} each?", f"How much is {number} {other} each?"),
    ]
    return chance.choice(forms)


def _opposites(chance: random.Random) -> Pair:
    one, other = chance.choice(_OPPOSED)
    thing = chance.choice(_THINGS)
    form = chance.choice(["How do I {} the {}?", "Who may {} a {}?", "Is it wise to {} the {} at night?"])
    return form.format(one, thing), form.format(other, thing)


KINDS: dict[str, Callable[[random.Random], Pair]] = {
    "numbers": _numbers,
    "dates": _dates,
    "negation": _negations,
    "names": _names,
    "units": _units,
    "opposites": _opposites,
}


def near_misses(each: int, seed: int = 1) -> Iterator[tuple[str, Pair]]:
    """So many different pairs of each kind, whose answers differ."""
    for kind, make in KINDS.items():
        chance, seen = random.Random(f"{kind} {seed}"), set[Pair]()
        for _ in range(100 * each):
            seen.add(make(chance))
            if len(seen) == each:
                break
        yield from ((kind, pair) for pair in sorted(seen))


def rewordings(count: int, seed: int = 1) -> list[Pair]:
    """Pairs whose answers are the same."""
    chance = random.Random(seed)
    before = ["", "Please tell me: ", "Hello, ", "Can you explain "]
    found = []
    for _ in range(count):
        act = chance.choice(_ACTS).format(chance.choice(_THINGS))
        place = chance.choice(_PLACES)
        found.append(
            chance.choice(
                [
                    (f"How do I {act}?", f"{chance.choice(before)}how can I {act}?"),
                    (f"What is the way to {act}", f"what's the way to {act}?"),
                    (f"Who may {act} in {place}?", f"Please, who might {act} in {place}"),
                ]
            )
        )
    return found
