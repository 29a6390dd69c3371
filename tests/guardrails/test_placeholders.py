"""A placeholder stands for one value in one scope, and nobody without the key can make it."""

from hypothesis import given
from hypothesis import strategies as st

from guardrails.placeholders import LONGEST, Placeholders, lookalikes


def test_the_same_value_has_the_same_placeholder_in_every_request_of_its_scope() -> None:
    one, other = Placeholders(b"k", "team"), Placeholders(b"k", "team")
    other.of("EMAIL", b"somebody@else.example")
    assert one.of("EMAIL", b"a@b.example") == other.of("EMAIL", b"a@b.example")


def test_another_scope_key_type_or_value_has_another() -> None:
    names = {
        Placeholders(b"k", "team").of("EMAIL", b"1"),
        Placeholders(b"k", "other").of("EMAIL", b"1"),
        Placeholders(b"l", "team").of("EMAIL", b"1"),
        Placeholders(b"k", "team").of("PHONE", b"1"),
        Placeholders(b"k", "team").of("EMAIL", b"2"),
    }
    assert len(names) == 5


@given(st.lists(st.binary(min_size=1), unique=True))
def test_two_values_never_share_one(values: list[bytes]) -> None:
    values = [value.hex().encode() for value in values]
    places = Placeholders(b"k", "team")
    names = [places.of("EMAIL", value) for value in values]
    assert len(set(names)) == len(values)
    assert [places.values[name].encode() for name in names] == values


def test_every_placeholder_looks_like_one() -> None:
    name = Placeholders(b"k", "team").of("DE_TAX_ID", b"1")
    assert [found[0] for found in lookalikes(f"a{name}b".encode())] == [name.encode()]
    assert len(name) <= LONGEST
