"""What a statement answered is bounded in rows and bytes, and says so."""

from datetime import date
from decimal import Decimal

import msgspec

from agentloop.sql.answers import MAX_BYTES, answer, plain


def test_rows_over_the_most_are_left_out_and_said_to_be():
    told = msgspec.json.decode(answer(({"n": n} for n in range(9)), 3))
    assert told == {"rows": [{"n": 0}, {"n": 1}, {"n": 2}], "more": True}
    assert "more" not in msgspec.json.decode(answer([{"n": 1}], 1))


def test_bytes_over_the_most_are_left_out():
    told = answer(({"text": "x" * 1000} for _ in range(1000)), 1000)
    assert len(told) < MAX_BYTES + 2000
    assert msgspec.json.decode(told)["more"]


def test_values_that_json_does_not_have_are_told_as_text():
    told = msgspec.json.decode(answer([{"on": date(2026, 1, 2), "sum": Decimal("1.10")}], 9, changed=1))
    assert told == {"rows": [{"on": "2026-01-02", "sum": "1.10"}], "changed": 1}


def test_arguments_that_are_no_single_value_go_as_json():
    assert [plain(each) for each in (1, "a", None, [1, {"b": 2}])] == [1, "a", None, '[1,{"b":2}]']
