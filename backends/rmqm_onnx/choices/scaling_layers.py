"""Layers whose weights only scale and shift each channel: a normaliser in the form of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["Scaling", "scaling_of", "stored_tensors"]

_LARGEST = 1 << 20
"""Weights of more values belong to a layer that learns."""


@frozen(kw_only=True, eq=False)
class Scaling:
    """
    What such a layer does: value c of its output is ``scale[c] * input[source[c]] + shift[c]``.

    Parameters
    ----------
    source : (C,) ndarray of int
        Which channel of the input each channel of the output comes from: a swap of RGB and BGR is
        often part of the layer.
    scale, shift : (C,) ndarray of float64
        The constants.
    """

    source: npt.NDArray[np.intp]
    scale: Float64Array
    shift: Float64Array

    def __call__(self, value: Float64Array) -> Float64Array:
        """Apply it to one value for all channels, or to one for each."""
        channels = value.reshape(-1)
        taken = channels[self.source] if channels.size == self.source.size else channels
        return np.asarray(self.scale * taken + self.shift)


def stored_tensors(graph: GraphProto) -> Mapping[str, TensorProto]:
    """Return the constants that the file of the graph holds itself, by name."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                stored[node.output[0]] = attribute.t
    return {
        name: tensor
        for name, tensor in stored.items()
        if tensor.data_location != TensorProto.EXTERNAL
    }


def scaling_of(node: NodeProto, tensor: str, known: Mapping[str, TensorProto]) -> Scaling | None:
    """
    Return what a Conv, Gemm or MatMul does, if it only scales and shifts the channels of `tensor`.

    Its kernel is 1 x 1, and each channel of the output comes from a channel of its own in the
    input. Weights that mix channels belong to a layer that was trained.
    """
    if node.op_type not in ("Conv", "Gemm", "MatMul") or node.input[0] != tensor:
        return None
    stored = [known.get(name) for name in node.input[1:] if name]
    if not stored or any(t is None or np.prod(t.dims) > _LARGEST for t in stored):
        return None
    values = [numpy_helper.to_array(t).astype(np.float64) for t in stored if t is not None]
    attributes = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
    matrix = _matrix(node.op_type, values[0], attributes)
    if matrix is None or not _moves_each_channel(matrix):
        return None
    source = np.abs(matrix).argmax(axis=1)
    shift = values[1] * attributes.get("beta", 1.0) if len(values) > 1 else np.zeros(len(matrix))
    if shift.size not in (1, len(matrix)):
        return None
    return Scaling(
        source=source,
        scale=matrix[np.arange(len(matrix)), source],
        shift=np.broadcast_to(shift.reshape(-1), len(matrix)).copy(),
    )


def _matrix(operator: str, weights: AnyArray, attributes: Mapping[str, Any]) -> AnyArray | None:
    """Return the weights as a matrix from input to output channels; None for other layers."""
    if operator == "Conv":
        return _matrix_of_conv(weights, attributes)
    if weights.ndim != 2:
        return None
    is_transposed = operator == "Gemm" and bool(attributes.get("transB", 0))
    if attributes.get("transA", 0):
        return None
    return np.asarray((weights if is_transposed else weights.T) * attributes.get("alpha", 1.0))


def _matrix_of_conv(weights: AnyArray, attributes: Mapping[str, Any]) -> AnyArray | None:
    group = attributes.get("group", 1)
    if weights.ndim < 3 or set(weights.shape[2:]) != {1}:
        return None
    if set(attributes.get("strides", ())) - {1} or any(attributes.get("pads", ())):
        return None
    flat = weights.reshape(weights.shape[:2])
    if group == 1:
        return np.asarray(flat)
    is_depthwise = list(flat.shape) == [group, 1]
    return np.diag(flat[:, 0]) if is_depthwise else None


def _moves_each_channel(matrix: AnyArray) -> bool:
    """Whether each row and each column holds one value other than zero."""
    if matrix.shape[0] != matrix.shape[1]:
        return False
    kept = matrix != 0
    return bool((kept.sum(axis=0) == 1).all() and (kept.sum(axis=1) == 1).all())
