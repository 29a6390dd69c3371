"""A road of fakes whose one team has limits, and a clock that is set by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from config.catalog import TeamFacts
from config.limit import Limit
from gateway.call import Call
from gateway.clock import Clock
from gateway.metering.allowances import Allowances, History
from gateway.metering.metering import Metering
from tests.gateway.road import WHO, Answer, Road

T0 = 1_790_000_000_000


class Limited(Road):
    """As Road, with the limits for everybody's team."""

    def __init__(
        self, script: Mapping[str, Sequence[Answer]], *limits: Limit, history: History | None = None
    ) -> None:
        super().__init__(script)
        self.who = WHO
        self.now = T0
        clock = Clock(lambda: self.now, lambda: self.now / 1000, self.clock.monotonic)
        self.books = replace(self.books, clock=clock)
        self.limit(*limits)
        self.services.ledger = Metering(self.books, Allowances(history, lambda: self.now))

    def limit(self, *limits: Limit) -> None:
        """What a reload does."""
        teams = {WHO.team: TeamFacts(WHO.team, WHO.organisation, limits=limits)}
        self.deployment = replace(self.deployment, catalog=replace(self.deployment.catalog, teams=teams))

    def call(self, **asked: Any) -> Call:
        call = super().call(**asked)
        call.at_ms = self.now
        return call
