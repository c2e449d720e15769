"""What is expected of `distances`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Rule, within
from rmqm_conformance.golden.oracle_distances import of_paths

__all__ = ["CIRCLE", "RESOLUTION", "measured", "trajectories"]

CIRCLE = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [-0.6, 0.8]]
"""Points on the unit circle of Annex A."""

RESOLUTION = {
    "float64": 1e-12,
    "float32": 1e-6,
    "float16": 1e-3,
    "bfloat16": 1e-3,
    "integer": 1e-12,
}


def trajectories(values: Any, arithmetic: str = "float64", dtype: str = "<f8") -> dict[str, Any]:
    """Return the arguments of `distances`."""
    return {"trajectories": np.array(values, dtype=dtype), "arithmetic": arithmetic}


def measured(args: dict[str, Any]) -> dict[str, Rule]:
    """Expect displacements and step lengths to within the roundings of float64."""
    z = args["trajectories"].astype(np.float64)
    d, s = of_paths(z)
    least = RESOLUTION[args["arithmetic"]]
    why = "roundings of unit vectors, their difference and its norm in float64"
    rules = {"displacements": d, "step_lengths": s}
    return {
        key: within(value, _rounding(z.shape[-1]), why, zero_below=least)
        for key, value in rules.items()
    }


def _rounding(n_values: int) -> float:
    """
    Return the largest error of a distance of unit vectors of E values in float64.

    With u = 2**-53 a norm is within (E / 2 + 2) u, a value of a unit vector therefore within
    (E / 2 + 4) u, the difference of two such vectors within twice that, and its own norm, of a
    distance of at most 2, within another (E + 4) u.
    """
    return (2 * n_values + 12) * 2.0**-53
