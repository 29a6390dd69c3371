"""Whoever lacks an extra is given a command that installs it."""

import re
import tomllib
from pathlib import Path

import pytest

from config.extras import install

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_is_named_and_make_installs_it(extra: str) -> None:
    assert install(extra).startswith(f"pip install 'signalbox-gateway[{extra}]'")
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^EVERY_EXTRA = .*--extra {extra}( |$)", makefile, re.MULTILINE)
