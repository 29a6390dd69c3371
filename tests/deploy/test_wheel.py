"""The wheel holds every room and nothing else, and runs in a folder without the sources."""

import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
    "wheel"
]["packages"]
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel would put into site-packages."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(place)], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(place / "site")
    return place / "site"


def run_without_sources(site: Path, code: str) -> str:
    """What the code prints where the wheel's folder comes first and the sources are nowhere."""
    path = f"import sys; sys.path = [{str(site)!r}] + [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n"
    # -P keeps the working folder off the path; -W error as everywhere in these tests.
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", path + code],
        cwd=site.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_rooms_and_nothing_else(installed: Path) -> None:
    assert {place.name for place in installed.iterdir() if place.suffix != ".dist-info"} == set(ROOMS)


def test_the_wheel_holds_every_file_of_a_room(installed: Path) -> None:
    tracked = [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert [str(path) for path in tracked if not (installed / path).is_file()] == []


def test_every_room_loads_from_the_wheel(installed: Path) -> None:
    code = f"import importlib\nfor room in {ROOMS!r}: print(importlib.import_module(room).__file__)"
    assert run_without_sources(installed, code).split() == [
        str(installed / room / "__init__.py") for room in ROOMS
    ]


def test_the_command_of_the_wheel_prints_its_help(installed: Path) -> None:
    if find_spec("gateway.cli") is None:
        pytest.skip("there is no command yet")
    code = "sys.argv = ['signalbox', '--help']\nfrom gateway.cli.entry import main\nmain()"
    assert "serve" in run_without_sources(installed, code)
