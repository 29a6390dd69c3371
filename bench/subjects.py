"""This repository's servers that are measured, and how each is started."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bench import wire
from bench.servers import Server

_FEATURES = Path(__file__).with_name("gateway.yaml")
_CONNECTIONS = 20_000  # more than the streams that are ever held open
_SECONDS_TO_MAKE_A_KEY = 60


class KeyNotMade(Exception):
    """The gateway's command line printed no key; the text has its output."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server's port, its upstream, the models it must know, and a folder of its own."""

    port: int
    upstream_port: int
    models: tuple[str, ...]
    folder: Path

    @property
    def upstream_url(self) -> str:
        return f"http://127.0.0.1:{self.upstream_port}/v1"


Maker = Callable[[Place], Server]


def upstream(place: Place) -> Server:
    return Server("upstream", (sys.executable, "-m", "bench.upstream", "--port", str(place.port)), place.port)


def relay(place: Place) -> Server:
    return _ours("relay", "bench.relay", place)


def aiohttp_relay(place: Place) -> Server:
    return _ours("aiohttp", "bench.aiohttp_relay", place)


def _ours(name: str, module: str, place: Place) -> Server:
    ports = ("--port", str(place.port), "--upstream-port", str(place.upstream_port))
    return Server(name, (sys.executable, "-m", module, *ports), place.port)


def gateway(place: Place) -> Server:
    """The gateway with a fresh key. Raises KeyNotMade."""
    return _gateway("signalbox", "openai-like", place.upstream_url, place)


def translating(place: Place) -> Server:
    """The same with a vendor that speaks Anthropic's format: every call and every event is translated."""
    return _gateway("translating", "anthropic", place.upstream_url.removesuffix("/v1"), place)


def remembering(place: Place) -> Server:
    """The gateway with its exact cache on."""
    return _gateway("remembering", "openai-like", place.upstream_url, place, {"cache": {"exact": "10m"}})


def guarded(name: str, guards: Sequence[str]) -> Maker:
    """The gateway with guards on every call."""

    def made(place: Place) -> Server:
        return _gateway(name, "openai-like", place.upstream_url, place, {"guardrails": list(guards)})

    return made


def _gateway(
    name: str, kind: str, base_url: str, place: Place, more: Mapping[str, Any] = MappingProxyType({})
) -> Server:
    config = place.folder / "signalbox.yaml"
    features = {**yaml.safe_load(_FEATURES.read_text()), **more}
    config.write_text(yaml.safe_dump(configuration(features, place, kind, base_url)))
    key = key_in(_make_key(place.folder))
    serve = ("serve", "--state", str(place.folder), "--port", str(place.port), "--config", str(config))
    command = (sys.executable, "-m", "gateway.cli", *serve)
    return Server(name, command, place.port, headers={"authorization": f"Bearer {key}"})


SUBJECTS: Mapping[str, Maker] = MappingProxyType(
    {"signalbox": gateway, "translating": translating, "aiohttp": aiohttp_relay}
)


def configuration(features: Mapping[str, Any], place: Place, kind: str, base_url: str) -> dict[str, Any]:
    """The gateway's YAML as data: `features`, one vendor that is our upstream, and a group per model."""
    vendor: dict[str, object] = {"kind": kind, "base_url": base_url, "api_key": "none"}
    vendor["max_connections"] = _CONNECTIONS
    groups = {model: {"targets": [f"bench/{model}"]} for model in dict.fromkeys((wire.MODEL, *place.models))}
    return {**features, "vendors": {"bench": vendor}, "models": groups}


def _make_key(state: Path) -> str:
    command = [sys.executable, "-m", "gateway.cli", "keys", "create", "--team", "default", "--json"]
    made = subprocess.run(
        [*command, "--state", str(state)],
        capture_output=True,
        text=True,
        timeout=_SECONDS_TO_MAKE_A_KEY,
        check=False,
    )
    if made.returncode:
        raise KeyNotMade(f"`keys create` ended with {made.returncode}: {made.stderr[-1000:]}")
    return made.stdout


def key_in(output: str) -> str:
    """The key in the output of `keys create --json`. Raises KeyNotMade."""
    try:
        return str(json.loads(output)["key"])
    except (ValueError, KeyError, TypeError):
        raise KeyNotMade(
            f'`keys create --json` should print an object with "key", found: {output[:300]!r}'
        ) from None
