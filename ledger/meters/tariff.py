"""The most that a call can cost, whichever of its targets answers."""

from collections.abc import Iterable

import msgspec

from dialects.usage import Searches
from ledger.price import Price

MILLION = 1_000_000
LEAST_OUTPUT = 16  # tokens: the smallest limit that OpenAI's Responses API accepts; no answer is shorter


class Tariff(msgspec.Struct, frozen=True):
    """The highest rates of several prices, in nano-dollars per million; `prices` are the exact ones."""

    input: int
    output: int
    call: int
    prices: tuple[Price, ...]
    searches: bool = False  # whether any price bills searches besides tokens

    @classmethod
    def of(cls, prices: Iterable[Price]) -> "Tariff":
        """The tariff of a call that may be billed at any of these prices."""
        held = tuple(prices)
        rates = [at for price in held for at in (price.base, *(tier.rates for tier in price.tiers))]
        return cls(
            max((at.dearest_input for at in rates), default=0),
            max((at.dearest_output for at in rates), default=0),
            max((at.call for at in rates), default=0),
            held,
            any(price.per == "search" or price.files for price in held),
        )

    def searching(self, most: Searches) -> "Tariff":
        """The tariff of a call with at most so many searches, added as a price per call."""
        return Tariff.of(price.with_call(price.searching(most) * MILLION) for price in self.prices)

    def bound(self, tokens_in: int, tokens_out: int) -> int:
        """An upper bound in nano-dollars; fast, but too high if prices have tiers or differ."""
        return -(-(tokens_in * self.input + tokens_out * self.output + self.call) // MILLION)

    def bounds(self, tokens_in: int, likely: int, most: int) -> tuple[int, int]:
        """`bound` for a likely and a longest answer to one request."""
        request, rate = tokens_in * self.input + self.call, self.output
        return -(-(request + likely * rate) // MILLION), -(-(request + most * rate) // MILLION)

    def ceiling(self, tokens_in: int, tokens_out: int) -> int:
        """The least upper bound, exact to a nano-dollar."""
        return max((price.ceiling(tokens_in, tokens_out) for price in self.prices), default=0)

    def affordable(self, tokens_in: int, room: int) -> int | None:
        """Output tokens that `room` nano-dollars pay for besides the input; None: output is free."""
        least: int | None = None
        for price in self.prices:
            levels = [price.base, *(tier.rates for tier in price.tiers if tokens_in > tier.above)]
            for at in levels:
                if at.dearest_output:
                    femto = room * MILLION - tokens_in * at.dearest_input - at.call
                    tokens = max(0, femto // at.dearest_output)
                    least = tokens if least is None else min(least, tokens)
        return least
