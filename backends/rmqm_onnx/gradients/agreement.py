"""A graph that was converted or written out must still give the encodings of the model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto

from rmqm_onnx.gradients.contrib import DEFINITIONS
from rmqm_onnx.gradients.execution import run_all
from rmqm_onnx.gradients.opsets import MIN_OPSET, opset_of
from rmqm_onnx.gradients.unrolling import CONTROL_FLOW
from rmqm_onnx.reading.graph import all_tensors, cut_out
from rmqm_onnx.reading.signature import declared_inputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["require_agreement"]

TOLERANCE = 1e-3
HALF_TOLERANCE = 5e-2
"""Relative to the largest value; the second for models that compute in half precision or bytes."""

_COARSE = (TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.INT8, TensorProto.UINT8)


def require_agreement(
    model: ModelProto, part: ModelProto, feeds: Mapping[str, AnyArray], output: str
) -> None:
    """
    Compare the encodings of a model and of the graph made from it, if they could differ.

    Raises
    ------
    SubjectError
        GRA004 if they do.
    """
    if opset_of(model) >= MIN_OPSET and not any(_is_defined(node) for node in model.graph.node):
        return
    original = cut_out(model, output)
    types = {info.name: info.dtype for info in declared_inputs(original.graph)}
    given = {name: value.astype(types[name]) for name, value in feeds.items() if name in types}
    runs = (*run_all(original, [output], [given]), *run_all(part, [output], [feeds]))
    old, new = (np.asarray(run[output], dtype=np.float64) for run in runs)
    half = any(tensor.data_type in _COARSE for tensor in all_tensors(original))
    limit = (HALF_TOLERANCE if half else TOLERANCE) * float(np.abs(old).max(initial=0.0))
    differ = float(np.abs(old - new).max(initial=0.0)) if old.shape == new.shape else np.inf
    if not differ <= limit:
        raise SubjectError(
            "GRA004",
            f"a model that is converted to opset {MIN_OPSET} must give the same encodings; "
            f"they differ by {differ:.1e}",
            fix=f"Export it with opset {MIN_OPSET} or later.",
        )


def _is_defined(node: NodeProto) -> bool:
    return (node.domain, node.op_type) in DEFINITIONS or node.op_type in CONTROL_FLOW
