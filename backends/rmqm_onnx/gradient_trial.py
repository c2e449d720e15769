"""A written gradient, tried: its encodings against the network's, its slope against differences."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from rmqm_onnx.gradients.checking import gradient_error
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.session import encodings_of
from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.backend import GradientKind
from rmqm_spec.contracts.encoder import Pullback

__all__ = ["trial"]

_STEPS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3)
_ROUNDS = "straight through"


def trial(
    session: Any, kind: GradientKind, encoder: OnnxEncoder, feeds: Mapping[str, AnyArray]
) -> tuple[float, float | None]:
    """
    Compare a written gradient with the network that it belongs to.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The gradient, opened.
    kind : {"vjp", "jvp", "displacement"}
        What it gives.
    encoder : OnnxEncoder
        The network.
    feeds : mapping of str to ndarray
        A value for every input of the network, some rows each.

    Returns
    -------
    deviation : float
        Largest difference of the encodings, over the largest encoding.
    error : float or None
        Relative error of the slope, by difference quotients; None for a derivative in a direction
        of a network that rounds, which differences cannot judge.
    """
    given = encodings_of(encoder.session, encoder.output, dict(feeds), altered=encoder.input)
    wanted = np.asarray(given, dtype=np.float64)
    written = _Written(session, kind, encoder.input, feeds, wanted.shape)
    written.gradient_route = encoder.gradient_route
    inputs = written.feeds[encoder.input]
    largest = float(np.abs(wanted).max()) or 1.0
    deviation = float(np.abs(written.encodings(inputs) - wanted).max()) / largest
    if kind != "jvp":
        return deviation, gradient_error(written, inputs)
    rounds = _ROUNDS in encoder.gradient_route
    return deviation, None if rounds else _derivative_error(written, inputs)


class _Written:
    """A written gradient as a differentiable encoder of what the network is handed."""

    gradient_route = ""

    def __init__(
        self,
        session: Any,
        kind: GradientKind,
        name: str,
        feeds: Mapping[str, AnyArray],
        shape: tuple[int, ...],
    ) -> None:
        types = {value.name: value.type for value in session.get_inputs()}
        self.feeds = {key: _as(value, types[key]) for key, value in feeds.items() if key in types}
        self._session = session
        self._input = name
        self._last, self._type = list(types.items())[-1]
        outputs = [value.name for value in session.get_outputs()]
        self._encodings, self._derivative = outputs[0], outputs[-1]
        self._loss = outputs[1] if kind == "displacement" else None
        rows = shape[0], prod(shape[1:])
        self._neutral = {
            "vjp": np.zeros(shape),
            "jvp": np.zeros(self.feeds[name].shape),
            "displacement": _unit(rows),
        }[kind]

    def encodings(self, inputs: AnyArray) -> Float64Array:
        """Return the encodings as the written model has them."""
        return self._run(inputs, self._neutral, self._encodings).astype(np.float64)

    def encode(self, inputs: AnyArray) -> AnyArray:
        """Return what is differentiated: encodings, or the loss of each row as (N, 1)."""
        if self._loss is None:
            return self._run(inputs, self._neutral, self._encodings)
        return self._run(inputs, self._neutral, self._loss)[:, None]

    def vjp(self, inputs: AnyArray) -> tuple[AnyArray, Pullback]:
        """Return these, and the way back."""

        def pullback(cotangent: AnyArray) -> AnyArray:
            if self._loss is None:
                return self._run(inputs, cotangent, self._derivative)
            gradient = self._run(inputs, self._neutral, self._derivative)
            return gradient * cotangent.reshape(-1, *[1] * (gradient.ndim - 1))

        return self.encode(inputs), pullback

    def jvp(self, inputs: AnyArray, tangent: AnyArray) -> Float64Array:
        """Return the derivative in a direction."""
        return self._run(inputs, tangent, self._derivative).astype(np.float64)

    def _run(self, inputs: AnyArray, last: AnyArray, output: str) -> AnyArray:
        fed = {**self.feeds, self._input: inputs, self._last: _as(last, self._type)}
        value: AnyArray = self._session.run([output], fed)[0]
        return value


def _unit(shape: tuple[int, int]) -> Float64Array:
    """Return unit vectors that are not the encodings' own: at its minimum a loss has no slope."""
    drawn = np.random.default_rng(0).normal(size=shape)
    unit: Float64Array = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def _derivative_error(written: _Written, inputs: AnyArray) -> float:
    """Compare a derivative in a direction with difference quotients; the best step counts."""
    drawn = np.random.default_rng(0).normal(size=inputs.shape)
    direction = (drawn / np.linalg.norm(drawn)).astype(inputs.dtype)
    wanted = written.jvp(inputs, direction)
    length = float(np.linalg.norm(wanted))
    if not np.isfinite(length):
        return float("inf")
    errors = []
    for step in _STEPS:
        there = written.encodings(inputs + step * direction)
        back = written.encodings(inputs - step * direction)
        moved = (there - back) / (2 * step)
        errors.append(float(np.linalg.norm(moved - wanted)) / (length or 1.0))
    return min(errors)


def _as(value: AnyArray, declared: str) -> AnyArray:
    """Give a value the type that the gradient takes: bytes and half precision became float32."""
    wanted = {"tensor(float)": np.float32, "tensor(double)": np.float64}.get(declared)
    return np.ascontiguousarray(value, dtype=wanted)
