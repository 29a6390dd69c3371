"""Money is exact: integers agree with fractions, text goes there and back."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.usage import Usage
from ledger.money import NANO, Rates, cost, decimal_dollars, format_dollars, per_million, rates

PRICES = st.integers(0, 10**12)
TOKENS = st.integers(0, 10**7)
RATES = st.builds(Rates, *[PRICES] * 12)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Counts as an honest vendor reports them: the parts fit in their whole."""
    read, write, kept, heard, seen, text, again = (draw(TOKENS) for _ in range(7))
    thought, spoken, drawn, told = (draw(TOKENS) for _ in range(4))
    return Usage(
        input=read + write + kept + heard + seen + text + again,
        output=thought + spoken + drawn + told,
        cached_read=read + again,
        cached_audio=again,
        cache_write=write + kept,
        cache_write_1h=kept,
        input_image=seen,
        output_image=drawn,
        input_audio=heard + again,
        reasoning=thought,
        output_audio=spoken,
    )


@given(usages(), RATES)
def test_a_cost_is_the_exact_sum_rounded_half_up_once(usage: Usage, at: Rates) -> None:
    exact = (
        Fraction(usage.input - usage.cached_read - usage.cache_write - usage.input_image) * at.input
        - (usage.input_audio - usage.cached_audio) * at.input
        + (usage.cached_read - usage.cached_audio) * at.cached_read
        + usage.cached_audio * at.cached_audio
        + (usage.cache_write - usage.cache_write_1h) * at.cache_write
        + usage.cache_write_1h * at.cache_write_1h
        + usage.input_image * at.input_image
        + (usage.input_audio - usage.cached_audio) * at.input_audio
        + Fraction(usage.output - usage.reasoning - usage.output_audio - usage.output_image) * at.output
        + usage.output_image * at.output_image
        + usage.reasoning * at.reasoning
        + usage.output_audio * at.output_audio
        + at.call
    ) / 10**6
    assert cost(usage, at) == (exact + Fraction(1, 2)).__floor__()


def test_what_is_priced_apart_is_billed_apart() -> None:
    apart = {
        "cache_write": 4 * NANO,
        "cache_write_1h": 6 * NANO,
        "input_image": 8 * NANO,
        "output_image": 32 * NANO,
    }
    at = rates(3 * NANO, 15 * NANO, **apart)
    usage = Usage(input=100, cache_write=30, cache_write_1h=10, input_image=5, output=20, output_image=7)
    assert cost(usage, at) == (65 * 3 + 20 * 4 + 10 * 6 + 5 * 8 + 13 * 15 + 7 * 32) * 1000
    assert (at.dearest_input, at.dearest_output) == (8 * NANO, 32 * NANO)


@given(st.lists(usages(), min_size=1, max_size=8), RATES)
def test_many_costs_differ_from_the_cost_of_their_sum_by_half_a_nano_each(
    many: list[Usage], at: Rates
) -> None:
    whole = Usage(*(sum(getattr(usage, name) for usage in many) for name in Usage.__struct_fields__))
    calls = at.call * (len(many) - 1) / 10**6
    assert abs(sum(cost(usage, at) for usage in many) - cost(whole, at) - calls) <= (len(many) + 1) / 2 + 1e-3


@given(st.builds(Usage, *[TOKENS] * 11), RATES)
def test_parts_that_exceed_their_whole_never_bill_more_tokens_than_the_whole(usage: Usage, at: Rates) -> None:
    most = usage.input * at.dearest_input + usage.output * at.dearest_output + at.call
    assert 0 <= cost(usage, at) <= most // 10**6 + 1


@pytest.mark.parametrize(
    ("usage", "nano"),
    [
        pytest.param(Usage(), 0, id="nothing"),
        pytest.param(Usage(input=1_000_000), 3 * NANO, id="a million in"),
        pytest.param(Usage(output=1), 15_000, id="one out"),
        pytest.param(Usage(input=10, cached_read=10), 3_000, id="all cached"),
        pytest.param(Usage(input=10, cache_write=4), 33_000, id="cache write"),
        pytest.param(Usage(input=10, cache_write=4, cache_write_1h=4), 33_000, id="for an hour as for less"),
        pytest.param(Usage(input=10, input_image=3), 30_000, id="images cost what input costs"),
        pytest.param(Usage(output=10, output_image=3), 150_000, id="drawn ones what output costs"),
        pytest.param(Usage(output=10, reasoning=7), 150_000, id="reasoning costs what output costs"),
        pytest.param(Usage(input=10, input_audio=3), 30_000, id="audio costs what input costs"),
        pytest.param(
            Usage(input=10, cached_read=4, input_audio=5, cached_audio=3),
            19_200,
            id="cached audio, cached reads",
        ),
    ],
)
def test_a_plain_price_gives_every_class_its_rate(usage: Usage, nano: int) -> None:
    at = rates(3 * NANO, 15 * NANO, cached_read=300_000_000, cache_write=3_750_000_000)
    assert cost(usage, at) == nano


@given(st.integers(-(10**18), 10**18), st.integers(0, 9))
def test_amounts_go_to_text_without_losing_a_nano(nano: int, places: int) -> None:
    text = format_dollars(nano, places)
    assert Decimal(text.replace("$", "").replace(",", "")) * NANO == nano
    assert len(text.partition(".")[2]) >= places


@given(st.integers(0, 10**15))
def test_public_prices_become_integers_exactly(nano: int) -> None:
    assert per_million(Decimal(nano) / NANO) == nano


@pytest.mark.parametrize(
    ("nano", "text"), [(0, "0"), (1, "0.000000001"), (1_234_500 * NANO + NANO // 2, "1234500.5")]
)
def test_programs_get_the_exact_decimal(nano: int, text: str) -> None:
    assert decimal_dollars(nano) == text
