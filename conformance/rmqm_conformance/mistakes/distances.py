"""Known mistakes of distances and their resolution: chapters 7 and 8 of the specification."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.known import (
    Answer,
    Table,
    changed,
    coarse,
    parts,
    same_numbers,
    within,
)
from rmqm_conformance.mistakes.separating import Separating
from rmqm_conformance.oracle import RESOLUTION

__all__ = ["TABLES"]

Array = npt.NDArray[Any]


_right = Separating()


def _squared(a: Array, b: Array) -> Array:
    return np.asarray(((b - a) ** 2).sum(-1))


def _by_type(d: Any, arithmetic: str, trajectories: Array) -> float:
    name = trajectories.dtype.name if trajectories.dtype.kind == "f" else "integer"
    return RESOLUTION[name]


def _spacing(d: Any, arithmetic: str, trajectories: Array) -> float:
    spacings = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
    return spacings.get(arithmetic, 2.0**-52)


def _single(values: Array) -> Array:
    return values.astype(np.float32).astype(np.float64)


MISTAKES: dict[str, dict[str, Any]] = {
    "does not normalise representations": parts(unit=lambda d, z: z),
    "divides a whole trajectory by the norm of its start": parts(
        unit=lambda d, z: z / np.linalg.norm(z[:, :1], axis=-1, keepdims=True)
    ),
    "subtracts the mean representation before it normalises": parts(
        unit=lambda d, z: _right.unit(z - z.mean((0, 1)))
    ),
    "normalises by the largest value instead of the norm": parts(
        unit=lambda d, z: z / np.abs(z).max(-1, keepdims=True)
    ),
    "normalises by the sum of absolute values instead of the norm": parts(
        unit=lambda d, z: z / np.abs(z).sum(-1, keepdims=True)
    ),
    "takes the norm as the root of a plain sum of squares, which overflows or underflows": parts(
        unit=lambda d, z: z / np.sqrt((z**2).sum(-1, keepdims=True))
    ),
    "divides by a norm of at least 1e-12": parts(
        unit=lambda d, z: z / np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-12)
    ),
    "divides by a largest value of at least 1e-12": parts(
        unit=lambda d, z: (
            _right.unit(z) * np.minimum(np.abs(z).max(-1, keepdims=True), 1e-12) / 1e-12
        )
    ),
    "adds 1e-12 to the norm": parts(
        unit=lambda d, z: z / (np.linalg.norm(z, axis=-1, keepdims=True) + 1e-12)
    ),
    "squares distances: forgets the root": parts(distance=lambda d, a, b: _squared(a, b)),
    "takes the cosine distance (1 - cos) instead of the Euclidean distance": parts(
        distance=lambda d, a, b: _squared(a, b) / 2
    ),
    "takes angles instead of Euclidean distances": parts(
        distance=lambda d, a, b: 2 * np.arcsin(np.minimum(np.sqrt(_squared(a, b)) / 2, 1.0))
    ),
    "adds up absolute differences (Manhattan distance)": parts(
        distance=lambda d, a, b: np.abs(b - a).sum(-1)
    ),
    "takes the largest difference (Chebyshev distance)": parts(
        distance=lambda d, a, b: np.abs(b - a).max(-1)
    ),
    "divides distances by the root of the dimension": parts(
        distance=lambda d, a, b: np.sqrt(((b - a) ** 2).mean(-1))
    ),
    "takes level 1 for the origin of displacements": parts(
        displacements=lambda d, phi: d.distance(phi[:, 1:2], phi[:, 1:])
    ),
    "measures displacements to the last level": parts(
        displacements=lambda d, phi: d.distance(phi[:, -1:], phi[:, :-1])
    ),
    "measures steps from level 0 instead of the level before": parts(
        steps=lambda d, phi: d.displacements(phi)
    ),
    "measures displacements from the level before instead of level 0": parts(
        displacements=lambda d, phi: d.steps(phi)
    ),
    "sets the first step to zero": parts(
        steps=lambda d, phi: _right.steps(phi) * (np.arange(phi.shape[1] - 1) > 0)
    ),
    "takes the difference of two displacements for a step": parts(
        steps=lambda d, phi: np.abs(np.diff(d.displacements(phi), axis=1, prepend=0.0))
    ),
    "takes the resolution of the type in which representations are stored": parts(
        resolution=_by_type
    ),
    "takes the resolution of float64 for every arithmetic": parts(
        resolution=lambda d, arithmetic, trajectories: RESOLUTION["float64"]
    ),
    "takes the machine epsilon for the resolution": parts(resolution=_spacing),
    "takes the resolution of float32 for bfloat16": parts(
        resolution=lambda d, arithmetic, trajectories: RESOLUTION[
            arithmetic.replace("bfloat16", "float32")
        ]
    ),
    "takes a resolution of at least 1e-6": parts(
        resolution=lambda d, arithmetic, trajectories: max(RESOLUTION[arithmetic], 1e-6)
    ),
    "normalises in float32": parts(unit=lambda d, z: _single(_right.unit(z))),
    "reads representations as float32": parts(read=lambda d, z: _single(z)),
    "replaces NaN and infinities by finite numbers instead of refusing them": parts(
        read=lambda d, z: np.nan_to_num(z.astype(np.float64))
    ),
    "takes a vector of ones where a representation has no direction": parts(
        read=lambda d, z: _with_ones(z.astype(np.float64))
    ),
    "leaves a representation of norm zero as it is": parts(
        usable=lambda d, z: bool(np.isfinite(z).all()),
        unit=lambda d, z: np.where((z != 0).any(-1, keepdims=True), _right.unit(z), 0.0),
    ),
}


def _with_ones(z: Array) -> Array:
    useless = ~np.isfinite(z).all(-1, keepdims=True) | (z == 0).all(-1, keepdims=True)
    return np.where(useless, 1.0, z)


def _by_products(d: Any, a: Array, b: Array) -> Array:
    return np.asarray(np.sqrt(np.maximum(2 - 2 * (a * b).sum(-1), 0.0)))


COARSE: dict[str, dict[str, Any]] = {
    "takes distances as the root of 2 - 2 cos, which loses half of the digits": parts(
        distance=_by_products
    ),
    "adds the squares of long vectors in float32": parts(
        distance=lambda d, a, b: np.sqrt(
            ((b - a).astype(np.float32) ** 2).sum(-1, dtype=np.float32)
        ).astype(float)
    ),
}
"""Their answers depend on the order of sums: they are recognised by their rounding alone."""


def _same(answer: Answer, expected: Answer) -> bool:
    """Compare distances; below the resolution they may be zero already."""
    resolution = expected["resolution"]
    resolved = [
        {
            key: np.where(found[key] < resolution, 0.0, found[key])
            for key in ("displacements", "step_lengths")
        }
        | {"resolution": found["resolution"]}
        for found in (answer, expected)
    ]
    return same_numbers(*resolved)


TABLES = (
    Table(
        operation="distances",
        right=_right.distances,
        same=_same,
        seen=coarse,
        mistakes={
            words: changed(Separating, "distances", **made)
            for words, made in (MISTAKES | COARSE).items()
        },
        fits=within(200_000),
    ),
)
