"""A profile names the functions of the server that was loaded."""

from pathlib import Path

import pytest

from bench import subjects
from bench.profile import profiled, sampled
from bench.scenarios import SCENARIOS
from bench.servers import Server


def test_the_relays_own_functions_are_in_its_profile() -> None:
    for seconds in (1.0, 2.0, 4.0, 8.0):  # of a processor, of which a busy machine gives little
        text = profiled(subjects.relay, SCENARIOS[0], seconds=seconds)
        assert "whole answers, 1 KB prompts" in text
        if "UpstreamConnection.data_received" in text:
            return
    pytest.fail(text)


def test_only_python_modules_can_be_sampled(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not started as a Python module"):
        sampled(Server("portkey", ("node", "start.js", "--port=1"), 1), tmp_path / "out")
