"""Candidates and their health as tests write them down."""

from collections.abc import Mapping, Sequence
from typing import Any

from routing.facts import Candidate, Facts, Tariff
from routing.health import UNKNOWN, HealthView, Standing
from routing.plan import Choice

MILLION = 1_000_000_000  # nano-dollars per million tokens that cost a dollar


def priced(
    name: str, price_in: float, price_out: float, cached: float | None = None, **more: Any
) -> Candidate:
    """A candidate priced in dollars per million tokens."""
    rates = (price_in, price_in if cached is None else cached, price_out)
    return Candidate(name, tariff=Tariff(*(round(rate * MILLION) for rate in rates)), **more)


def health(**standings: Standing) -> HealthView:
    """By names; of who is not named nothing is known."""
    known: Mapping[str, Standing] = standings
    return lambda name: known.get(name, UNKNOWN)


def facts(draw: float = 0.5, **more: Any) -> Facts:
    return Facts("m", draw, **more)


def told(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Who comes when, and why, as it is read."""
    return [(choice.target, choice.reason) for choice in choices]
