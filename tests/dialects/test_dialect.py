"""What every wire format shares: its facts cannot be changed, its members are not touched."""

import msgspec
import pytest

from dialects.dialect import Asked, Destination, Spoken, top_level
from dialects.errors import Malformed, VendorError
from dialects.openai.chat import OpenAIChat
from dialects.openai.completions import OpenAICompletions
from dialects.openai.embeddings import OpenAIEmbeddings

DIALECTS: list[Spoken] = [OpenAIChat(), OpenAICompletions(), OpenAIEmbeddings()]


def test_members_are_bytes_as_they_were_and_of_equal_keys_the_last_counts() -> None:
    members = top_level(b'{"a": 1.0e5 , "b":[1, 2],"a":1E400}')
    assert {name: bytes(raw) for name, raw in members.items()} == {"a": b"1E400", "b": b"[1, 2]"}


def test_members_are_the_callers_own() -> None:
    assert top_level(b"{}") is not top_level(b"{}")


@pytest.mark.parametrize("body", [b"[]", b"7", b"", b'{"a":}', b"null"])
def test_what_is_no_object_has_no_members(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        top_level(body)


def test_what_is_malformed_says_where() -> None:
    error = Malformed("no", param="n", code="c")
    assert (str(error), error.message, error.param, error.code) == ("no", "no", "n", "c")


@pytest.mark.parametrize(
    "fact", [Asked("m"), VendorError("m"), Destination("m")], ids=lambda fact: type(fact).__name__
)
def test_a_fact_cannot_be_changed(fact: object) -> None:
    with pytest.raises(AttributeError):
        setattr(fact, "model" if hasattr(fact, "model") else "message", "x")


def test_no_two_edits_share_what_one_could_change() -> None:
    with pytest.raises(TypeError):
        Destination("m").renames["a"] = "b"  # type: ignore[index]


def test_every_dialect_has_a_name_of_its_own() -> None:
    assert len({dialect.name for dialect in DIALECTS}) == len(DIALECTS)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_refuses_what_is_not_a_request(dialect: Spoken) -> None:
    for body in (b"", b"[]", b"{", b"\xff", b'{"model":7}'):
        with pytest.raises(Malformed):
            dialect.peek(body)
