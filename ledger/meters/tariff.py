"""The most a call can cost, whichever of its targets answers."""

from collections.abc import Iterable

import msgspec

from dialects.usage import Searches
from ledger.price import Price

MILLION = 1_000_000
LEAST_OUTPUT = 16  # tokens: the smallest bound that OpenAI's responses take, and no answer is shorter


class Tariff(msgspec.Struct, frozen=True):
    """The dearest rates of several prices, in nano-dollars per million; `prices` are the exact ones."""

    input: int
    output: int
    call: int
    prices: tuple[Price, ...]
    searches: bool = False  # whether any of these bills searches beside the tokens

    @classmethod
    def of(cls, prices: Iterable[Price]) -> "Tariff":
        """For a call that may be made at any of these prices."""
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
        """For a call for which its vendor searches so often, at most: as if each call cost that."""
        return Tariff.of(price.with_call(price.searching(most) * MILLION) for price in self.prices)

    def bound(self, tokens_in: int, tokens_out: int) -> int:
        """Nano-dollars that it never exceeds; quick, and where prices differ by tiers too high."""
        return -(-(tokens_in * self.input + tokens_out * self.output + self.call) // MILLION)

    def bounds(self, tokens_in: int, likely: int, most: int) -> tuple[int, int]:
        """The same for two answers to one request."""
        request, rate = tokens_in * self.input + self.call, self.output
        return -(-(request + likely * rate) // MILLION), -(-(request + most * rate) // MILLION)

    def ceiling(self, tokens_in: int, tokens_out: int) -> int:
        """The same, exact to a nano-dollar."""
        return max((price.ceiling(tokens_in, tokens_out) for price in self.prices), default=0)

    def affordable(self, tokens_in: int, room: int) -> int | None:
        """Output tokens that so many nano-dollars pay for beside the input; None: they cost nothing."""
        least: int | None = None
        for price in self.prices:
            levels = [price.base, *(tier.rates for tier in price.tiers if tokens_in > tier.above)]
            for at in levels:
                if at.dearest_output:
                    femto = room * MILLION - tokens_in * at.dearest_input - at.call
                    tokens = max(0, femto // at.dearest_output)
                    least = tokens if least is None else min(least, tokens)
        return least
