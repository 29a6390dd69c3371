"""The command line: what the options choose, and what is said when they make no sense."""

from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner

from bench.cli import Kept, app, chosen, publish
from bench.measure import Spread
from bench.report import BEGIN, END, Figures
from bench.scenarios import FULL, QUICK, SCENARIOS, Result

NAMES = [scenario.name for scenario in SCENARIOS]

CHOICES = {
    "all": ((), NAMES, True),
    "one": (("whole",), ["whole"], False),
    "two": (("stream", "whole"), ["whole", "stream"], False),
    "streams alone": (("streams",), [], True),
}


@pytest.mark.parametrize(("only", "scenarios", "streams"), CHOICES.values(), ids=CHOICES)
def test_what_is_measured(only: tuple[str, ...], scenarios: list[str], streams: bool) -> None:
    run = chosen("signalbox", only, quick=False)
    assert [scenario.name for scenario in run.scenarios] == scenarios
    assert (run.streams is not None) is streams


def test_quick_is_shorter_in_everything() -> None:
    full, quick = (chosen("signalbox", (), quick=quick) for quick in (False, True))
    assert (full.pace, quick.pace) == (FULL, QUICK)
    assert full.streams is not None
    assert quick.streams is not None
    assert quick.streams.held < full.streams.held == 2_000
    assert quick.streams.cancelled < full.streams.cancelled == 10_000


@pytest.mark.parametrize(
    ("subject", "only"), [("nginx", ()), ("signalbox", ("speed",))], ids=["a subject", "a scenario"]
)
def test_what_is_not_known_is_refused_with_what_is(subject: str, only: tuple[str, ...]) -> None:
    with pytest.raises(typer.BadParameter, match="choose among"):
        chosen(subject, only, quick=True)


FIGURES = {
    name: Figures({"whole": Result(Spread(cost, cost, cost), Spread(1.5, 1.5, 1.5), 9.0, 1.0, 2.0, 0.0)})
    for name, cost in (("relay", 40.0), ("signalbox", 60.0))
}


def test_json_is_all_that_is_printed_when_asked_for(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    publish("signalbox", FIGURES, as_json=True, keep=None)
    assert orjson.loads(capfdbinary.readouterr().out)["whole"]["cpu_us"] == 60


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    publish("signalbox", FIGURES, as_json=False, keep=None)
    assert "1.50 ×" in capsys.readouterr().out


def test_a_whole_run_is_kept_in_the_file_and_in_the_document(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "results" / "latest.json", tmp_path / "performance.md")
    kept.document.write_text(f"# Performance\n{BEGIN}\n{END}\n")
    publish("signalbox", FIGURES, as_json=False, keep=kept)
    assert orjson.loads(kept.results.read_bytes())["whole"]["cpu_ratio"] == 1.5
    assert "| whole answers, 1 KB prompts: CPU µs per call |" in kept.document.read_text()


def test_a_mistake_on_the_command_line_is_no_measurement() -> None:
    ended = CliRunner().invoke(app, ["--only", "streams", "--profile", "--subject", "relay"])
    assert ended.exit_code == 2
    assert "choose among signalbox, translating, aiohttp" in " ".join(ended.output.replace("│", " ").split())
