"""A node in the form of an old opset, and how it is rewritten."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import Factory, define
from onnx import NodeProto, TensorProto, helper, numpy_helper

from rmqm_onnx.gradients.tape import Tape

__all__ = ["FLOAT", "OldForm"]

_INT64, FLOAT = np.dtype(np.int64), np.dtype(np.float32)


@define
class OldForm:
    """
    A node in its old form, which a change rewrites in place.

    Parameters
    ----------
    node : NodeProto
        The node.
    tape : Tape
        What is known of the model, and its opset; of graphs within nodes, nothing is known.
    prefix : str
        How the names that are added begin.
    before, after : list of NodeProto
        What the change puts around the node.
    """

    node: NodeProto
    tape: Tape
    prefix: str
    before: list[NodeProto] = Factory(list)
    after: list[NodeProto] = Factory(list)

    @property
    def opset(self) -> int:
        """The opset of its model."""
        return self.tape.opset

    @property
    def type(self) -> np.dtype[Any]:
        """Element type of the first input; float32 if it is not known."""
        known = self.tape.tensors.get(self.node.input[0])
        return helper.tensor_dtype_to_np_dtype(known.type if known else TensorProto.FLOAT)

    @property
    def rank(self) -> int | None:
        """Rank of the first input, if it is known."""
        known = self.tape.tensors.get(self.node.input[0])
        return None if known is None else len(known.shape)

    def take(self, name: str, default: Any = None) -> Any:
        """Take an attribute away and return what it holds."""
        for k, entry in enumerate(self.node.attribute):
            if entry.name == name:
                value = helper.get_attribute_value(entry)
                del self.node.attribute[k]
                return value
        return default

    def state(self, **attributes: Any) -> None:
        """Set attributes."""
        for name, value in attributes.items():
            self.take(name)
            self.node.attribute.append(helper.make_attribute(name, value))

    def constant(self, values: Any, dtype: np.dtype[Any] = _INT64) -> str:
        """Write a constant before the node."""
        stored = numpy_helper.from_array(np.asarray(values, dtype=dtype))
        return self.add("Constant", [], value=stored)

    def add(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        """Write a node before this node and return the name of its output."""
        name = f"{self.prefix}{len(self.before)}"
        self.before.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def finish(self, operator: str, others: list[str], **attributes: Any) -> None:
        """Let a last node make the output of this node out of its new output."""
        output, self.node.output[0] = self.node.output[0], f"{self.prefix}inner"
        inputs = [self.node.output[0], *others]
        self.after.append(
            helper.make_node(operator, inputs, [output], name=f"{output}_old_form", **attributes)
        )
