"""Which model judges how hard a route's calls are."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from gateway.candidates import every
from routing.difficulty.model import Model, load
from routing.plan import Tier


def model_of(tiers: Sequence[Tier]) -> Model:
    """The model of the first group that asks for one: its file, else the prior. For building routes.

    Raises OSError or ValueError for a file that cannot be used.
    """
    options = next((tier.options for tier in every(tiers) if "dial" in tier.options), {})
    file = options.get("model")
    return prior() if file is None else load(Path(str(file)).read_bytes())


@lru_cache(maxsize=1)
def prior() -> Model:
    """The model that ships with the program: a first guess, until a team's own labels say more."""
    return load((files("routing.difficulty") / "prior.bin").read_bytes())
