"""How our own servers are started, and what the gateway is told."""

import sys
from pathlib import Path

import pytest

from bench import subjects
from bench.subjects import KeyNotMade, Place, configuration, key_in

PLACE = Place(5001, 5002, ("fast", "fast-50x5ms"), Path("/nowhere"))


def test_the_gateway_has_one_vendor_and_a_group_for_each_model() -> None:
    made = configuration({"teams": {"default": {}}}, PLACE, "openai-like", PLACE.upstream_url)
    assert made["teams"] == {"default": {}}
    assert made["vendors"]["bench"]["base_url"] == "http://127.0.0.1:5002/v1"
    assert made["models"] == {
        "fast": {"targets": ["bench/fast"]},
        "fast-50x5ms": {"targets": ["bench/fast-50x5ms"]},
    }


def test_the_model_that_shows_readiness_is_always_there() -> None:
    assert "fast" in configuration({}, Place(1, 2, (), Path("/nowhere")), "x", "http://y")["models"]


@pytest.mark.parametrize("made", [subjects.relay, subjects.aiohttp_relay, subjects.upstream])
def test_our_servers_are_modules_that_are_told_their_port(made: subjects.Maker) -> None:
    command = made(PLACE).command
    assert command[:2] == (sys.executable, "-m")
    assert "5001" in command


def test_the_key_is_read_from_what_the_command_printed() -> None:
    assert key_in('{"id": "k1", "key": "sk-sb-1"}\n') == "sk-sb-1"


@pytest.mark.parametrize("output", ["", "sk-sb-1", "{}", "[]"], ids=["nothing", "bare", "no key", "a list"])
def test_output_without_a_key_is_shown(output: str) -> None:
    with pytest.raises(KeyNotMade, match="should print an object"):
        key_in(output)
