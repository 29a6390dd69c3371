"""What is written is a file that onnxruntime runs."""

import numpy as np
import onnxruntime

from caching.minilm.onnx import model, node, tensor, value


def test_a_product_with_a_constant() -> None:
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    data = model(
        [node("MatMul", ["x", "m"], ["y"]), node("Softmax", ["y"], ["z"], attributes={"axis": -1})],
        [tensor("m", matrix)],
        [value("x", "float32", ("batch", 2))],
        [value("y", "float32", ("batch", 3)), value("z", "float32", ("batch", 3))],
    )
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    x = np.array([[1, 2], [3, -4], [0.5, 0]], dtype=np.float32)
    y, z = session.run(None, {"x": x})
    assert np.allclose(y, x @ matrix)
    assert np.allclose(z.sum(axis=1), 1)


def test_attributes_of_each_kind_and_numbers_below_zero() -> None:
    data = model(
        [
            node("ReduceSum", ["x", "axes"], ["s"], attributes={"keepdims": 0}),
            node("LeakyRelu", ["s"], ["r"], attributes={"alpha": 0.25}),
            node("Transpose", ["x"], ["t"], attributes={"perm": [1, 0]}),
        ],
        [tensor("axes", np.array([-1], dtype=np.int64))],
        [value("x", "float32", ("a", "b"))],
        [value("r", "float32", ("a",)), value("t", "float32", ("b", "a"))],
    )
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    x = np.array([[1, 2], [-8, 4]], dtype=np.float32)
    found, turned = session.run(None, {"x": x})
    assert found.tolist() == [3, -1]
    assert turned.tolist() == x.T.tolist()
