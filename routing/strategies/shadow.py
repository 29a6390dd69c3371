"""Shadow: one target gets copies of a share of the calls; its answers reach no caller."""

from collections.abc import Sequence

from config import units
from config.addresses import model_name
from config.strategies import Option, StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options
from routing.strategies import weighted

_DOLLAR = 10**9


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The other targets, by weight; empty if there are none, since a shadow never answers a caller."""
    others = [each for each in candidates if each.name != options["target"]]
    return weighted.order(facts, others, options, health)


STRATEGY = StrategyKind(
    order,
    options={
        "target": Option(model_name, required=True, names="target"),
        "share": Option(units.share, default=0.05),
        "budget": Option(units.nano_dollars, default=_DOLLAR),
        "learn": Option(units.flag, default=False),
    },
)
