"""One difference quotient on real inputs: does the gradient say how the encodings move?"""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.encoders import DifferentiableEncoder
from rmqm_spec.findings import Finding

__all__ = ["gradient_finding", "self_check"]

WARN_ABOVE = 0.05
_STEPS = (1e-1, 3e-2, 1e-2, 3e-3)


def self_check(encoder: DifferentiableEncoder, inputs: FloatArray, *, seed: int = 0) -> float:
    """
    Compare a gradient with a difference quotient along its own direction.

    Kinks spoil a long step and rounding a short one; so several are tried, and the best counts.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        Any encoder with ``vjp``.
    inputs : (N, *S) ndarray of float
        Real inputs; one is enough.
    seed : int
        Of the weights of the encodings.

    Returns
    -------
    float
        Relative error, that of the best step; above 0.05 the gradient cannot be trusted.

    Examples
    --------
    >>> class Square:
    ...     def encode(self, inputs):
    ...         return inputs**2
    ...     def vjp(self, inputs):
    ...         return inputs**2, lambda cotangent: 2 * inputs * cotangent
    >>> self_check(Square(), np.array([[1.0, 2.0]])) < 1e-6
    True
    """
    encodings, pullback = encoder.vjp(inputs)
    weights = np.random.default_rng(seed).normal(size=encodings.shape).astype(encodings.dtype)
    gradient = np.asarray(pullback(weights), dtype=np.float64)
    length = float(np.linalg.norm(gradient))
    if not np.isfinite(length):
        return float("inf")
    if length == 0:
        return 0.0

    def value(moved: Float64Array) -> float:
        found = encoder.vjp(moved.astype(inputs.dtype))[0]
        return float((found.astype(np.float64) * weights).sum())

    direction = gradient / length
    errors = []
    for step in _STEPS:
        there, back = inputs + step * direction, inputs - step * direction
        slope = (value(there) - value(back)) / (2 * step)
        errors.append(abs(slope - length) / length)
    return min(errors)


def gradient_finding(error: float) -> Finding:
    """Say what an error of `self_check` means."""
    message = f"gradient and difference quotient differ by {100 * error:.2g} %"
    if error <= WARN_ABOVE:
        return Finding(code="GRA007", level="ok", message=message)
    return Finding(
        code="GRA007",
        level="warn",
        message=message,
        fix="Try other inputs; if it stays, report the model's operators.",
    )
