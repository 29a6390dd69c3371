"""The report: the names others rely on, the table, the place in the documentation."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from bench import report
from bench.measure import Spread
from bench.report import BEGIN, END, Figures
from bench.scenarios import SCENARIOS, Result
from bench.storms import Storm

ONE = Spread(1.0, 1.0, 1.0)


def figures(cost: float) -> Figures:
    result = Result(
        Spread(cost, cost - 1, cost + 1), ONE if cost == 40 else Spread(1.5, 1.4, 1.6), 20_000, 1.2, 2.4, 0.0
    )
    return Figures(
        results={scenario.name: result for scenario in SCENARIOS},
        rss_mb=45.0,
        rss_after_mb=47.0,
        ready_seconds=0.9,
        open_stream_kb=21.4,
        storm=None if cost == 40 else Storm(10_000, 10_000, 10_000, 12.0, 0.3),
    )


SERVERS = {"relay": figures(40), "signalbox": figures(60), "litellm": figures(9_000)}
FACTS = report.machine(datetime(2025, 10, 9, tzinfo=UTC))


def test_the_report_has_the_names_that_others_read() -> None:
    made = report.document("signalbox", SERVERS, FACTS)
    assert made["whole"]["cpu_ratio"] == 1.5
    assert made["whole"]["cpu_us"] == 60
    assert made["stream"]["cpu_ratio_per_chunk"] == 1.5
    assert made["prompt_100kb"]["cpu_ratio"] == 1.5
    assert made["rss_mb"] == 45.0
    assert made["open_stream_kb"] == 21.4
    assert made["storm"] == {
        "streams": 10_000,
        "closed": 10_000,
        "closed_within_1s": 10_000,
        "slowest_ms": 12.0,
        "kept_mb": 0.3,
    }
    assert made["relay"]["whole"]["cpu_us"] == 40


def test_a_peer_has_the_same_names_below_its_own() -> None:
    made = report.document("signalbox", SERVERS, FACTS)
    assert set(made["peers"]) == {"litellm"}
    assert set(made["peers"]["litellm"]) == set(figures(60).as_json())


def test_without_peers_there_is_no_such_key() -> None:
    alone = {"relay": figures(40), "signalbox": figures(60)}
    assert "peers" not in report.document("signalbox", alone, FACTS)


def test_what_was_not_measured_is_absent() -> None:
    assert Figures().as_json() == {}


def test_the_machine_is_described() -> None:
    assert FACTS["cores"] >= 1
    assert FACTS["date"] == "2025-10-09"
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", FACTS["python"])


def test_the_file_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "results" / "latest.json"
    report.write({"a": 1}, file)
    report.write({"a": 2}, file)
    assert json.loads(file.read_text()) == {"a": 2}
    assert [path.name for path in file.parent.iterdir()] == ["latest.json"]


def test_the_table_has_a_column_for_each_server_in_every_line() -> None:
    lines = report.rows(SERVERS)
    assert lines[0] == ("", "relay", "signalbox", "litellm")
    assert {len(line) for line in lines} == {4}
    assert ("whole answers, 1 KB prompts: CPU µs per call", "40", "60 = 1.50 × (1.40–1.60)") == lines[1][:3]


def test_figures_that_nobody_has_get_no_line() -> None:
    only = Figures(results={"whole": figures(60).results["whole"]})
    titles = [line[0] for line in report.rows({"relay": only})]
    assert len(titles) == 4
    assert not any("stream" in title for title in titles)


def test_a_terminal_shows_every_cell() -> None:
    console = Console(width=250)
    with console.capture() as captured:
        console.print(report.terminal(report.rows(SERVERS)))
    assert "10,000 of 10,000 in 1 s, slowest 12 ms" in captured.get()


def test_the_documents_table_is_replaced_and_the_rest_kept() -> None:
    table = report.markdown(report.rows(SERVERS), FACTS)
    once = report.between_markers(f"# Speed\n{BEGIN}\nold\n{END}\nafter\n", table)
    assert once.startswith("# Speed\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "old" not in once
    assert "Measured on 2025-10-09" in once
    assert report.between_markers(once, table) == once


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END}\n{BEGIN}"], ids=["none", "begin", "end", "wrong order"]
)
def test_a_document_without_its_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs the two lines"):
        report.between_markers(text, "")


def test_the_documentation_has_its_markers() -> None:
    document = Path(report.__file__).parents[1] / "docs" / "performance.md"
    assert report.between_markers(document.read_text(), "x")
