"""How much of a hard budget several processes may hold in advance while a call is refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.catalog import Catalog
from config.limit import SPEND
from gateway.metering.overshooting import accounts
from ledger.meters.leased import SLICES
from ledger.money import format_dollars


@dataclass(frozen=True, slots=True)
class Advance:
    """The most nano-dollars of one hard budget that each process leases beyond what its calls need."""

    owner: str
    most: int

    @property
    def sentence(self) -> str:
        """For display to the operator."""
        return (
            f"the hard budget of {self.owner}: each process leases up to {format_dollars(self.most)} in "
            "advance; a call that is refused for want of that finds it free after two seconds"
        )


def advances(catalog: Catalog) -> Iterator[Advance]:
    """One for each hard budget in the configuration, in its order; none without a shared Redis."""
    if catalog.settings.redis is None:
        return
    for owner, limits, _ in accounts(catalog):
        for limit in limits:
            if limit.kind == SPEND and limit.hard:
                yield Advance(owner, limit.amount // SLICES)
