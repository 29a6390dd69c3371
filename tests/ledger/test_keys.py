"""A key's form: what is minted is read back, what is mistyped is not."""

import secrets
import string
import zlib
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.keys import CHECKSUM_LENGTH, KEY_LENGTH, checksum, encode, mint, parse

KEYS = st.builds(
    lambda short, long: mint(lambda n: short if n == 7 else long),
    st.binary(min_size=7, max_size=7),
    st.binary(min_size=24, max_size=24),
)


@given(KEYS)
def test_a_minted_key_is_read_back(key) -> None:
    parsed = parse(key.plaintext.encode())
    assert parsed is not None
    assert (parsed.id, parsed.digest.hex()) == (key.id, key.hash)
    assert len(key.plaintext) == KEY_LENGTH


@given(KEYS, st.integers(0, KEY_LENGTH - 1), st.integers(0, 255))
def test_any_single_changed_character_is_detected(key, place, byte) -> None:
    credential = bytearray(key.plaintext.encode())
    assume(credential[place] != byte)
    credential[place] = byte
    assert parse(bytes(credential)) is None


@given(KEYS, st.integers(0, KEY_LENGTH - 2))
def test_two_neighbours_that_changed_places_are_detected(key, place) -> None:
    text = key.plaintext
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assume(swapped != text)
    assert parse(swapped.encode()) is None


@given(st.binary(max_size=80))
def test_no_bytes_make_the_reader_fail(credential) -> None:
    assert parse(credential) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda key: key[:-1], id="cut at the end"),
        pytest.param(lambda key: key + "a", id="one more character"),
        pytest.param(lambda key: key + "\n", id="a line end"),
        pytest.param(lambda key: " " + key, id="a space before"),
        pytest.param(lambda key: key.upper(), id="upper case"),
        pytest.param(lambda key: key.replace("sk-sb-", "sk-ab-"), id="another prefix"),
        pytest.param(lambda key: "", id="nothing"),
    ],
)
def test_what_is_not_a_whole_key_is_not_read(spoil: Callable[[str], str]) -> None:
    assert parse(spoil(mint(secrets.token_bytes).plaintext).encode()) is None


def test_a_scanner_can_verify_a_key_offline_by_its_crc() -> None:
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    plaintext = mint(secrets.token_bytes).plaintext
    number = 0
    for character in plaintext[-CHECKSUM_LENGTH:]:
        number = number * 62 + alphabet.index(character)
    assert number == zlib.crc32(plaintext[:-CHECKSUM_LENGTH].encode())


def test_every_random_bit_of_the_secret_is_in_the_key() -> None:
    secrets_seen = {
        mint(lambda n, bit=bit: (1 << bit).to_bytes(24)[-n:]).plaintext[17:50] for bit in range(192)
    }
    assert len(secrets_seen) == 192


def test_a_minted_key_does_not_print_its_plaintext() -> None:
    key = mint(secrets.token_bytes)
    assert key.plaintext not in repr(key)


@given(st.integers(0, 62**6 - 1))
def test_a_number_has_one_spelling_per_base(number) -> None:
    text = encode(number, string.digits + string.ascii_letters, 6)
    assert len(text) == 6
    assert (
        sum((string.digits + string.ascii_letters).index(c) * 62**i for i, c in enumerate(text[::-1]))
        == number
    )


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(32, "0123456789abcdefghjkmnpqrstvwxyz", 1)
    assert checksum(b"") == "000000"
