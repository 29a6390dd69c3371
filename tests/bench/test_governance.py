"""What a tool step costs is measured with a real server, and a missing one is said."""

import re

import pytest

from bench import governance
from bench.governance import Taken, measured, said


def test_steps_are_measured_beside_bare_commits(monkeypatch):
    monkeypatch.setattr(governance, "_WARM_UP", 1)
    lines = measured(20).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["tool_step, flushed", "tool_step, not flushed"]
    for line in lines:
        assert "20 steps" in line
        figures = [float(each) for each in re.findall(r"p\d\d (\d+\.\d+) ms", line)]
        assert len(figures) == 4
        assert min(figures) > 0


def test_without_a_server_it_says_so(monkeypatch):
    monkeypatch.setattr(governance, "postgres_server", lambda: pytest.skip("initdb is not installed"))
    assert measured(10) == "tool_step: not measured, because initdb is not installed"


def test_figures_are_in_milliseconds():
    taken = Taken([0.001] * 200, [0.0005] * 200, 0.0007)
    assert "p50 1.00 ms (goal 2), p99 1.00 ms (goal 6)" in said("flushed", taken)
    assert "p50 0.50 ms, p99 0.50 ms; processor time 0.70 ms" in said("flushed", taken)
