"""Differences on real inputs: does the gradient predict how the encodings move?"""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder, route_of
from rmqm_spec.findings import Finding

__all__ = [
    "gradient_error",
    "gradient_finding",
    "gradient_findings",
    "self_check",
    "staircase_check",
    "staircase_finding",
]

WARN_ABOVE = 0.05
_GREY_LEVELS = 255
_STEPS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3)
_OFF_TIES = 1e-2
"""Share of the range of the inputs."""


def gradient_error(encoder: DifferentiableEncoder, inputs: FloatArray) -> float | None:
    """
    Compare a gradient with differences: `self_check`, or `staircase_check` for rounding models.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        Its `gradient_route` says whether rounding counts as the identity.
    inputs : (N, *S) ndarray of float
        Real inputs.

    Returns
    -------
    float or None
        Relative error; None without inputs.
    """
    if not len(inputs):
        return None
    check = staircase_check if _rounds(route_of(encoder)) else self_check
    return check(encoder, inputs)


def gradient_findings(route: str, error: float | None) -> tuple[Finding, ...]:
    """
    Say what an error of `gradient_error` means for a gradient made by this route.

    Examples
    --------
    >>> [finding.code for finding in gradient_findings("onnx (reverse mode as a graph)", 0.3)]
    ['GRA007']
    >>> gradient_findings("onnx (reverse mode as a graph)", 0.001)
    ()
    """
    if error is None:
        return ()
    if _rounds(route):
        return (staircase_finding(error),)
    finding = gradient_finding(error)
    return () if finding.level == "ok" else (finding,)


def _rounds(route: str) -> bool:
    """Return whether rounding counts as the identity: no difference quotient can judge that."""
    return "straight through" in route


def self_check(encoder: DifferentiableEncoder, inputs: FloatArray, *, seed: int = 0) -> float:
    """
    Compare a gradient with a difference quotient along its own direction.

    Kinks spoil a long step and rounding a short one; so several are tried, and the best counts.
    Equal pixels, such as a black ground, are kinks of every pool and ReLU above them at any step;
    so the inputs are first moved a little, at random.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        Any encoder with ``vjp``.
    inputs : (N, *S) ndarray of float
        Real inputs; one is enough.
    seed : int
        Seed of the weights of the encodings.

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
    rng = np.random.default_rng(seed)
    noise = _OFF_TIES * float(np.ptp(inputs)) * rng.normal(size=inputs.shape)
    inputs = (inputs + noise).astype(inputs.dtype)
    encodings, pullback = encoder.vjp(inputs)
    weights = rng.normal(size=encodings.shape).astype(encodings.dtype)
    gradient = np.asarray(pullback(weights), dtype=np.float64)
    length = float(np.linalg.norm(gradient))
    if not np.isfinite(length):
        return float("inf")
    if length == 0:
        return 0.0

    def value(moved: Float64Array) -> float:
        encodings = encoder.vjp(moved.astype(inputs.dtype))[0]
        return float((encodings.astype(np.float64) * weights).sum())

    direction = gradient / length
    errors = []
    for step in _STEPS:
        there, back = inputs + step * direction, inputs - step * direction
        slope = (value(there) - value(back)) / (2 * step)
        errors.append(abs(slope - length) / length)
    return min(errors)


def staircase_check(encoder: DifferentiableEncoder, inputs: FloatArray, *, seed: int = 0) -> float:
    """
    Compare a straight-through gradient with the effect of a step of one grey level.

    The encodings of a quantised model are a staircase, whose derivative is zero almost
    everywhere; a short difference measures the stairs. So a step is taken as PGD takes it: every
    value moves along the sign of the gradient, by 1/255 of the inputs' range.

    Returns
    -------
    float
        Relative difference of the encodings' move from what the gradient predicts; above 1 they
        moved the other way.

    Examples
    --------
    >>> class Stairs:
    ...     def encode(self, inputs):
    ...         return np.round(inputs * 512) / 512
    ...     def vjp(self, inputs):
    ...         return self.encode(inputs), lambda cotangent: cotangent
    >>> staircase_check(Stairs(), np.linspace(0, 1, 500)[None]) < 0.02
    True
    """
    encodings, pullback = encoder.vjp(inputs)
    weights = np.random.default_rng(seed).normal(size=encodings.shape).astype(encodings.dtype)
    gradient = np.asarray(pullback(weights), dtype=np.float64)
    slope = float(np.abs(gradient).sum())
    if not np.isfinite(slope):
        return float("inf")
    step = float(np.ptp(inputs)) / _GREY_LEVELS
    if slope == 0 or step == 0:
        return 0.0
    there, back = (
        encoder.vjp((inputs + way * step * np.sign(gradient)).astype(inputs.dtype))[0]
        for way in (1, -1)
    )
    moved = ((there.astype(np.float64) - back.astype(np.float64)) * weights).sum()
    return abs(float(moved) / (2 * step) - slope) / slope


def staircase_finding(error: float) -> Finding:
    """Say what an error of `staircase_check` means."""
    how = f"by {100 * error:.0f} % more or less than it predicts"
    if error >= 1:
        how = "against what it predicts"
    return Finding(
        code="GRA023",
        level="warn",
        message="the model rounds, so that its gradient is that of the network before "
        f"rounding; over a step of one grey level the encodings move {how}",
        fix="Score the model before it was quantised, if it is at hand.",
    )


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
