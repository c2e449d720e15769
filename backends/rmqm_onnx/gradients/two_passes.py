"""Run the forward and the linear pass: the second takes the tensors of the first as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rmqm_onnx.gradients.passes import Passes
from rmqm_onnx.running.refusals import plain_message
from rmqm_onnx.running.runtime import import_runtime
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["TwoPasses", "failed"]


class TwoPasses:
    """
    Two sessions that together multiply the Jacobian, or its transpose, by directions.

    Parameters
    ----------
    cut : Passes
        The graphs, and the names of the tensors that the first passes to the second.
    forward, linear : onnxruntime.InferenceSession
        Their sessions.
    device : {"cpu", "cuda"}
        Where these tensors stay.
    """

    def __init__(self, cut: Passes, forward: Any, linear: Any, device: str) -> None:
        self.forward = forward
        self._cut = cut
        self._linear = linear
        # The runtime makes these lists anew at every call.
        self._outputs = [value.name for value in forward.get_outputs()]
        self._product = linear.get_outputs()[0].name
        taken = {value.name: value.type for value in linear.get_inputs()}
        self._type = numpy_type(taken.get(cut.direction, ""))
        self._takes_direction = cut.direction in taken
        self._device = device

    def __call__(
        self, feeds: Mapping[str, AnyArray]
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """Return the encodings, and the function from directions to products."""
        encodings, *handed = self._run(self.forward, feeds, self._outputs)
        values = {**feeds, **dict(zip(self._outputs[1:], handed, strict=True))}
        values[self._outputs[0]] = encodings
        passed = {key: values[key] for key in (*self._cut.kept, *self._cut.fed)}

        def multiply(directions: AnyArray) -> AnyArray:
            taken = passed
            if self._takes_direction:
                along = np.ascontiguousarray(directions, dtype=self._type)
                taken = {**passed, self._cut.direction: along}
            product: AnyArray = self._run(self._linear, taken, [self._product])[0]
            return product

        return encodings, multiply

    def _run(self, session: Any, inputs: Mapping[str, Any], outputs: list[str]) -> list[Any]:
        """Return the first output as an array, and the others where the device makes them."""
        try:
            if self._device == "cpu":  # arrays share their memory with the runtime
                found: list[Any] = session.run(outputs, inputs)
                return found
            return _on_device(session, inputs, outputs, self._device)
        except Exception as error:
            raise failed(error) from error


def _on_device(
    session: Any, inputs: Mapping[str, Any], outputs: list[str], device: str
) -> list[Any]:
    values = import_runtime().OrtValue
    binding = session.io_binding()
    for key, value in inputs.items():
        is_array = isinstance(value, np.ndarray)
        binding.bind_ortvalue_input(key, values.ortvalue_from_numpy(value) if is_array else value)
    first, *others = outputs
    binding.bind_output(first, "cpu")
    for name in others:
        binding.bind_output(name, device)
    session.run_with_iobinding(binding)
    encodings, *handed = binding.get_outputs()
    return [encodings.numpy(), *handed]


def numpy_type(of: str) -> type[np.floating[Any]] | None:
    """Return the type of a float tensor as ONNX Runtime names it; None for others."""
    types: dict[str, type[np.floating[Any]]] = {
        "tensor(float)": np.float32,
        "tensor(double)": np.float64,
    }
    return types.get(of)


def failed(error: Exception) -> SubjectError:
    """Return the error to raise if ONNX Runtime refuses the inputs."""
    return SubjectError(
        "GRA003",
        f"the gradient must run on these inputs; ONNX Runtime says {plain_message(error)}",
        fix="Give inputs of the shape that the gradient was made for; only the batch is free.",
    )
