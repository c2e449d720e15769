"""Gradients against difference quotients, on values that stay away from kinks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

pytest.importorskip("onnxruntime")

import onnxruntime as ort

from rmqm_onnx.gradients import jvp_model, vjp_model


def session(model: ModelProto) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def spread(shape: tuple[int, ...], seed: int = 0, low: float = -2.0, high: float = 2.0) -> Any:
    """Values of one shape no two of which are close, and none of which is close to a kink."""
    n_values = int(np.prod(shape))
    values = np.linspace(low, high, n_values + (n_values % 2)) + 0.37 / max(n_values, 1)
    return np.random.default_rng(seed).permutation(values)[:n_values].reshape(shape).astype("f")


def weights(*shape: int, seed: int = 7) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def one_node(
    operator: str, x: Any, *others: Any, opset: int = 20, outputs: int = 1, **attributes: Any
) -> ModelProto:
    """A model of one node; `others` are constants, None for an input that is left out.

    A constant that stands before x is given by the keyword ``first``.
    """
    first = attributes.pop("first", None)
    batch = x.shape[0] if attributes.pop("static", False) else "N"
    domain = attributes.pop("domain", "")
    ir_version = attributes.pop("ir_version", 10)
    stored = {f"c{k}": one for k, one in enumerate(others) if one is not None}
    names = ["x", *(f"c{k}" if one is not None else "" for k, one in enumerate(others))]
    if first is not None:
        stored["first"] = first
        names.insert(0, "first")
    made = ["y", *(f"y{k}" for k in range(1, outputs))]
    node = helper.make_node(operator, names, made, domain=domain, **attributes)
    shape = [batch, *x.shape[1:]]
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in stored.items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    if domain:
        opsets.append(helper.make_opsetid(domain, 1))
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)


def quotients(run: Callable[[Any], Any], x: Any, ct: Any, step: float) -> Any:
    """The gradient of <run(x), ct> by central differences, value by value."""
    found = np.zeros(x.size)
    for k in range(x.size):
        moved = []
        for sign in (1, -1):
            near = x.copy()
            near.reshape(-1)[k] += sign * step
            moved.append(run(near).astype(np.float64))
        found[k] = ((moved[0] - moved[1]) * ct).sum() / (2 * step)
    return found.reshape(x.shape)


def relative(found: Any, wanted: Any) -> float:
    return float(np.linalg.norm(found - wanted) / (np.linalg.norm(wanted) + 1e-6))


def errors(model: ModelProto, x: Any, step: float = 2e-3, jvp: bool = True) -> SimpleNamespace:
    """How far the pullback is from quotients, the derivative from the pullback, y from itself."""
    plain = session(model)
    y = plain.run(["y"], {"x": x})[0]
    ct = np.random.default_rng(3).normal(size=y.shape).astype(np.float32)
    fixed = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value > 0
    example = x if fixed else x[:1]
    back = vjp_model(model, input="x", output="y", example=example)
    assert {node.domain for node in back.graph.node} <= {""}
    again, gradient = session(back).run(None, {"x": x, "ct": ct})
    wanted = quotients(lambda near: plain.run(["y"], {"x": near})[0], x, ct, step)
    found = SimpleNamespace(vjp=relative(gradient, wanted), y=relative(again, y), jvp=0.0)
    if jvp:
        tangent = np.random.default_rng(4).normal(size=x.shape).astype(np.float32)
        forth = jvp_model(model, input="x", output="y", example=example)
        _, derivative = session(forth).run(None, {"x": x, "tangent": tangent})
        pulled = float((gradient.astype(np.float64) * tangent).sum())
        pushed = float((derivative.astype(np.float64) * ct).sum())
        scale = np.linalg.norm(gradient) * np.linalg.norm(tangent) + 1e-6
        found.jvp = abs(pulled - pushed) / scale
    return found


def in_float64(model: ModelProto) -> ModelProto:
    found = ModelProto()
    found.CopyFrom(model)
    for tensor in found.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor).astype(np.float64)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for value in (*found.graph.input, *found.graph.output):
        value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for node in found.graph.node:
        for attribute in node.attribute:
            if (node.op_type, attribute.name) == ("Cast", "to"):
                attribute.i = TensorProto.DOUBLE
    return found


def reference_errors(model: ModelProto, x: Any, step: float = 1e-6) -> SimpleNamespace:
    """How far encodings and pullback are from those of the evaluator of onnx, three ways."""
    evaluator = ReferenceEvaluator(in_float64(model))

    def run(near: Any) -> Any:
        return np.asarray(evaluator.run(["y"], {"x": near})[0])

    y, exact = run(x.astype(np.float64)), x.astype(np.float64)
    ct = np.random.default_rng(3).normal(size=y.shape).astype(np.float32)
    fixed = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value > 0
    back = vjp_model(model, input="x", output="y", example=x if fixed else x[:1])
    again, gradient = session(back).run(None, {"x": x, "ct": ct})
    worst = 0.0
    for seed in range(3):
        way = np.random.default_rng(seed).normal(size=x.shape)
        slope = ((run(exact + step * way) - run(exact - step * way)) * ct).sum() / (2 * step)
        scale = np.linalg.norm(gradient) * np.linalg.norm(way) / np.sqrt(x.size) + 1e-6
        worst = max(worst, abs(float((gradient * way).sum()) - slope) / scale)
    return SimpleNamespace(vjp=worst, y=relative(again, y))


@pytest.fixture
def check() -> Callable[..., None]:
    """Compare a gradient with difference quotients, and the derivative with the gradient."""

    def run(model: ModelProto, x: Any, *, step: float = 2e-3, within: float = 1e-2) -> None:
        found = errors(model, x, step)
        assert found.vjp < within
        assert found.jvp < 1e-5
        assert found.y < 1e-5

    return run


@pytest.fixture
def build() -> SimpleNamespace:
    """The pieces that the cases are made of."""
    return SimpleNamespace(
        one_node=one_node,
        spread=spread,
        weights=weights,
        session=session,
        errors=errors,
        reference_errors=reference_errors,
    )
