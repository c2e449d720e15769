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
        # The runtime makes these lists anew at every call, and its import looks for other builds.
        self._outputs = [value.name for value in forward.get_outputs()]
        self._product = linear.get_outputs()[0].name
        taken = {value.name: value.type for value in linear.get_inputs()}
        self._type = numpy_type(taken.get(cut.direction, ""))
        self._takes_direction = cut.direction in taken
        self._devices = ["cpu", *(device for _ in self._outputs[1:])]
        self._on_device = import_runtime().OrtValue.ortvalue_from_numpy

    def __call__(
        self, feeds: Mapping[str, AnyArray]
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """Return the encodings, and the function from directions to products."""
        values = {key: self._on_device(value) for key, value in feeds.items()}
        given = _run(self.forward, values, self._outputs, self._devices)
        values |= dict(zip(self._outputs, given, strict=True))
        encodings: AnyArray = given[0].numpy()
        passed = {key: values[key] for key in (*self._cut.kept, *self._cut.fed)}

        def multiply(directions: AnyArray) -> AnyArray:
            taken = passed
            if self._takes_direction:
                along = np.ascontiguousarray(directions, dtype=self._type)
                taken = {**passed, self._cut.direction: self._on_device(along)}
            product: AnyArray = _run(self._linear, taken, [self._product], ["cpu"])[0].numpy()
            return product

        return encodings, multiply


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


def _run(
    session: Any, inputs: Mapping[str, Any], outputs: list[str], devices: list[str]
) -> list[Any]:
    binding = session.io_binding()
    for key, value in inputs.items():
        binding.bind_ortvalue_input(key, value)
    for name, device in zip(outputs, devices, strict=True):
        binding.bind_output(name, device)
    try:
        session.run_with_iobinding(binding)
    except Exception as error:
        raise failed(error) from error
    values: list[Any] = binding.get_outputs()
    return values
