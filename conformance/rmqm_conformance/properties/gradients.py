"""Laws of the vector-Jacobian product of encoders: RMQM-ENC-008."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import own_inputs
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd encoder"
SIZES = st.integers(1, 3)
DRAWN = st.integers(0, 2**32)
ROUNDINGS = 100
"""How many resolutions, relative to its size, two ways to compute a gradient may be apart."""


class _Trial:
    """Inputs of the implementation's own encoder, their encodings, and random cotangents."""

    def __init__(self, subject: Subject, n: int, seed: int) -> None:
        self.subject = subject
        self.rng = np.random.default_rng(seed)
        self.inputs = own_inputs(subject, n, seed, margin=0.25)
        self.encodings = self.encode(self.inputs)
        own = subject.description.encoder
        self.resolution = oracle.RESOLUTION[own.arithmetic] if own else 0.0
        self.width = own.high - own.low if own else 0.0

    def encode(self, inputs: Array) -> Array:
        encodings: Array = self.subject.perform("encode", inputs=inputs)["encodings"]
        require_equal("number of encodings", len(encodings), len(inputs))
        return encodings

    def cotangent(self) -> Array:
        return self.rng.normal(size=self.encodings.shape).astype(self.encodings.dtype)

    def vjp(self, inputs: Array, cotangent: Array) -> Array:
        gradient: Array = self.subject.perform("vjp", inputs=inputs, cotangent=cotangent)[
            "gradient"
        ]
        require_equal("gradient.shape", gradient.shape, inputs.shape)
        return gradient.astype(np.float64)

    def require_near(self, what: str, got: Array, should: Array, size: float) -> None:
        far, allowed = float(np.abs(got - should).max()), ROUNDINGS * self.resolution * size
        require(far <= allowed, f"{what} is off by {far:.1e}; allowed are {allowed:.1e}")


@law("RMQM-ENC-008/like-inputs", needs=NEEDS, n=SIZES, seed=DRAWN)
def like_inputs(subject: Subject, n: int, seed: int) -> None:
    """The product has the shape of the inputs and is finite; a cotangent of zeros gives zeros."""
    trial = _Trial(subject, n, seed)
    gradient = trial.vjp(trial.inputs, trial.cotangent())
    require(np.isfinite(gradient).all(), "the gradient must be finite")
    nothing = trial.vjp(trial.inputs, np.zeros_like(trial.encodings))
    require((nothing == 0).all(), "the product with a cotangent of zeros must be zero")


@law("RMQM-ENC-008/linear", needs=NEEDS, n=SIZES, seed=DRAWN, power=st.integers(-3, 3))
def linear(subject: Subject, n: int, seed: int, power: int) -> None:
    """The product is linear in the cotangent."""
    trial = _Trial(subject, n, seed)
    first, second, factor = trial.cotangent(), trial.cotangent(), 2.0**power
    parts = [trial.vjp(trial.inputs, first), factor * trial.vjp(trial.inputs, second)]
    both = (first + factor * second).astype(first.dtype)
    size = sum(float(np.linalg.norm(part)) for part in parts)
    trial.require_near(
        "the product with a sum of cotangents",
        trial.vjp(trial.inputs, both),
        parts[0] + parts[1],
        size,
    )


@law("RMQM-ENC-008/row-by-row", needs=NEEDS, n=st.integers(2, 3), seed=DRAWN)
def row_by_row(subject: Subject, n: int, seed: int) -> None:
    """The product of a row depends on no other row, and the rows come in order."""
    trial = _Trial(subject, n, seed)
    cotangent = trial.cotangent()
    together = trial.vjp(trial.inputs, cotangent)
    for k in range(n):
        alone = trial.vjp(trial.inputs[k : k + 1], cotangent[k : k + 1])
        size = float(np.linalg.norm(alone))
        trial.require_near(f"row {k} of the product", together[k : k + 1], alone, size)


@law("RMQM-ENC-008/derivative", needs=NEEDS, n=st.integers(1, 2), seed=DRAWN)
def derivative(subject: Subject, n: int, seed: int) -> None:
    """The product, along any direction, is the central difference of the encodings."""
    # Rounding spoils differences over short steps; curvature and kinks spoil those over long steps:
    # the best of several steps has to agree. A wrong sign, scale or order is off by the whole size.
    trial = _Trial(subject, n, seed)
    cotangent = trial.cotangent()
    gradient = trial.vjp(trial.inputs, cotangent).reshape(n, -1)
    direction = trial.rng.choice([-1.0, 1.0], size=trial.inputs.shape)
    should = (gradient * direction.reshape(n, -1)).sum(axis=1)
    wide = cotangent.astype(np.float64)
    off = np.full(n, np.inf)
    for share in (0.1, 0.03, 0.01, 1e-3, 1e-4):
        ahead, behind = (
            (trial.inputs + way * share * trial.width * direction).astype(trial.inputs.dtype)
            for way in (1, -1)
        )
        moved = trial.encode(ahead).astype(np.float64) - trial.encode(behind)
        slope = (moved * wide).sum(axis=1) / (2 * share * trial.width)
        blur = np.linalg.norm(trial.encodings, axis=1) * np.linalg.norm(wide, axis=1)
        blur = trial.resolution * blur / (share * trial.width)
        off = np.minimum(off, np.maximum(np.abs(slope - should) - blur, 0))
    size = np.linalg.norm(gradient, axis=1)
    worst = int((off - 0.1 * size).argmax())
    require(
        off[worst] <= 0.1 * size[worst],
        f"the derivative of row {worst} is off by {off[worst]:.1e}, its gradient has the norm "
        f"{size[worst]:.1e}",
    )


CHECKS = (like_inputs, linear, row_by_row, derivative)
