"""Checksums decide about cards, accounts and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.personal.money import (
    BITCOIN_CASH,
    CARD,
    CARD_SPELT,
    CARD_TRACK,
    COIN_NAMED,
    ETHEREUM,
    IBAN,
    RIPPLE,
    luhn,
)
from guardrails.rules import Rules


@given(st.integers(10**14, 10**15 - 1))
def test_of_ten_last_digits_one_is_right(number: int) -> None:
    assert sum(luhn(str(number * 10 + digit).encode()) for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5555555555554444", True),
        ("4111-1111-1111-1111", True),
        ("3782 822463 10005", True),
        ("3782.822463.10005", True),
        ("3782/822463/10005", True),
        ("3056  930902  5904", True),
        ("6212_3456_7890_0000_003", True),
        ("4111  -  1111  -  1111  -  1111", True),
        ("1576 2624 4111 1111 1111 1111 3164 2090 2473", False),
        ("4111 1111 1111 1111 4111 1111 1111 1111", True),
        ("4111 1111 1111 1111 0527 1234", True),
        ("4111-111111-111111", False),
        ("0000000000000000", False),
        ("9111111111111111", False),
        ("1.4111111111111111", False),
        ("4111111111111111.50", False),
    ],
    ids=[
        "mastercard",
        "groups",
        "amex",
        "amex by points",
        "amex by slashes",
        "diners",
        "19 digits",
        "wide joints",
        "among groups of four",
        "two cards",
        "with its expiry",
        "odd groups",
        "zeros",
        "no issuer",
        "after a point",
        "before one",
    ],
)
def test_a_card_has_an_issuer_and_a_form(text: str, found: bool) -> None:
    assert bool(Rules([CARD]).scan(f"card {text} x".encode())) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the card: 4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 1, 1 2 3", ["4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 1"]),
        ("my visa 41 11 11 11 11 11 11 11 12 26", ["41 11 11 11 11 11 11 11"]),
        ("the card 4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 2", []),
        ("rows 41 11 11 11 11 11 11 11", []),
    ],
)
def test_a_card_that_is_read_out_has_its_word_beside_it(text: str, found: list[str]) -> None:
    assert [text[each.start : each.end] for each in Rules([CARD_SPELT]).scan(text.encode())] == found


def test_a_card_on_a_magnetic_stripe_is_found() -> None:
    text = b"read %B4111111111111111^DOE/JOHN^2512 and %B4111111111111112^DOE/JOHN^2512"
    assert [text[each.start : each.end] for each in Rules([CARD_TRACK]).scan(text)] == [b"4111111111111111"]


def test_a_card_that_may_as_well_be_an_id_needs_a_word() -> None:
    text = b"4111111111111111 has id 6643877497813316402, tracking no. 5555555555554444"
    assert [text[each.start : each.end] for each in Rules([CARD]).scan(text)] == [b"4111111111111111"]
    assert Rules([CARD]).scan(b"the card 6643877497813316402")
    assert not Rules([CARD]).scan(b"{-4576982950128230565, 4304087667751778808, 365590438845504}")


def test_a_card_behind_small_numbers_is_found() -> None:
    text = b"12 07 123 4111 1111 1111 1111 12"
    assert [text[each.start : each.end] for each in Rules([CARD]).scan(text)] == [b"4111 1111 1111 1111"]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("DE89370400440532013000 and then", 22),
        ("DE89 3704 0044 0532 0130 00 and then", 27),
        ("de89370400440532013000", 22),
        ("DE89.3704.0044.0532.0130.00. And then", 27),
        ("DE 89 3704 0044 0532 0130 00 and then", 28),
        ("DE89370400440532013001", 0),
        ("DE8937040044053201300", 0),
        ("XX89370400440532013000", 0),
        ("DE8937040044053201300A", 0),
    ],
    ids=[
        "joined",
        "in groups",
        "small",
        "dots",
        "a country apart",
        "a wrong sum",
        "short",
        "no country",
        "a letter where none may be",
    ],
)
def test_an_account_ends_where_its_country_says(text: str, end: int) -> None:
    assert [each.end for each in Rules([IBAN]).scan(text.encode())] == ([end] if end else [])


@pytest.mark.parametrize("between", ["\u00a0", "\u2009", "\u202f", "\u2010", "\u2012", "\u2014", "\u2212"])
@pytest.mark.parametrize("groups", ["4111 1111 1111 1111", "FR14 2004 1010 0505 0001 3M02 606"])
def test_groups_may_be_kept_on_a_line(between: str, groups: str) -> None:
    number = groups.replace(" ", between)
    text = f"paid with {number}, thank you".encode()
    assert [text[each.start : each.end].decode() for each in Rules([CARD, IBAN]).scan(text)] == [number]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"thread 140735262720768 stopped", []),
        (b"a UATP card 140735262720768", [b"140735262720768"]),
        (b"to 0x%b" % (b"0" * 40), []),
        (b"to 0x%bdead" % (b"0" * 36), []),
        (b"to 0x%b" % (b"Ee" * 20), []),
        (b"to 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", [b"0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"]),
    ],
)
def test_places_in_memory_and_addresses_of_nobody_are_nothing(text: bytes, found: list[bytes]) -> None:
    assert [text[each.start : each.end] for each in Rules([CARD, ETHEREUM]).scan(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("to rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"),
        ("to rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLj", ""),
        (
            "my Bitcoin address is 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb now",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        ),
        (
            "solana: 9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",
            "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",
        ),
        (
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
        ),
        ("wallet 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", ""),
        ("the bitcoin CrossChainTransactionManagerFactory class", ""),
    ],
)
def test_an_address_of_a_coin_has_a_sum_or_its_coin_beside_it(text: str, found: str) -> None:
    matches = Rules([RIPPLE, BITCOIN_CASH, COIN_NAMED]).scan(text.encode())
    assert [text[each.start : each.end] for each in matches] == ([found] if found else [])
