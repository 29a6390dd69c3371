"""Durations, sizes, dollars and counts as people write them."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import units
from config.errors import Unfit
from config.units import (
    count,
    flag,
    nano_dollars,
    octets,
    percent,
    port,
    positive_seconds,
    seconds,
    span,
    tokens,
    unmask,
    weight,
    written_size,
    written_time,
)

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=20), st.just([])
)
PARSERS = [
    *(count, flag, nano_dollars, octets, percent, port),
    *(positive_seconds, seconds, span, tokens, weight),
    *(units.share, units.factor),
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("500ms", 0.5),
        ("5s", 5.0),
        ("2m", 120.0),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("0s", 0.0),
        ("24h", 86_400.0),
    ],
)
def test_a_duration_is_read_in_seconds(written: str, meant: float) -> None:
    assert seconds(written) == meant


@pytest.mark.parametrize(
    ("parse", "written", "meant"),
    [
        (span, "30d", 2_592_000.0),
        (span, "12h", 43_200.0),
        (span, "3660d", 316_224_000.0),
        (percent, "0%", 0),
        (percent, "50 %", 50),
        (percent, "100%", 100),
    ],
)
def test_a_time_to_keep_and_a_share_are_read(
    parse: Callable[[object], object], written: str, meant: object
) -> None:
    assert parse(written) == meant


@pytest.mark.parametrize(
    ("parse", "written"),
    [(span, "0d"), (span, "0s"), (span, "3661d"), (span, "1d12h"), (span, 30)]
    + [(percent, "101%"), (percent, "0.5%"), (percent, 50), (percent, "-1%"), (percent, "50")],
)
def test_what_is_neither_is_refused(parse: Callable[[object], object], written: object) -> None:
    with pytest.raises(Unfit):
        parse(written)


@pytest.mark.parametrize(
    "written", ["", "5", "s", "5 s", "-5s", "1e3s", "25h", "٥s", "5s,", 5, True, None, "5S"]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(Unfit):
        seconds(written)


@given(st.integers(0, 86_400_000))
def test_milliseconds_survive_exactly(milliseconds: int) -> None:
    assert seconds(f"{milliseconds}ms") == milliseconds / 1000


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_parts_of_a_duration_add_up(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}h{minutes}m{rest}s") == hours * 3600 + minutes * 60 + rest


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1B", 1),
        ("500kB", 500_000),
        ("32MB", 32_000_000),
        ("32MiB", 33_554_432),
        ("1 GiB", 2**30),
        ("1kib", 1024),
        (7, 7),
    ],
)
def test_a_size_is_read_in_bytes(written: object, meant: int) -> None:
    assert octets(written) == meant


@pytest.mark.parametrize(
    "written", ["", "0B", 0, "32", "32M", "32Mi", "1.5MB", "101GB", "ib", "5ib", True, Decimal("1.5")]
)
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(Unfit):
        octets(written)


@given(st.integers(0, 10**15))
def test_dollars_are_exact_to_the_last_nano(nano: int) -> None:
    written = Decimal(nano).scaleb(-9)
    assert nano_dollars(written) == nano
    assert nano_dollars(f"{written:f}") == nano


@pytest.mark.parametrize("written", [Decimal("0.0000000001"), -1, "1e3", "", 1_000_001, True, 0.5, "0,15"])
def test_what_is_no_exact_price_is_refused(written: object) -> None:
    with pytest.raises(Unfit):
        nano_dollars(written)


@pytest.mark.parametrize(
    ("parse", "written", "meant"),
    [
        (port, 0, 0),
        (port, "65535", 65535),
        (count, "1", 1),
        (weight, 1_000_000, 1_000_000),
        (flag, "true", True),
        (unmask, "false", False),
        (unmask, "on-request", "on-request"),
    ]
    + [(flag, False, False), (positive_seconds, "1ms", 0.001)],
)
def test_bounds_are_inside(parse: Callable[[object], object], written: object, meant: object) -> None:
    assert parse(written) == meant


@pytest.mark.parametrize(
    ("parse", "written"),
    [(port, 65_536), (port, -1), (port, True), (count, 0), (count, "x"), (weight, 0), (weight, 1_000_001)]
    + [(flag, "yes"), (unmask, "sometimes"), (flag, 1), (positive_seconds, "0ms")],
)
def test_beyond_the_bounds_is_refused(parse: Callable[[object], object], written: object) -> None:
    with pytest.raises(Unfit):
        parse(written)


@pytest.mark.parametrize("parse", PARSERS)
@given(value=ANYTHING)
def test_a_parser_reads_a_value_or_says_what_is_allowed(
    parse: Callable[[object], object], value: object
) -> None:
    try:
        parse(value)
    except Unfit as unfit:
        assert unfit.allowed


@pytest.mark.parametrize(
    ("written", "meant"),
    [(16_384, 16_384), ("16384", 16_384), ("128k", 128_000), ("1.5M", 1_500_000), ("1 K", 1_000)],
)
def test_tokens_are_counted_in_thousands_and_millions(written: object, meant: int) -> None:
    assert tokens(written) == meant


@pytest.mark.parametrize(
    "written", ["", "k", "128kB", "128Ki", "1.0005k", "1.5", "-1k", "101M", 0, -1, True, 1.5]
)
def test_what_is_no_number_of_tokens_is_refused(written: object) -> None:
    with pytest.raises(Unfit):
        tokens(written)


@given(st.integers(1, 100_000))
def test_thousands_of_tokens_survive_exactly(thousands: int) -> None:
    assert tokens(f"{thousands}k") == thousands * 1_000 == tokens(f"{thousands / 1_000:.3f}M")


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (0, 0.0),
        (1, 1.0),
        (Decimal("0.05"), 0.05),
        ("5%", 0.05),
        ("0.3", 0.3),
        ("100 %", 1.0),
        ("12.5%", 0.125),
    ],
)
def test_a_share_is_a_part_of_one_or_of_a_hundred(value: object, share: float) -> None:
    assert units.share(value) == share


@pytest.mark.parametrize("value", [2, -1, True, "101%", "half", None, Decimal("1.01"), "0.05.1"])
def test_what_is_no_share_is_refused(value: object) -> None:
    with pytest.raises(Unfit, match="a share such as"):
        units.share(value)


@pytest.mark.parametrize(("value", "factor"), [(1, 1.0), (Decimal("1.5"), 1.5), ("2", 2.0), (1000, 1000.0)])
def test_a_factor_is_one_or_more(value: object, factor: float) -> None:
    assert units.factor(value) == factor


@pytest.mark.parametrize("value", [0, Decimal("0.99"), 1001, True, "much", None])
def test_what_is_no_factor_is_refused(value: object) -> None:
    with pytest.raises(Unfit, match="a factor from 1"):
        units.factor(value)


@pytest.mark.parametrize(
    ("length", "written"),
    [(0.0, "0s"), (0.05, "50ms"), (0.0005, "0.5ms"), (1.5, "1.5s"), (90.0, "1m30s"), (600.0, "10m")]
    + [(5400.0, "1h30m"), (86_400.0, "24h"), (2_592_000.0, "30d")],
)
def test_a_time_is_written_as_a_file_has_it(length: float, written: str) -> None:
    assert (written_time(length), units.age(written)) == (written, length)


@given(st.integers(0, 86_400_000))
def test_what_is_written_of_a_time_is_read_as_the_same(milliseconds: int) -> None:
    assert seconds(written_time(milliseconds / 1000)) == milliseconds / 1000


@given(st.integers(1, 10**11))
def test_what_is_written_of_a_size_is_read_as_the_same(size: int) -> None:
    assert octets(written_size(size)) == size


def test_a_size_is_written_in_the_unit_that_fits() -> None:
    sizes = (256_000_000, 33_554_432, 1_500_000, 4096, 17)
    assert [written_size(size) for size in sizes] == ["256MB", "32MiB", "1500kB", "4KiB", "17B"]
