"""What a graph takes and gives, as declared: initializers left out, odd dimensions made plain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen
from onnx import GraphProto, TensorProto, ValueInfoProto

__all__ = ["TensorInfo", "declared_inputs", "declared_outputs", "tensor_info"]

FLOATS = ("float32", "float16", "float64")


@frozen(kw_only=True)
class TensorInfo:
    """
    A declared input or output.

    Parameters
    ----------
    name : str
        Its name in the graph.
    type : str
        ``"float32"``, ``"string"``, ... or ``"sequence"``, ``"map"`` where it is no tensor.
    dims : tuple of int or None, optional
        Declared shape, None where a dimension is dynamic; None as a whole where undeclared.
    """

    name: str
    type: str
    dims: tuple[int | None, ...] | None

    def __str__(self) -> str:
        if self.dims is None:
            return f"{self.name} ({self.type})"
        shape = ", ".join("?" if length is None else str(length) for length in self.dims)
        return f"{self.name} ({self.type} [{shape}])"

    @property
    def is_float(self) -> bool:
        """Whether it is a tensor of floating type."""
        return self.type in FLOATS

    @property
    def dtype(self) -> npt.DTypeLike:
        """Type as NumPy knows it."""
        return np.dtype(object if self.type == "string" else self.type)


def declared_inputs(graph: GraphProto) -> list[TensorInfo]:
    """Return the inputs that must be fed: old exporters list the initializers as inputs too."""
    initial = {tensor.name for tensor in graph.initializer}
    initial |= {tensor.values.name for tensor in graph.sparse_initializer}
    return [tensor_info(value) for value in graph.input if value.name not in initial]


def declared_outputs(graph: GraphProto) -> list[TensorInfo]:
    """Return the declared outputs."""
    return [tensor_info(value) for value in graph.output]


def tensor_info(value: ValueInfoProto) -> TensorInfo:
    """Read a declaration; dimensions that are names, missing, zero or negative are dynamic."""
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        name = (kind or "undeclared").removesuffix("_type")
        return TensorInfo(name=value.name, type=name, dims=None)
    tensor = value.type.tensor_type
    dims: tuple[int | None, ...] | None = None
    if tensor.HasField("shape"):
        dims = tuple(
            dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None
            for dim in tensor.shape.dim
        )
    return TensorInfo(name=value.name, type=_type_name(tensor.elem_type), dims=dims)


def _type_name(elem_type: int) -> str:
    """Name a type as NumPy does; by ONNX's own names, since NumPy lacks the small floats."""
    try:
        name = str(TensorProto.DataType.Name(elem_type)).lower()
    except ValueError:  # newer than the installed onnx
        return f"type {elem_type}"
    return {"undefined": "undeclared", "float": "float32", "double": "float64"}.get(name, name)
