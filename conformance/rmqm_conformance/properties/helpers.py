"""What the laws of several families share: asking, and demanding within tolerances."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.problems import DescriptionError
from rmqm_conformance.require import require, require_close, require_equal, require_near
from rmqm_conformance.strategies import Array, Batch, Distances, Levels
from rmqm_conformance.subject import Subject

__all__ = [
    "ROUNDING",
    "agreement",
    "altered",
    "characterized",
    "characterized_without_doubt",
    "hash_of",
    "measured",
    "own_inputs",
    "require_agreement",
    "require_distances",
    "units",
]

ROUNDING = 2e-14
"""More than the rounding of a distance between short unit vectors in float64."""


def hash_of(array: Array) -> str:
    """Return the id of an input by its content: RMQM-INP-002."""
    shape = "x".join(map(str, array.shape))
    header = f"rmqm-input/1 {array.dtype.kind}{array.dtype.itemsize} {shape}\n"
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return hashlib.sha256(header.encode() + little.tobytes()).hexdigest()


def agreement(value: float) -> float:
    """Return how far a mean may be from its exact value: RMQM-AGG-004."""
    return 1e-12 * max(1.0, abs(value))


def require_agreement(what: str, got: float, should: float, *, times: float = 1.0) -> None:
    """Demand agreement by RMQM-AGG-004; laws about several such means give `times`."""
    require_near(what, got, should, atol=times * 1e-12, rtol=times * 1e-12)


def measured(
    subject: Subject, trajectories: Array, arithmetic: str = "float64"
) -> tuple[Array, Array]:
    """Ask for the displacements and step lengths of trajectories."""
    result = subject.perform("distances", trajectories=trajectories, arithmetic=arithmetic)
    shape = (len(trajectories), trajectories.shape[1] - 1)
    for key in ("displacements", "step_lengths"):
        require_equal(f"{key}.shape", result[key].shape, shape)
        require(np.isfinite(result[key]).all(), f"{key} must be finite")
    return result["displacements"], result["step_lengths"]


def require_distances(what: str, got: Array, should: Array, resolution: float = 1e-12) -> None:
    """Demand distances up to rounding; those below the resolution may be zero already."""
    require_equal(f"{what}.shape", got.shape, should.shape)
    zeroed = (np.minimum(got, should) == 0) & (np.maximum(got, should) <= resolution + ROUNDING)
    require_close(what, np.where(zeroed, should, got), should, atol=ROUNDING)


def characterized(subject: Subject, drawn: Distances, variant: str) -> dict[str, Any]:
    """Ask for the characteristics of distances."""
    return subject.perform("characterize", variant=variant, **drawn.arguments)


def characterized_without_doubt(
    subject: Subject, drawn: Distances, variant: str
) -> tuple[dict[str, Any], oracle.ExpectedCharacteristics] | None:
    """
    Ask for the characteristics and compute them.

    The result is None if a mean is so near the resolution that rounding could decide the status.
    """
    exact = oracle.characteristics(
        drawn.displacements, drawn.step_lengths, variant, drawn.resolution
    )
    for value in (exact.D, exact.D_RC, exact.P_RC):
        if value and abs(value - drawn.resolution) <= 4 * agreement(value):
            return None
    return characterized(subject, drawn, variant), exact


def altered(
    subject: Subject, batch: Batch, levels: Levels, seed: int, coupling: str = "independent"
) -> Array:
    """Ask for inputs altered by white noise."""
    values: Array = subject.perform(
        "white_noise",
        levels=levels.levels,
        n_levels=levels.n_levels,
        seed=seed,
        coupling=coupling,
        **batch.arguments,
    )["altered"]
    n, *shape = batch.values.shape
    require_equal("altered.shape", values.shape, (n, len(levels.levels), *shape))
    require_equal("kind of altered.dtype", values.dtype.kind, "f")
    return values


def units(vectors: Array) -> Array:
    """Return vectors of float64, divided by their norms."""
    wide = vectors.astype(np.float64)
    scaled = wide / np.abs(wide).max(axis=-1, keepdims=True)
    return np.asarray(scaled / np.sqrt((scaled**2).sum(axis=-1, keepdims=True)))


def own_inputs(subject: Subject, n: int, seed: int, *, margin: float = 0.0) -> Array:
    """
    Draw inputs for the implementation's own encoder.

    `margin` is the share of the width of the bounds by which they stay away from both.
    """
    own = subject.description.encoder
    if own is None:
        raise DescriptionError("encoder must be described; got none")
    shares = np.random.default_rng(seed).uniform(margin, 1 - margin, size=(n, *own.shape))
    values = own.low + (own.high - own.low) * shares
    return np.asarray(np.clip(values, own.low, own.high).astype(own.dtype))
