"""The bill adds up, in memory and in its file."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dialects.usage import Usage
from gateway.vendors.sim.bill import Bill, Entry
from gateway.vendors.sim.prices import PRICES, cost

USAGES = st.builds(
    Usage, input=st.integers(5, 10**9), output=st.integers(0, 10**9), cached_read=st.integers(0, 5)
)


def entry(model: str = "small", usage: Usage | None = None) -> Entry:
    return Entry("id", "attempt", 1, "chat", model, price=PRICES["small"], usage=usage or Usage(input=1))


@given(st.lists(USAGES, max_size=20), st.integers(1, 5))
def test_totals_are_sums_that_keep_what_fell_out(usages: list[Usage], limit: int) -> None:
    bill = Bill(limit=limit)
    for usage in usages:
        bill.add(entry(usage=usage))
    assert bill.totals.nano_dollars == sum(cost(PRICES["small"], usage) for usage in usages)
    assert bill.totals.output == sum(usage.output for usage in usages)
    assert bill.totals.calls == len(usages)
    assert len(bill.since(0)) == min(limit, len(usages))


@given(st.integers(0, 12), st.integers(0, 15))
def test_since_gives_what_came_after(added: int, seq: int) -> None:
    bill = Bill(limit=5)
    for _ in range(added):
        bill.add(entry())
    assert [line.seq for line in bill.since(seq)] == list(range(max(seq + 1, added - 4, 1), added + 1))


def test_numbers_go_on_after_the_bill_was_cleared() -> None:
    bill = Bill()
    bill.add(entry())
    bill.clear()
    assert bill.totals.calls == 0 and not bill.since(0)
    assert bill.add(entry()).seq == 2


def test_made_up_names_share_their_totals() -> None:
    bill = Bill()
    for model in ("sim-a", "sim-b@tps=1", "small@tps=1", "gpt", ""):
        bill.add(entry(model))
    calls = {model: totals.calls for model, totals in bill.by_model.items()}
    assert calls == {
        "sim-*": 2,
        "small": 1,
        "unknown": 2,
    }


def test_the_file_keeps_every_line_over_restarts(tmp_path: Path) -> None:
    file = tmp_path / "bill.jsonl"
    for model in ("small", "large"):
        bill = Bill(str(file))
        bill.add(entry(model))
        bill.close()
    assert [json.loads(line)["model"] for line in file.read_text().splitlines()] == ["small", "large"]
