"""Other gateways, each in its simplest documented set-up, in an environment of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson
import yaml

from bench.servers import Server
from bench.subjects import Place

HOME = Path(__file__).with_name(".venvs")
_INSTALL_SECONDS = 1_800
_KEY = "sk-bench"


class NotInstalled(Exception):
    """A peer could not be installed; the text says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One gateway: its version, and how it is installed into its own folder and started from there."""

    version: str
    install: Callable[[str, Path], list[list[str]]]  # (version, folder) -> commands
    start: Callable[[Path, Place], Server]  # (folder, place) -> not yet started

    def installed(self, name: str, home: Path) -> Path:
        """The folder with exactly this version; installed if missing. Raises NotInstalled."""
        folder = home / f"{name}-{self.version}"
        done = folder / ".installed"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for command in self.install(self.version, folder):
                _run(name, command)
            done.touch()
        return folder


def _run(name: str, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise NotInstalled(f"{name} needs {command[0]!r}, which is not on the PATH")
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    if ended.returncode:
        raise NotInstalled(
            f"{name}: {' '.join(command)} ended with {ended.returncode}:\n{ended.stderr[-1500:]}"
        )


def _install_litellm(version: str, folder: Path) -> list[list[str]]:
    python = str(folder / "bin" / "python")
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [python, "-m", "pip", "install", "--quiet", f"litellm[proxy]=={version}"],
    ]


def _start_litellm(folder: Path, place: Place) -> Server:
    """Without a database, with a master key; it starts slowly, and slower when its files are not cached."""
    config = place.folder / "litellm.yaml"
    config.write_text(yaml.safe_dump(litellm_configuration(place)))
    options = ("--config", str(config), "--host", "127.0.0.1", "--port", str(place.port))
    environment = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # its price list comes from the package, not from the network
        "LITELLM_MASTER_KEY": _KEY,
        "LITELLM_LOG": "ERROR",
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    return Server(
        "litellm",
        (str(folder / "bin" / "litellm"), *options),
        place.port,
        headers={"authorization": f"Bearer {_KEY}"},
        environment=environment,
        folder=place.folder,
        patience=240,
    )


def litellm_configuration(place: Place) -> dict[str, object]:
    """Each model at our upstream, as an OpenAI-compatible endpoint; no retries, no telemetry."""
    models = [
        {
            "model_name": model,
            "litellm_params": {"model": f"openai/{model}", "api_base": place.upstream_url, "api_key": "none"},
        }
        for model in place.models
    ]
    return {
        "model_list": models,
        "litellm_settings": {"telemetry": False, "num_retries": 0},
        "general_settings": {"master_key": _KEY},
    }


def _install_portkey(version: str, folder: Path) -> list[list[str]]:
    """With the last HTTP adapter with which streaming works: with newer ones each stream gets a 500."""
    wanted = {
        "private": True,
        "dependencies": {"@portkey-ai/gateway": version},
        "overrides": {"@hono/node-server": "1.13.8"},
    }
    (folder / "package.json").write_bytes(orjson.dumps(wanted))
    return [["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]]


def _start_portkey(folder: Path, place: Place) -> Server:
    """Routed by headers; the loopback address is among the custom hosts that it trusts by default."""
    script = folder / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    node = shutil.which("node") or "node"
    headers = {
        "authorization": "Bearer none",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": place.upstream_url,
    }
    command = (node, str(script), f"--port={place.port}", "--headless")
    return Server(
        "portkey", command, place.port, headers=headers, environment={"NODE_ENV": "production"}, patience=60
    )


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "litellm": Peer("1.106.2", _install_litellm, _start_litellm),
        "portkey": Peer("1.15.2", _install_portkey, _start_portkey),
    }
)
