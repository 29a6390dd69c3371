"""The model of this machine runs beside the loop; without it nothing is found, and nothing fails."""

import asyncio
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from caching.minilm.graph import Shape, sentence_graph
from gateway.embedders.embedder import Array
from gateway.embedders.local import MODEL, WORDS, LocalEmbedder, load_model, load_states, threads
from tests.caching.minilm.bert import HEADS, LAYERS, expected, weights
from tests.gateway.embedders.wheels import tokenizer
from tests.gateway.road import WHO


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / MODEL).write_bytes(sentence_graph(weights(), Shape(HEADS, LAYERS), small=False))
    (tmp_path / WORDS).write_text(tokenizer())
    return tmp_path


async def test_a_text_becomes_the_models_vector(folder: Path) -> None:
    embedder = LocalEmbedder(folder, load_model)
    found = await embedder.embed("How do I reset it", WHO)
    await embedder.close()
    assert found is not None
    assert np.allclose(found, expected(weights(), [2, 3, 4, 5, 6]), atol=1e-5)


async def test_a_last_sign_does_not_count(folder: Path) -> None:
    run = load_model(folder)
    assert np.array_equal(run("How do I reset it"), run("How do I reset it ?!\n"))
    assert run("?").shape == run("How").shape


async def test_where_it_is_not_installed_it_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = LocalEmbedder(tmp_path, load_model)
    assert [await embedder.embed("x", WHO) for _ in range(3)] == [None] * 3
    await embedder.close()
    (said,) = [record.getMessage() for record in caplog.records]
    assert "signalbox embedder install" in said


async def test_the_loop_goes_on_while_it_runs() -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(text: str) -> Array:
        started.set()
        assert go_on.wait(60)
        return np.ones(1, dtype=np.float32)

    embedder = LocalEmbedder(Path("."), lambda folder: slow)
    embedding = asyncio.ensure_future(embedder.embed("x", WHO))
    assert await asyncio.to_thread(started.wait, 60)
    await asyncio.sleep(0.01)  # ends although the model is at work
    assert not embedding.done()
    go_on.set()
    assert await embedding is not None
    await embedder.close()


async def test_what_is_done_with_the_vector_is_done_beside_the_loop() -> None:
    where: list[tuple[int, float]] = []
    embedder = LocalEmbedder(Path("."), lambda folder: lambda text: np.full(1, 0.5, dtype=np.float32))
    await embedder.embed("x", WHO, lambda vector: where.append((threading.get_ident(), vector[0])))
    await embedder.close()
    ((thread, value),) = where
    assert (thread == threading.get_ident(), value) == (False, 0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="only there has a thread a niceness of its own")
async def test_all_others_have_the_processor_before_it() -> None:
    found: list[int] = []

    def run(text: str) -> Array:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return np.ones(1, dtype=np.float32)

    embedder = LocalEmbedder(Path("."), lambda folder: run)
    await embedder.embed("x", WHO)
    await embedder.close()
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert own < 10 <= found[0]


@pytest.mark.parametrize(
    ("platform", "cores", "expected"), [("linux", 1, 1), ("linux", 2, 1), ("linux", 64, 4), ("darwin", 8, 1)]
)
def test_several_read_a_text_where_they_give_way(
    platform: str, cores: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    assert threads() == expected


async def test_where_priorities_are_refused_it_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(which: int, who: int, priority: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    embedder = LocalEmbedder(Path("."), lambda folder: lambda text: np.ones(1, dtype=np.float32))
    assert await embedder.embed("x", WHO) is not None
    await embedder.close()


async def test_more_than_it_can_take_goes_on_without() -> None:
    go_on = threading.Event()

    def slow(text: str) -> Array:
        go_on.wait(60)
        return np.ones(1, dtype=np.float32)

    embedder = LocalEmbedder(Path("."), lambda folder: slow)
    embedding = [asyncio.ensure_future(embedder.embed("x", WHO)) for _ in range(100)]
    await asyncio.sleep(0.05)
    go_on.set()
    found = await asyncio.gather(*embedding)
    await embedder.close()
    assert sum(each is None for each in found) == 100 - 96


def test_what_it_makes_of_each_token_is_told_with_its_place(folder: Path) -> None:
    states, places = load_states(folder)("How do  it")
    assert places == [(0, 3), (4, 6), (8, 10)]
    mean = states.mean(axis=0)
    assert np.allclose(mean / np.linalg.norm(mean), expected(weights(), [2, 3, 6]), atol=1e-5)


def test_a_model_of_an_earlier_version_is_told_by_its_outputs(folder: Path) -> None:
    whole = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(whole.replace(b"states", b"stales"))
    with pytest.raises(ValueError, match="earlier version"):
        load_states(folder)
