"""What is known of a graph's tensors, and the nodes that are added to it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from rmqm_onnx.gradients.shapes import Shape, as_dims, count, fixed, is_fixed
from rmqm_onnx.gradients.tensor import FLOATS, Tensor
from rmqm_spec.arrays import AnyArray

__all__ = ["Tape"]

MAX_SMALL = 4096
"""Tensors of more values than this are data, not bounds or exponents."""


class Tape:
    """
    The tensors of a graph and the nodes that are written behind its own.

    Equal nodes are written once, and so are equal constants. Names that are added begin with a
    prefix that no name of the graph begins with.

    Parameters
    ----------
    opset : int
        Version of ``ai.onnx``.
    prefix : str
        How added names begin.

    Attributes
    ----------
    makers : dict of str to NodeProto
        The node that makes a tensor.
    orders, infinite : dict
        What `vanishing` and `finiteness` found out about tensors.
    supports : dict of str to Tensor
        Where a cotangent may be other than zero, if `support` knows that.
    """

    def __init__(self, opset: int, prefix: str = "d_") -> None:
        self.opset = opset
        self.prefix = prefix
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self.tensors: dict[str, Tensor] = {}
        self.makers: dict[str, NodeProto] = {}
        self.orders: dict[str, float] = {}
        self.infinite: dict[str, bool] = {}
        self.supports: dict[str, Tensor] = {}
        self._values: dict[str, AnyArray | TensorProto] = {}
        self._written: dict[Any, list[Tensor]] = {}
        self._count = 0
        self._constants: dict[Any, Tensor] = {}

    def know(self, name: str, shape: Shape, type: int) -> Tensor:  # noqa: A002
        """Enter a tensor with its shape and ONNX element type."""
        self.tensors[name] = Tensor(name, shape, type, self)
        return self.tensors[name]

    def know_value(self, name: str, value: AnyArray | TensorProto) -> None:
        """Enter what a tensor holds, whatever the inputs are."""
        if isinstance(value, TensorProto):
            self.know(name, tuple(value.dims), value.data_type)
        self._values[name] = value

    def value(self, name: str) -> AnyArray | None:
        """Return what a tensor holds, or None if that depends on the inputs."""
        stored = self._values.get(name)
        return numpy_helper.to_array(stored) if isinstance(stored, TensorProto) else stored

    def small_value(self, name: str) -> AnyArray | None:
        """Return what a tensor of few values holds, None for weights and what depends on inputs."""
        stored = self._values.get(name)
        if stored is None:
            return None
        shape = stored.dims if isinstance(stored, TensorProto) else stored.shape
        return self.value(name) if prod(shape) <= MAX_SMALL else None

    def constant(self, values: Any, type: int | None = None) -> Tensor:  # noqa: A002
        """Write a constant."""
        array = np.asarray(values, None if type is None else helper.tensor_dtype_to_np_dtype(type))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"{self.prefix}constant_{len(self._constants)}"
            stored = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
            self.initializers.append(stored)
            self.know_value(name, stored)
            self._constants[key] = self.tensors[name]
        return self._constants[key]

    def numbers(self, values: Sequence[int]) -> Tensor:
        """Write a row of whole numbers: axes, shapes, pads."""
        return self.constant(np.array(values, dtype=np.int64))

    def emit(
        self,
        operator: str,
        *inputs: Tensor | None,
        outputs: Sequence[tuple[Shape, int]],
        **attributes: Any,
    ) -> list[Tensor]:
        """
        Write a node.

        Parameters
        ----------
        operator : str
            An operator of ``ai.onnx``.
        *inputs : Tensor or None
            Its inputs, None for an input that is left out.
        outputs : sequence of (Shape, int)
            Shape and element type of each output.
        **attributes
            Its attributes; those of value None are left out.
        """
        given = {name: value for name, value in attributes.items() if value is not None}
        names = [tensor.name if tensor else "" for tensor in inputs]
        node = helper.make_node(operator, names, [], **given)
        key = (node.SerializeToString(deterministic=True), len(outputs))
        if key not in self._written:
            stem = f"{self.prefix}{operator.lower()}_{self._count}"
            self._count += 1
            made = [stem] if len(outputs) == 1 else [f"{stem}_{k}" for k in range(len(outputs))]
            node.name = stem
            node.output.extend(made)
            self.nodes.append(node)
            self.makers |= dict.fromkeys(made, node)
            self._written[key] = [
                self.know(name, shape, of) for name, (shape, of) in zip(made, outputs, strict=True)
            ]
        return self._written[key]

    def rewind(self, n_nodes: int) -> None:
        """Take back all nodes but the first `n_nodes`."""
        del self.nodes[n_nodes:]
        self._written.clear()

    def shape_of(self, like: Tensor) -> Tensor:
        """Return the shape of a tensor, as a constant where it does not depend on the batch."""
        if is_fixed(like.shape):
            return self.numbers(fixed(like.shape))
        outputs = [((len(like.shape),), int(TensorProto.INT64))]
        return self.emit("Shape", like, outputs=outputs)[0]

    def zeros(self, like: Tensor, type: int | None = None) -> Tensor:  # noqa: A002
        """Return zeros of the shape and, unless given, the type of `like`."""
        kind = type or like.type
        value = helper.make_tensor("value", kind, [1], [0])
        return self.emit(
            "ConstantOfShape", self.shape_of(like), outputs=[(like.shape, kind)], value=value
        )[0]

    def flat_zeros(self, like: Tensor, type: int | None = None) -> Tensor:  # noqa: A002
        """Return as many zeros in a row as `like` has values."""
        kind = type or like.type
        n_values = count(like.shape)
        shape = self.shape_of(like)
        if isinstance(n_values, int):
            shape = self.numbers([n_values])
        else:
            shape = self.emit(
                "ReduceProd", shape, outputs=[((1,), int(TensorProto.INT64))], keepdims=1
            )[0]
        value = helper.make_tensor("value", kind, [1], [0])
        return self.emit("ConstantOfShape", shape, outputs=[((n_values,), kind)], value=value)[0]

    def declare(self, tensor: Tensor, name: str | None = None) -> Any:
        """Return the declaration of a tensor as an input or output of a graph."""
        return helper.make_tensor_value_info(
            name or tensor.name, tensor.type, as_dims(tensor.shape)
        )

    def is_float(self, name: str) -> bool:
        """Return whether a tensor is known and of floating type."""
        return name in self.tensors and self.tensors[name].type in FLOATS
