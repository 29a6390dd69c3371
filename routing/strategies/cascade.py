"""Cascade: the cheap group first, then the strong one if its answer is rejected."""

from collections.abc import Mapping, Sequence
from typing import Any

from config import units
from config.addresses import model_name, text_line
from config.errors import Unfit, any_of
from config.strategies import Option, StrategyKind
from routing.difficulty.dial import dials
from routing.health import HealthView
from routing.plan import Branching, Candidate, Choice, Facts, Note, Options

# How an answer is verified: by its finish reason, its JSON Schema, a trained model, another model as judge.
CHECKS = ("state", "schema", "model", "judge")


def branch(facts: Facts, options: Options) -> Branching:
    """The cheap side, then the strong one, used only if the cheap answer is rejected."""
    checks = ", ".join(options["verify"])
    note = Note("cascade", f"cheap first, its answer held against {checks}", {})
    return Branching(("cheap", "strong"), note, checked=True)


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """Never decides: a group with this strategy has no targets of its own."""
    return [Choice(candidate.name, "as listed") for candidate in candidates]


def checks(value: object) -> tuple[str, ...]:
    """Parses one or several checks; returns each once, in the order in which they run: cheap ones first."""
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list | tuple) or not named or not set(named) <= set(CHECKS):
        raise Unfit(f"one or several of {any_of(CHECKS)}")
    return tuple(each for each in CHECKS if each in named)


def unsure(value: object) -> str:
    """Parses what happens if the judge cannot be asked, or answers neither yes nor no."""
    if value not in ("escalate", "accept"):
        raise Unfit("escalate or accept")
    return str(value)


def missing(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """A message and an example for a check without its required setting; None: all are complete."""
    for check, example in (("model", "model: router.bin"), ("judge", "judge: a model group")):
        if check in options["verify"] and options[check] is None:
            return f"`verify: {check}` without a `{check}`", example
    return None


STRATEGY = StrategyKind(
    order,
    branch,
    options={
        "cheap": Option(model_name, required=True, names="group"),
        "strong": Option(model_name, required=True, names="group"),
        "verify": Option(checks, default=("state",)),
        "dial": Option(units.share, default=0.3),
        "dial_when": Option(dials, default=()),
        "model": Option(text_line),
        "judge": Option(model_name, names="group"),
        "unsure": Option(unsure, default="escalate"),
        "learn": Option(units.flag, default=False),
    },
    missing=missing,
)
