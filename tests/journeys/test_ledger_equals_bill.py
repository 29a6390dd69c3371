"""The ledger equals the vendor's bill, through faults, leavings and kills."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Row, Simulator, running, show
from tests.journeys.reconcile import reconcile
from tests.journeys.traffic import ASKED, GROUPS, perform, wishes
from tests.journeys.vendors import KINDS, price_lines, vendor_lines

CALLERS = 24
SEED = 1871
DEADLINES = "{ connect: 2s, headers: 800ms, first_content: 800ms, idle: 800ms, total: 30s }"


def configuration(base_url: str) -> str:
    """A vendor of every format, and groups with fallbacks."""
    vendors = [
        *vendor_lines(base_url, DEADLINES),
        f'  sim: {{ kind: sim, base_url: "{base_url}", deadlines: {DEADLINES} }}',
    ]
    passed = [f'  "{name}/*": {{ passthrough: {name} }}' for name in ("sim", *(each.value for each in KINDS))]
    rest = [*price_lines(), f"admin_key: {ADMIN_KEY}", "log: { format: json }"]
    return "\n".join([*vendors, "models:", GROUPS.rstrip(), *passed, *rest])


@pytest.mark.parametrize(
    "calls",
    [1_500, pytest.param(20_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])],
    ids=["quick", "soak"],
)
def test_the_ledger_equals_the_bill(tmp_path: Path, calls: int) -> None:
    (tmp_path / "vendor").mkdir()
    simulator = Simulator(tmp_path / "vendor")
    with running(simulator):
        gateway = Gateway(tmp_path, configuration(simulator.base_url))
        with running(gateway):
            kills = (calls // 3, calls * 2 // 3)
            outcomes = asyncio.run(perform(gateway, wishes(SEED, calls), CALLERS, kills))
        bill = simulator.settled()
    rows = gateway.query("SELECT * FROM usage")
    found = reconcile(bill, rows)
    show(
        f"{calls} calls (seed {SEED}), {len(kills)} kills, {len(bill)} bill lines, {len(rows)} rows",
        *(f"  {count:>6} {outcome}" for outcome, count in sorted(outcomes.items())),
        found.table,
    )
    assert outcomes.total() == calls
    assert found.complaints == [], "\n".join(found.complaints)
    assert found.exact == found.billed > 0
    assert {row["status"] for row in rows} >= {"ok", "cut", "error", "timeout", "cancelled", "lost"}
    assert {row["endpoint"] for row in rows} >= {each.value for each in ASKED}
    assert waiting(gateway) == [], "rows are left in the spool after an orderly end"
    reports_agree(gateway, rows)


def waiting(gateway: Gateway) -> list[str]:
    """Segments of the spool that hold anything."""
    return [file.name for file in (gateway.state / "spool").glob("*.jsonl") if b'["u"' in file.read_bytes()]


def reports_agree(gateway: Gateway, rows: list[Row]) -> None:
    """The hourly sums and the report of the command line say what the rows say."""
    (hourly,) = gateway.query(
        "SELECT sum(attempts) attempts, sum(estimated) estimated, sum(input_tokens) input_tokens,"
        " sum(output_tokens) output_tokens, sum(cost_nano) cost_nano FROM usage_hourly"
    )
    summed = {name: sum(row[name] for row in rows) for name in ("estimated", "input_tokens", "output_tokens")}
    summed |= {"attempts": len(rows), "cost_nano": sum(row["cost_nano"] for row in rows)}
    assert hourly == summed
    total = gateway.command("usage")["total"]
    assert {name: total[name] for name in ("cost_nano", "estimated", "input_tokens", "output_tokens")} == {
        name: summed[name] for name in ("cost_nano", "estimated", "input_tokens", "output_tokens")
    }
    assert total["requests"] == sum(row["attempt_id"].endswith((".0", ".1")) for row in rows)
