"""What rows share is told from what is their own, and nothing of either is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dialects.usage import Usage
from ledger.alike import gathered
from ledger.row import UsageRow
from ledger.statements import HOUR_MS, MOST_TAGS, OWN, SHARED, UNITS
from storage.schema import usage, usage_hourly
from tests.ledger.facts import NOON_MS, ROW


def as_columns(rows: list[UsageRow], batch: str = "b") -> list[dict[str, Any]]:
    """Each row by its columns, in the order of the groups."""
    return [
        dict(zip(SHARED + OWN, group.shared + own, strict=True))
        for group in gathered(rows, batch)
        for own in group.own
    ]


def test_the_values_stand_under_their_names(make_row) -> None:
    row = make_row(3, user="bob", saved=5, unsure=7, http_status=201, trail="[]", usage=Usage(*range(1, 12)))
    (values,) = as_columns([row], "b-1")
    tokens = (f"{name}_tokens" for name in Usage.__struct_fields__)
    renamed = {"batch", "cost_nano", "saved_nano", "unsure_nano", *tokens}
    assert values.keys() - renamed == set(UsageRow.__struct_fields__) - {"usage", "cost", "saved", "unsure"}
    assert all(values[name] == getattr(row, name) for name in values.keys() - renamed)
    assert [values[name] for name in ("batch", "cost_nano", "saved_nano", "unsure_nano")] == [
        "b-1",
        row.cost,
        5,
        7,
    ]
    assert [values[f"{name}_tokens"] for name in Usage.__struct_fields__] == [*range(1, 12)]


def test_rows_that_differ_only_in_what_is_their_own_are_together(make_row) -> None:
    rows = [make_row(n, cost=n, total_ms=n / 2, trail=str(n), vendor_request_id=str(n)) for n in range(5)]
    (group,) = gathered(rows, "b")
    assert len(group.own) == 5


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(0, 3)), max_size=20))
def test_every_row_is_in_one_group_with_rows_of_its_hour_that_share_everything(facts) -> None:
    rows = [
        replace(ROW, attempt_id=f"req_{number}.1", team=team, stream=stream, at_ms=NOON_MS + hour * HOUR_MS)
        for number, (team, stream, hour) in enumerate(facts)
    ]
    groups = gathered(rows, "b")
    assert len(groups) == len(set(facts))
    found = sorted(own[OWN.index("attempt_id")] for group in groups for own in group.own)
    assert found == sorted(row.attempt_id for row in rows)
    for group in groups:
        assert {own[OWN.index("at_ms")] // HOUR_MS for own in group.own} == {group.hour}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, (1, 1, 0, 0, 0), id="an answer"),
        pytest.param({"attempt": 0, "status": "refused"}, (1, 1, 1, 0, 0), id="a refusal is a request"),
        pytest.param({"attempt": 11}, (1, 0, 0, 0, 0), id="a later attempt is no second request"),
        pytest.param({"status": "cancelled", "estimated": True}, (1, 1, 0, 1, 0), id="leaving is no error"),
        pytest.param({"priced": False}, (1, 1, 0, 0, 1), id="unpriced"),
    ],
)
def test_what_a_row_counts_as(make_row, changes, expected) -> None:
    (group,) = gathered([make_row(1, usage=Usage(*range(1, 12)), cost=8, **changes)], "b")
    counted = dict(zip([column.name for column in usage_hourly.c], group.counted(), strict=True))
    counts = ("attempts", "requests", "errors", "estimated", "unpriced")
    assert tuple(counted[name] for name in counts) == expected
    assert [counted[f"{name}_tokens"] for name in Usage.__struct_fields__] == [*range(1, 12)]
    assert (counted["cost_nano"], counted["hour"], counted["team"]) == (8, NOON_MS // HOUR_MS, "support")


@pytest.mark.parametrize("unit", ["", "image", "character", "second", "search", "call"])
def test_units_are_counted_apart_by_what_they_are(make_row, unit: str) -> None:
    (group,) = gathered([make_row(n, units=n + 1, unit=unit) for n in range(3)], "b")
    counted = dict(zip([column.name for column in usage_hourly.c], group.counted(), strict=True))
    assert {each: counted[name] for name, each in UNITS.items()} == {
        each: 6 if each == unit else 0 for each in UNITS.values()
    }


def test_texts_that_callers_and_vendors_choose_fit_their_columns(make_row) -> None:
    texts = ("user", "model_asked", "model_served", "error_code", "vendor_request_id", "guard")
    (values,) = as_columns([make_row(**dict.fromkeys(texts, "x" * 5000), tags="t" * (MOST_TAGS + 1))])
    for name in texts:
        assert len(values[name]) == usage.c[name].type.length  # type: ignore[attr-defined]
    assert values["tags"] == ""


@pytest.mark.parametrize("name", ["model_asked", "model_served", "error_code"])
def test_no_text_that_others_choose_brings_a_nul(make_row, name: str) -> None:
    (values,) = as_columns([make_row(**{name: "a\0b"})])
    assert values[name] == "a\ufffdb"
    assert not any("\0" in str(value) for value in values.values())
