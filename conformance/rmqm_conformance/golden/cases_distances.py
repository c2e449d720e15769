"""Cases of the family RMQM-DIST: the values of distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, case
from rmqm_conformance.golden.encoded import CIRCLE, measured, trajectories

__all__ = ["cases"]


def cases() -> list[Case]:
    """Return the cases."""
    circle = trajectories([CIRCLE])
    long = trajectories([[[3.0, 0.0], [1e-3, 0.0], [0.0, 2e5], [-7.0, 0.0]]])
    two = trajectories([CIRCLE, [[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]]])
    huge = trajectories([[[3e200, 4e200], [-4e200, 3e200], [5e180, 12e180]]])
    tiny = trajectories([[[3e-200, 4e-200], [-4e-200, 3e-200], [5e-180, 12e-180]]])
    smallest = trajectories([[[3e-310, 4e-310], [-5e-310, 12e-310], [8e-322, 0.0]]])
    near = trajectories([_near()])
    _require_gram_to_fail(near)
    just = trajectories([[[1.0, 0.0], [1.0, 2e-12], [1.0, 4e-12]]])
    return [
        case(
            "RMQM-DIST-001/unit-vectors",
            "Representations are divided by their norms, whatever these are",
            "distances",
            long,
            measured(long),
        ),
        case(
            "RMQM-DIST-002/huge-values",
            "The norm of values near 1e200 does not overflow",
            "distances",
            huge,
            measured(huge),
        ),
        case(
            "RMQM-DIST-002/tiny-values",
            "The norm of values near 1e-200 does not underflow",
            "distances",
            tiny,
            measured(tiny),
        ),
        case(
            "RMQM-DIST-002/subnormal-values",
            "Values whose reciprocal overflows still have a direction",
            "distances",
            smallest,
            measured(smallest),
        ),
        case(
            "RMQM-DIST-003/annex-a",
            "Displacements of the points on the unit circle",
            "distances",
            circle,
            {"displacements": measured(circle)["displacements"]},
        ),
        case(
            "RMQM-DIST-004/annex-a",
            "Step lengths of the points on the unit circle, the first equal to the displacement",
            "distances",
            circle,
            {"step_lengths": measured(circle)["step_lengths"]},
        ),
        case(
            "RMQM-DIST-004/two-inputs",
            "The first step of an input starts at its own level 0",
            "distances",
            two,
            measured(two),
            also="RMQM-DIST-003",
        ),
        case(
            "RMQM-DIST-004/one-level",
            "With J = 1 the only step is the only displacement",
            "distances",
            one_level := trajectories([CIRCLE[:2]]),
            measured(one_level),
            also="RMQM-DIST-003",
        ),
        case(
            "RMQM-DIST-005/small-distances",
            "Distances near 1e-7 keep the digits that inner products lose",
            "distances",
            near,
            measured(near),
        ),
        case(
            "RMQM-RES-002/just-above",
            "Distances just above the resolution of float64 are not zero",
            "distances",
            just,
            measured(just),
        ),
    ]


def _near() -> list[list[float]]:
    """Return a path of five values whose steps are a few times 1e-7 long."""
    start = np.array([0.3, -0.7, 0.2, 0.5, -0.4])
    step = 1e-7 * np.array([2.0, 1.0, -1.0, 0.5, 3.0])
    return [(start + j * step).tolist() for j in range(5)]


def _require_gram_to_fail(args: dict[str, Any]) -> None:
    """Make sure that inner products miss every value of a case."""
    z = args["trajectories"]
    phi = z / np.linalg.norm(z, axis=-1, keepdims=True)
    by_gram = np.sqrt(np.maximum(0.0, 2 - 2 * (phi[:, :1] * phi[:, 1:]).sum(-1)))
    rule = measured(args)["displacements"]
    if (np.abs(by_gram - rule["values"]) <= rule["atol"]).any():
        raise ValueError("inner products must miss every distance of the case")
