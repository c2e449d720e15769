"""Tiny models, made in the test that uses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from rmqm_onnx import OnnxEncoder, OpenOptions, open_encoder
from rmqm_spec.errors import RmqmError

TYPES = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "float64": TensorProto.DOUBLE,
    "bfloat16": TensorProto.BFLOAT16,
    "uint8": TensorProto.UINT8,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "int8": TensorProto.INT8,
    "bool": TensorProto.BOOL,
    "string": TensorProto.STRING,
}


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    """One node; its inputs and outputs are names with spaces between them, - for a missing one."""
    names = [[name.replace("-", "") for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(op, *names, **attributes)


def value(name: str, shape: Sequence[int | str | None] | None, of: str = "float32") -> Any:
    return helper.make_tensor_value_info(name, TYPES[of], shape)


def constant(name: str, values: Any, of: str = "float32") -> Any:
    return numpy_helper.from_array(np.asarray(values).astype(of), name)


def random(name: str, *shape: int, of: str = "float32") -> Any:
    return constant(name, np.random.default_rng(0).normal(size=shape), of)


def model(
    nodes: Sequence[Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    initializers: Sequence[Any] = (),
    *,
    opset: int = 17,
    ir: int = 8,
    domains: Sequence[str] = (),
    functions: Sequence[Any] = (),
    metadata: dict[str, str] | None = None,
) -> ModelProto:
    graph = helper.make_graph(list(nodes), "tiny", list(inputs), list(outputs), list(initializers))
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(one, 1) for one in domains)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=ir, functions=list(functions))
    helper.set_model_props(made, metadata or {})
    return made


def dense(
    shape: Sequence[int | str | None] = ("N", 3, 4, 4),
    n_values: int = 48,
    *,
    of: str = "float32",
    metadata: dict[str, str] | None = None,
) -> ModelProto:
    """An encoder that flattens its input and multiplies it with a matrix: x -> y (N, 5)."""
    nodes = [node("Flatten", "x", "f"), node("MatMul", "f w", "y")]
    batch = shape[0] if shape else None
    outputs = [value("y", [batch, 5], of)]
    inputs, weights = [value("x", shape, of)], [random("w", n_values, 5, of=of)]
    return model(nodes, inputs, outputs, weights, metadata=metadata)


@pytest.fixture
def make() -> SimpleNamespace:
    """The pieces that models are made of."""
    return SimpleNamespace(
        node=node, value=value, constant=constant, random=random, model=model, dense=dense
    )


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Write a model, or bytes, to a file of a folder of its own."""

    def save(made: ModelProto | bytes, name: str = "model.onnx") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
        return path

    return save


@pytest.fixture
def opened(saved: Callable[..., Path]) -> Callable[..., OnnxEncoder]:
    """Open a model or a path with the given options."""

    def open_it(made: ModelProto | Path, **options: Any) -> OnnxEncoder:
        path = made if isinstance(made, Path) else saved(made)
        return open_encoder(path, OpenOptions(**{"threads": 1, **options}))

    return open_it


@pytest.fixture
def refused(opened: Callable[..., OnnxEncoder]) -> Callable[..., RmqmError]:
    """Return the error that opening a model raises."""

    def refuse(made: ModelProto | Path, **options: Any) -> RmqmError:
        with pytest.raises(RmqmError) as caught:
            opened(made, **options)
        return caught.value

    return refuse


@pytest.fixture
def codes() -> Callable[..., list[str]]:
    """Return the codes of what is not fine."""

    def of(encoder: OnnxEncoder) -> list[str]:
        return [one.code for one in encoder.findings if one.level != "ok"]

    return of


@pytest.fixture
def images() -> Callable[..., Any]:
    """Seeded inputs in [0, 1] for an encoder."""

    def draw(encoder: OnnxEncoder, n: int = 5) -> Any:
        shape = (n, *encoder.spec.shape)
        return np.random.default_rng(1).random(shape, dtype=np.float32)

    return draw
