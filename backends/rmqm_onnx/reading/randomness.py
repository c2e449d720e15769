"""Operators that draw at random or learn, so that a network is no function of its input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
from attrs import frozen
from onnx import (
    AttributeProto,
    FunctionProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    numpy_helper,
)

from rmqm_onnx.reading.graph import consumers, needed_names, producers

__all__ = ["DRAWING", "UnsteadyOperator", "tensor_without", "unsteady_operators"]

DRAWING = frozenset(
    [
        "Bernoulli",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
    ]
)
_DROPPING = frozenset(["Dropout", "BiasDropout", "BitmaskDropout", "BitmaskBiasDropout"])
"""Operators that draw where their last input, the training mode, is true."""

_TRAINING_MODE = {"BiasDropout": 4, "BitmaskBiasDropout": 4}
"""Position of the input that holds the training mode, where it is not 2."""


@frozen(kw_only=True)
class UnsteadyOperator:
    """
    An operator that may give the same input another output whenever it runs.

    Parameters
    ----------
    operator : str
        Its type.
    node : NodeProto
        The node of the main graph in which it stands.
    """

    operator: str
    node: NodeProto

    @property
    def draws(self) -> bool:
        """Whether it draws at random; a batch normalisation updates its statistics instead."""
        return self.operator != "BatchNormalization"

    def __str__(self) -> str:
        """Name the operator as a reader finds it in a viewer."""
        label = self.node.name or next((name for name in self.node.output if name), "")
        inside = "" if self.operator == self.node.op_type else f" inside {self.node.op_type}"
        return f"{self.operator}{inside} ({label})"


def unsteady_operators(
    model: ModelProto, output: str, folder: Path | None = None
) -> list[UnsteadyOperator]:
    """
    Return the operators above a tensor that draw at random, or learn, whenever they run.

    Those in graphs within nodes and in functions of the model count as well. A dropout counts
    unless its training mode is known to be off, a batch normalisation if it is in training mode.
    A mode that is stored outside the model is read from `folder`.
    """
    needed = needed_names(model.graph, output)
    functions = {(function.domain, function.name): function for function in model.functions}
    stored = _booleans(model.graph, folder)
    return [
        UnsteadyOperator(operator=operator, node=node)
        for node in model.graph.node
        if needed & set(node.output)
        for operator in dict.fromkeys(_unsteady(node, functions, stored, depth=0))
    ]


def tensor_without(graph: GraphProto, unsteady: UnsteadyOperator) -> str | None:
    """
    Return the tensor that the encodings would be without the randomness, where that is clear.

    That of a dropout is what it takes; that of a sampled latent is the mean, to which the sample
    is added.
    """
    node = unsteady.node
    if unsteady.operator != node.op_type or not unsteady.draws:
        return None
    if node.op_type in _DROPPING:
        return node.input[0] if node.op_type == "Dropout" else None
    name = node.output[0]
    for _ in range(4):
        readers = consumers(graph, name)
        if len(readers) != 1:
            return None
        reader = readers[0]
        if reader.op_type == "Add":
            others = [other for other in reader.input if other != name]
            return others[0] if others and others[0] in producers(graph) else None
        if reader.op_type not in ("Mul", "Cast", "Identity"):
            return None
        name = reader.output[0]
    return None


def _unsteady(
    node: NodeProto,
    functions: dict[tuple[str, str], FunctionProto],
    stored: dict[str, bool],
    depth: int,
) -> Iterator[str]:
    if depth > 32:  # functions that call each other without end
        return
    if node.op_type in DRAWING or (node.op_type in _DROPPING and _is_training(node, stored)):
        yield str(node.op_type)
    if node.op_type == "BatchNormalization" and _is_learning(node):
        yield str(node.op_type)
    for graph in _graphs(node):
        inner = {**stored, **_booleans(graph)}
        for within in graph.node:
            yield from _unsteady(within, functions, inner, depth + 1)
    function = functions.get((node.domain, node.op_type))
    if function is not None:
        constants = _constants_among(function.node)
        for within in function.node:
            yield from _unsteady(within, functions, constants, depth + 1)


def _is_training(node: NodeProto, stored: dict[str, bool]) -> bool:
    """Return whether a dropout may be in training mode."""
    for attribute in node.attribute:  # opsets below 7
        if attribute.name == "is_test":
            return bool(attribute.i == 0)
    place = _TRAINING_MODE.get(node.op_type, 2)
    if len(node.input) <= place or not node.input[place]:
        return False
    return stored.get(node.input[place], True)


def _is_learning(node: NodeProto) -> bool:
    """Return whether a batch normalisation gives new statistics: the mark of training mode."""
    modes = [attribute.i for attribute in node.attribute if attribute.name == "training_mode"]
    return any(modes) or any(node.output[1:])


def _booleans(graph: GraphProto, folder: Path | None = None) -> dict[str, bool]:
    """Return the truth values that a graph holds by name, as far as they can be read."""
    single = {
        tensor.name: bool(values.any())
        for tensor in graph.initializer
        if tensor.data_type == TensorProto.BOOL and list(tensor.dims) in ([], [1])
        for values in _values(tensor, folder)
    }
    return single | _constants_among(graph.node)


def _values(tensor: TensorProto, folder: Path | None) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield what a tensor holds; nothing if it lies in a file that does not hold all of it."""
    if tensor.data_location != TensorProto.EXTERNAL:
        yield numpy_helper.to_array(tensor)
    elif folder is not None:
        with suppress(ValueError, OSError):
            yield numpy_helper.to_array(tensor, str(folder))


def _constants_among(nodes: object) -> dict[str, bool]:
    return {
        node.output[0]: bool(np.any(numpy_helper.to_array(attribute.t)))
        for node in nodes  # type: ignore[attr-defined]
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value" and attribute.t.data_type == 9
    }


def _graphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        if attribute.type == AttributeProto.GRAPH:
            yield attribute.g
        yield from attribute.graphs
