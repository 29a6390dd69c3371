"""Versions and sections are told from addresses by their size, their marks and what stands beside them."""

import pytest

from guardrails.personal.network import IPV4
from guardrails.personal.versions import is_heading, is_small, sound
from guardrails.rules import Rules


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (b"23.3.1.1", True),
        (b"10.1.2.3", False),
        (b"8.8.8.8", False),
        (b"8.8.4.4", False),
        (b"1.1.1.1", True),
        (b"31.31.31.31", True),
        (b"1.2.3.32", False),
        (b"81.2.3.4", False),
    ],
)
def test_small_numbers_are_sections_more_often_than_addresses(address: bytes, expected: bool) -> None:
    assert is_small(address) is expected


def test_a_heading_has_a_mark_before_it_and_a_point_behind() -> None:
    text = b"<h3>24.6.1.1. Menus"
    assert is_heading(text, 4, 12) and not is_heading(text[4:], 0, 8)


def test_an_address_is_sound_in_either_version() -> None:
    assert sound(b"1.2.3.4") and sound(b"2001:db8::1") and not sound(b"3.0.13") and not sound(b"1.2.3.400")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("// 23.3.1.1 construct/copy/destroy, C++98 [23.2.3.1], per 17.4.4.4 para. 2", ""),
        ("zlib 1.2.2.3 or better; up to and including 3.6.23.1, a call", ""),
        ("版本 3.4.8.75, версия 3.4.8.75, wersja 3.4.8.75, versão 3.4.8.75", ""),
        ("my ip is 1.2.3.4; ping 5.6.7.8", "1.2.3.4 5.6.7.8"),
        ("http://1.2.3.4/x, root@5.6.7.8, src=9.8.7.6 and 4.5.6.7:8080", "1.2.3.4 5.6.7.8 9.8.7.6 4.5.6.7"),
        ('1.2.3.4 - - [12/Mar/2024:09:00:01] "GET /"', "1.2.3.4"),
        ('{"target":"1.2.3.4"}, name|ip\nx|5.6.7.8', "1.2.3.4 5.6.7.8"),
        ("seen at 8.8.8.8 and 10.1.2.3", "8.8.8.8 10.1.2.3"),
    ],
)
def test_what_is_an_address_all_the_same(text: str, found: str) -> None:
    assert [text[each.start : each.end] for each in Rules([IPV4]).scan(text.encode())] == found.split()
