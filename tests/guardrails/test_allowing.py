"""What an operator allows is never a finding, however it is written."""

import pytest

from guardrails.allowing import Allowed


@pytest.mark.parametrize(
    ("entry", "value", "covered"),
    [
        ("info@acme.example", "INFO@acme.example", True),
        ("info@acme.example", "info@acme.examples", False),
        ("@acme.example", "bob@acme.example", True),
        ("@acme.example", "bob@mail.acme.example", True),
        ("@acme.example", "bob@not-acme.example", False),
        ("4111 1111 1111 1111", "4111-1111-1111-1111", True),
        ("+1 555*", "+1 (555) 010-0000", True),
        ("*.internal", "host.internal", True),
        ("*.internal", "internal.host", False),
    ],
)
def test_an_entry_covers_what_it_says(entry: str, value: str, covered: bool) -> None:
    assert Allowed([entry]).covers(value.encode()) is covered


def test_nothing_covers_nothing() -> None:
    assert not Allowed(()).covers(b"anything")
