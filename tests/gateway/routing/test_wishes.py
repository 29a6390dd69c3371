"""Callers decide what their team lets them, and are told exactly what else is wrong."""

import json

import pytest

from config.catalog import CONTROLS, NARROWING
from gateway.errors import BadRequest, ControlNotAllowed
from gateway.routing.wishes import NO_WISHES, Wishes, read_unmask, read_wishes


@pytest.mark.parametrize(
    ("header", "value", "wishes"),
    [
        pytest.param("max-price", "0.05", Wishes(max_price=50_000_000), id="price"),
        pytest.param("regions", "EU, us", Wishes(regions=frozenset(["eu", "us"])), id="regions"),
        pytest.param("vendors", "openai,groq", Wishes(vendors=frozenset(["openai", "groq"])), id="vendors"),
        pytest.param("strategy", "least_busy", Wishes(strategy="least-busy"), id="strategy"),
        pytest.param("dial", "30%", Wishes(dial=0.3), id="dial"),
        pytest.param("continue", "true", Wishes(go_on=True), id="continue"),
    ],
)
def test_a_wish_is_told_by_a_header_or_in_the_metadata(header: str, value: str, wishes: Wishes) -> None:
    assert read_wishes([(f"x-signalbox-{header}".encode(), value.encode())], b"{}", CONTROLS) == wishes
    body = json.dumps({"metadata": {f"signalbox_{header.replace('-', '_')}": value, "mine": "x"}}).encode()
    assert read_wishes([], body, CONTROLS) == wishes


def test_the_header_comes_before_the_metadata() -> None:
    body = b'{"metadata": {"signalbox_dial": "0.9"}}'
    assert read_wishes([(b"x-signalbox-dial", b"0.1")], body, CONTROLS).dial == 0.1


def test_who_wishes_nothing_has_no_wishes() -> None:
    for body in (b"{}", b'{"metadata": {"a": "b"}}', b"not json", b'{"messages": ["signalbox_dial"]}'):
        assert read_wishes([(b"accept", b"*/*"), (b"x-signalbox-session", b"s")], body, CONTROLS) is NO_WISHES


def test_what_the_team_leaves_to_the_file_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(
        ControlNotAllowed, match="callers set 'dial'.*allowed are max-price, regions, vendors"
    ):
        read_wishes([(b"x-signalbox-dial", b"1")], b"{}", NARROWING)
    with pytest.raises(ControlNotAllowed, match="allowed are none"):
        read_wishes([(b"x-signalbox-max-price", b"1")], b"{}", frozenset())


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("max-price", "cheap"),
        ("max-price", "-1"),
        ("regions", " , "),
        ("dial", "200%"),
        ("dial", ""),
        ("continue", "maybe"),
    ],
)
def test_a_value_that_is_none_is_said_with_what_is_allowed(header: str, value: str) -> None:
    with pytest.raises(BadRequest, match=f"'x-signalbox-{header}' is '.*'; allowed: ") as refused:
        read_wishes([(f"x-signalbox-{header}".encode(), value.encode())], b"{}", CONTROLS)
    assert refused.value.param == f"x-signalbox-{header}"


@pytest.mark.parametrize(
    ("header", "member", "wanted"),
    [
        pytest.param(None, None, None, id="nothing"),
        pytest.param(b"false", None, False, id="header"),
        pytest.param(b" True ", None, True, id="space and capitals"),
        pytest.param(None, "false", False, id="metadata"),
        pytest.param(None, False, False, id="no text"),
        pytest.param(b"false", "true", False, id="the header comes first"),
    ],
)
def test_a_caller_says_whether_it_wants_what_was_masked(
    header: bytes | None, member: object, wanted: bool | None
) -> None:
    headers = [] if header is None else [(b"x-signalbox-unmask", header)]
    body = json.dumps({"metadata": {} if member is None else {"signalbox_unmask": member}}).encode()
    assert read_unmask(headers, body, allowed=True) is wanted


def test_no_caller_gets_what_its_team_does_not_give_and_anybody_may_do_without() -> None:
    with pytest.raises(ControlNotAllowed, match=r"teams\.NAME\.unmask.*on-request") as refused:
        read_unmask([(b"x-signalbox-unmask", b"true")], b"{}", allowed=False)
    assert refused.value.param == "x-signalbox-unmask"
    assert read_unmask([(b"x-signalbox-unmask", b"false")], b"{}", allowed=False) is False
    with pytest.raises(BadRequest, match="'perhaps'; allowed: true or false"):
        read_unmask([(b"x-signalbox-unmask", b"perhaps")], b"{}", allowed=True)
