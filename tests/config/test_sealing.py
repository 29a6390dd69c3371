"""Keys come from references, are long enough, and are for answers that leave the process."""

import os
from pathlib import Path

import pytest

from config.catalog import Loaded
from config.errors import ConfigError
from config.load import load_file
from tests.config.conftest import KINDS

KEY, OLD = "k" * 32, "o" * 40


def loaded(folder: Path, cache: str) -> Loaded:
    file = folder / "signalbox.yaml"
    file.write_text(f"stores: {{ redis: 'redis://localhost:6379/0' }}\ncache: {{ exact: 1m, {cache} }}\n")
    return load_file(file, KINDS, {**os.environ, "CACHE_KEY": KEY, "OLD_KEY": OLD})


@pytest.mark.parametrize("store", ["redis", "sqlite"])
def test_one_key_or_several(tmp_path: Path, store: str) -> None:
    one = loaded(tmp_path, f"store: {store}, encrypt: '${{CACHE_KEY}}'").catalog.cache
    assert [(key.value, key.source) for key in one.encrypt] == [(KEY, "env CACHE_KEY")]
    two = loaded(tmp_path, f"store: {store}, encrypt: ['${{CACHE_KEY}}', '${{OLD_KEY}}']").catalog.cache
    assert [key.source for key in two.encrypt] == ["env CACHE_KEY", "env OLD_KEY"]
    assert KEY not in repr(two)


MISTAKES = [
    ("encrypt: '${CACHE_KEY}'", "store: memory"),
    ("store: sqlite, encrypt: short", "32 or more"),
    ("store: disk", "sqlite"),
]


@pytest.mark.parametrize(("cache", "said"), MISTAKES)
def test_a_mistake_says_what_is_allowed(tmp_path: Path, cache: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        loaded(tmp_path, cache)


def test_a_key_in_the_file_itself_is_worth_a_warning(tmp_path: Path) -> None:
    found = loaded(tmp_path, f"store: sqlite, encrypt: '{KEY}'")
    assert any("a secret in the file itself" in warning.sentence for warning in found.warnings)
