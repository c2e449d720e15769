"""One node of the graph as its rule sees it: inputs, outputs, attributes, and the cotangents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onnx import AttributeProto, NodeProto, TensorProto

from rmqm_onnx.gradients.shapes import Length, Shape, fixed
from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray

__all__ = ["NoRuleError", "Step"]


class NoRuleError(Exception):
    """A rule does not cover this node; the text says why."""


class Step:
    """
    A node on the way back.

    Parameters
    ----------
    tape : Tape
        Where the rule writes.
    node : NodeProto
        The node.
    cotangents : sequence of Tensor or None
        One per output, None for an output that nothing depends on.
    active : sequence of bool
        One per input: whether its gradient is wanted.
    """

    def __init__(
        self,
        tape: Tape,
        node: NodeProto,
        cotangents: Sequence[Tensor | None],
        active: Sequence[bool],
    ) -> None:
        self.tape = tape
        self.node = node
        self.cotangents = cotangents
        self.active = active
        self._attributes: dict[str, AttributeProto] = {
            entry.name: entry for entry in node.attribute
        }

    # The notation of the rules

    @property
    def x(self) -> Tensor:
        """The first input."""
        return self.input(0)

    @property
    def y(self) -> Tensor:
        """The first output."""
        return self.tape.tensors[self.node.output[0]]

    @property
    def g(self) -> Tensor:
        """The cotangent of the first output."""
        cotangent = self.cotangents[0]
        return self.tape.zeros(self.y) if cotangent is None else cotangent

    # Inputs and outputs

    @property
    def n_inputs(self) -> int:
        """Number of inputs, those left out included."""
        return len(self.node.input)

    def has(self, k: int) -> bool:
        """Return whether input k is given."""
        return k < len(self.node.input) and bool(self.node.input[k])

    def input(self, k: int) -> Tensor:
        """Return input k."""
        return self.tape.tensors[self.node.input[k]]

    def wants(self, k: int) -> bool:
        """Return whether the gradient of input k is wanted."""
        return k < len(self.active) and self.active[k]

    def fixed_input(self, k: int, what: str) -> None:
        """Refuse a node whose input k depends on the differentiated input."""
        if self.wants(k):
            raise NoRuleError(f"its {what} depends on the input")

    def maker(self, k: int) -> str:
        """Return the operator that makes input k, as far as that is known."""
        node = self.tape.makers.get(self.node.input[k])
        return node.op_type if node else ""

    def value(self, k: int) -> AnyArray | None:
        """Return what input k holds, None if it is left out or not known beforehand."""
        return self.tape.value(self.node.input[k]) if self.has(k) else None

    def known(self, k: int, what: str) -> list[int]:
        """Return the whole numbers of input k, which must be known beforehand."""
        numbers = self.value(k)
        if numbers is None:
            raise NoRuleError(f"its {what} are computed while it runs")
        return [int(number) for number in numbers.reshape(-1)]

    def extra_output(self, k: int, shape: Shape, of: int) -> Tensor:
        """Ask the node itself for an output that nobody used so far."""
        outputs = self.node.output
        while len(outputs) <= k:
            outputs.append("")
        if not outputs[k]:
            outputs[k] = f"{self.tape.prefix}{outputs[0]}_{k}"
        return self.tape.tensors.get(outputs[k]) or self.tape.know(outputs[k], shape, of)

    # Attributes

    def integer(self, name: str, default: int) -> int:
        """Return a whole number."""
        entry = self._attributes.get(name)
        return default if entry is None else entry.i

    def number(self, name: str, default: float) -> float:
        """Return a number."""
        entry = self._attributes.get(name)
        return default if entry is None else entry.f

    def text(self, name: str, default: str) -> str:
        """Return a text."""
        entry = self._attributes.get(name)
        return default if entry is None else entry.s.decode()

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int] | None:
        """Return whole numbers, or the default if there are none."""
        entry = self._attributes.get(name)
        if entry is not None:
            return list(entry.ints)
        return None if default is None else list(default)

    def names(self) -> Mapping[str, AttributeProto]:
        """Return all attributes by name."""
        return self._attributes

    def axis(self, default: int, of: Tensor | None = None) -> int:
        """Return the attribute ``axis``, counted from the front."""
        return self.integer("axis", default) % len((of or self.x).shape)

    def fixed(self, shape: Sequence[Length], what: str) -> list[int]:
        """Return a shape that must not depend on the batch."""
        try:
            return fixed(shape)
        except ValueError:
            raise NoRuleError(f"its {what} depends on the batch") from None


FLOAT, INT64 = int(TensorProto.FLOAT), int(TensorProto.INT64)
