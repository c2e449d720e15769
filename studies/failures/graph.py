"""Small ONNX encoders of 28 x 28 images, put together operator by operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["SIDE", "Graph"]

SIDE: Final = 28
"""Height and width of the images."""


class Graph:
    """
    A graph from images (N, 1, 28, 28), values 0 to 1, to encodings (N, E).

    Examples
    --------
    >>> graph = Graph()
    >>> graph.pixels()
    'Flatten_0'
    """

    image: Final = "image"

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str | np.ndarray | float, **attributes: Any) -> str:
        """Add an operator; arrays and numbers among its inputs become float32 weights."""
        name = f"{operator}_{len(self._nodes)}"
        names = [self._named(value) for value in inputs]
        self._nodes.append(helper.make_node(operator, names, [name], **attributes))
        return name

    def pixels(self) -> str:
        """Return the pixels as rows, (N, 784)."""
        return self.add("Flatten", self.image)

    def linear(self, rows: str, weights: np.ndarray, bias: np.ndarray | float = 0.0) -> str:
        """Return rows @ weights + bias."""
        return self.add("Add", self.add("MatMul", rows, weights), bias)

    def save(self, output: str, path: Path) -> Path:
        """Write the graph that ends in this output."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._nodes.append(helper.make_node("Identity", [output], ["encoding"]))
        shape = ["N", 1, SIDE, SIDE]
        graph = helper.make_graph(
            self._nodes,
            path.stem,
            [helper.make_tensor_value_info(self.image, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("encoding", TensorProto.FLOAT, ["N", "E"])],
            self._weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))
        return path

    def _named(self, value: str | np.ndarray | float) -> str:
        if isinstance(value, str):
            return value
        name = f"weight_{len(self._weights)}"
        array = np.asarray(value)
        kept = array if array.dtype == np.int64 else array.astype(np.float32)
        self._weights.append(numpy_helper.from_array(kept, name))
        return name
