"""Exact money: integer nano-dollars, from tokens and prices that are integers too.

A price is in nano-dollars per million tokens, so `tokens × price` is a whole number of femto-dollars
(10⁻¹⁵), sums of it are exact, and rounding happens once, at the end of an attempt.
"""

from decimal import ROUND_HALF_UP, Decimal

import msgspec

from dialects.usage import Usage
from ledger.row import NanoDollars

NANO = 1_000_000_000  # nano-dollars in a dollar
MILLION = 1_000_000  # the number of tokens that a price is for


class Rates(msgspec.Struct, frozen=True, gc=False):
    """The prices of each class of tokens, in nano-dollars per million; `call` is per million calls."""

    input: int
    output: int
    cached_read: int
    cache_write: int
    input_audio: int
    reasoning: int
    output_audio: int
    cache_write_1h: int
    input_image: int
    output_image: int
    cached_audio: int
    call: int = 0

    @property
    def dearest_input(self) -> int:
        write = max(self.cache_write, self.cache_write_1h)
        cached = max(self.cached_read, self.cached_audio)
        return max(self.input, cached, write, self.input_audio, self.input_image)

    @property
    def dearest_output(self) -> int:
        return max(self.output, self.reasoning, self.output_audio, self.output_image)


def rates(price_in: int, price_out: int, **apart: int | None) -> Rates:
    """Rates from the input and output prices; `apart` prices single classes, others cost as input or output.

    Without a price of its own, a one-hour cache write costs as much as any cache write, and cached audio as
    much as any cached read.
    """
    known = {name: price for name, price in apart.items() if price is not None}
    written = known.get("cache_write", price_in)
    read = known.get("cached_read", price_in)
    inputs = dict.fromkeys(("input", "cached_read", "input_audio", "input_image"), price_in)
    outputs = dict.fromkeys(("output", "reasoning", "output_audio", "output_image"), price_out)
    return Rates(
        **{
            **inputs,
            **outputs,
            "cache_write": written,
            "cache_write_1h": written,
            "cached_audio": read,
            **known,
        }
    )


def cost(usage: Usage, at: Rates) -> NanoDollars:
    """The cost of an attempt: the exact sum over its classes, rounded half up to a nano-dollar once.

    An attempt without tokens is not billed per call either.

    The classes are made to partition the input and the output: if a vendor reports parts that exceed the
    whole, the whole is billed, with cached tokens counted before audio, and audio before images.
    """
    if usage == Usage(usage.input, usage.output):  # the usual case: no separate classes
        femto = usage.input * at.input + usage.output * at.output
        if at.call and (usage.input or usage.output):  # otherwise no vendor was called, or it refused
            femto += at.call
        return NanoDollars((femto + 500_000) // MILLION)
    read = min(usage.cached_read, usage.input)
    write = min(usage.cache_write, usage.input - read)
    both = min(usage.cached_audio, read, usage.input_audio)
    heard = min(usage.input_audio - both, usage.input - read - write)
    thought = min(usage.reasoning, usage.output)
    spoken = min(usage.output_audio, usage.output - thought)
    femto = (
        (usage.input - read - write - heard) * at.input
        + read * at.cached_read
        + write * at.cache_write
        + heard * at.input_audio
        + (usage.output - thought - spoken) * at.output
        + thought * at.reasoning
        + spoken * at.output_audio
        + at.call
    )
    if both:
        femto += both * (at.cached_audio - at.cached_read)
    if usage.cache_write_1h:
        femto += min(usage.cache_write_1h, write) * (at.cache_write_1h - at.cache_write)
    if usage.input_image or usage.output_image:
        femto += min(usage.input_image, usage.input - read - write - heard) * (at.input_image - at.input)
        femto += min(usage.output_image, usage.output - thought - spoken) * (at.output_image - at.output)
    return NanoDollars((femto + 500_000) // MILLION)


def per_million(dollars: Decimal) -> int:
    """A price in dollars per million tokens as nano-dollars per million, rounded half up.

    Public prices have at most nine decimals, except for a few computed by division
    (0.0833333333333333); those are off by less than a nano-dollar per million tokens.
    """
    return int((dollars * NANO).to_integral_value(rounding=ROUND_HALF_UP))


def format_dollars(nano: int, places: int = 2) -> str:
    """The exact amount as text, with at least `places` decimals; further ones only if not zero."""
    whole, part = divmod(abs(nano), NANO)
    decimals = f"{part:09d}".rstrip("0").ljust(places, "0")
    return f"{'-' if nano < 0 else ''}${whole:,}{'.' if decimals else ''}{decimals}"


def decimal_dollars(nano: int) -> str:
    """The exact amount for programs: `1234.5`, without currency sign or separators."""
    return format_dollars(nano, 0).replace("$", "").replace(",", "")
