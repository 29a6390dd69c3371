"""The graph computes what a BERT computes, in full numbers to the last digits, in small ones nearly."""

import numpy as np
import onnxruntime
import pytest

from caching.minilm.graph import Shape, sentence_graph
from tests.caching.minilm.bert import HEADS, LAYERS, WIDTH, expected, weights

SHAPE = Shape(HEADS, LAYERS)
IDS = [3, 14, 1, 5, 9, 2, 6]


def run(graph: bytes, *texts: list[int]) -> np.ndarray:
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    most = max(map(len, texts))
    ids = np.array([text + [0] * (most - len(text)) for text in texts], dtype=np.int64)
    mask = np.array([[1] * len(text) + [0] * (most - len(text)) for text in texts], dtype=np.int32)
    found = session.run(None, {"ids": ids, "mask": mask})[0]
    assert isinstance(found, np.ndarray)
    return found


def test_in_full_numbers_it_is_the_same() -> None:
    (found,) = run(sentence_graph(weights(), SHAPE, small=False), IDS)
    assert np.allclose(found, expected(weights(), IDS), atol=1e-5)


def test_in_small_numbers_it_is_nearly_the_same() -> None:
    (found,) = run(sentence_graph(weights(), SHAPE, small=True), IDS)
    assert float(found @ expected(weights(), IDS)) > 0.85


def test_texts_of_several_lengths_do_not_see_one_another() -> None:
    graph = sentence_graph(weights(), SHAPE, small=False)
    together = run(graph, IDS, [4, 4], [7])
    for found, text in zip(together, (IDS, [4, 4], [7]), strict=True):
        assert np.allclose(found, run(graph, text)[0], atol=1e-5)
    assert together.shape == (3, WIDTH)


def test_weights_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no embeddings\.word_embeddings\.weight"):
        sentence_graph({}, SHAPE, small=True)
    with pytest.raises(ValueError, match="cannot be shared by 3 heads"):
        sentence_graph(weights(), Shape(3, LAYERS), small=True)
