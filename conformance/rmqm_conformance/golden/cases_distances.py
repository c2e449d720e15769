"""Cases of the families RMQM-DIST and, in part, RMQM-RES: from representations to distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, number, refuse, within
from rmqm_conformance.golden.oracle_distances import of_paths
from rmqm_conformance.golden.precision import mp

__all__ = ["CIRCLE", "cases", "rounding_of_distance"]

CIRCLE = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [-0.6, 0.8]]
"""Points on the unit circle of Annex A."""

_RESOLUTION = {
    "float64": 1e-12,
    "float32": 1e-6,
    "float16": 1e-3,
    "bfloat16": 1e-3,
    "integer": 1e-12,
}


def rounding_of_distance(n_values: int) -> float:
    """
    Return the largest error of a distance of unit vectors of E values in float64.

    With u = 2**-53 a norm is within (E / 2 + 2) u, a value of a unit vector therefore within
    (E / 2 + 4) u, the difference of two such vectors within twice that, and its own norm, of a
    distance of at most 2, within another (E + 4) u.
    """
    return (2 * n_values + 12) * 2.0**-53


def cases() -> list[Case]:
    """Return the cases."""
    return [*_values(), *_types(), *_resolutions(), *_refusals()]


def _asked(trajectories: Any, arithmetic: str = "float64", dtype: str = "<f8") -> dict[str, Any]:
    return {"trajectories": np.array(trajectories, dtype=dtype), "arithmetic": arithmetic}


def _measured(asked: dict[str, Any]) -> dict[str, Rule]:
    """Expect displacements and step lengths to within the roundings of float64."""
    z = asked["trajectories"].astype(np.float64)
    d, s = of_paths(z)
    least = _RESOLUTION[asked["arithmetic"]]
    why = "roundings of unit vectors, their difference and its norm in float64"
    rules = {"displacements": d, "step_lengths": s}
    return {
        key: within(value, rounding_of_distance(z.shape[-1]), why, zero_below=least)
        for key, value in rules.items()
    }


def _values() -> list[Case]:
    circle = _asked([CIRCLE])
    long = _asked([[[3.0, 0.0], [1e-3, 0.0], [0.0, 2e5], [-7.0, 0.0]]])
    two = _asked([CIRCLE, [[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]]])
    huge = _asked([[[3e200, 4e200], [-4e200, 3e200], [5e180, 12e180]]])
    tiny = _asked([[[3e-200, 4e-200], [-4e-200, 3e-200], [5e-180, 12e-180]]])
    smallest = _asked([[[3e-310, 4e-310], [-5e-310, 12e-310], [8e-322, 0.0]]])
    near = _asked([_near()])
    _require_gram_to_fail(near)
    just = _asked([[[1.0, 0.0], [1.0, 2e-12], [1.0, 4e-12]]])
    return [
        case(
            "RMQM-DIST-001/unit-vectors",
            "Representations are divided by their norms, whatever these are",
            "distances",
            long,
            _measured(long),
        ),
        case(
            "RMQM-DIST-002/huge-values",
            "The norm of values near 1e200 does not overflow",
            "distances",
            huge,
            _measured(huge),
        ),
        case(
            "RMQM-DIST-002/tiny-values",
            "The norm of values near 1e-200 does not underflow",
            "distances",
            tiny,
            _measured(tiny),
        ),
        case(
            "RMQM-DIST-002/subnormal-values",
            "Values whose reciprocal overflows still have a direction",
            "distances",
            smallest,
            _measured(smallest),
        ),
        case(
            "RMQM-DIST-003/annex-a",
            "Displacements of the points on the unit circle",
            "distances",
            circle,
            {"displacements": _measured(circle)["displacements"]},
        ),
        case(
            "RMQM-DIST-004/annex-a",
            "Step lengths of the points on the unit circle, the first equal to the displacement",
            "distances",
            circle,
            {"step_lengths": _measured(circle)["step_lengths"]},
        ),
        case(
            "RMQM-DIST-004/two-inputs",
            "The first step of an input starts at its own level 0",
            "distances",
            two,
            _measured(two),
            also="RMQM-DIST-003",
        ),
        case(
            "RMQM-DIST-004/one-level",
            "With J = 1 the only step is the only displacement",
            "distances",
            one := _asked([CIRCLE[:2]]),
            _measured(one),
            also="RMQM-DIST-003",
        ),
        case(
            "RMQM-DIST-005/small-distances",
            "Distances near 1e-7 keep the digits that inner products lose",
            "distances",
            near,
            _measured(near),
        ),
        case(
            "RMQM-RES-002/just-above",
            "Distances just above the resolution of float64 are not zero",
            "distances",
            just,
            _measured(just),
        ),
    ]


def _near() -> list[list[float]]:
    """Return a path of five values whose steps are a few times 1e-7 long."""
    start = np.array([0.3, -0.7, 0.2, 0.5, -0.4])
    step = 1e-7 * np.array([2.0, 1.0, -1.0, 0.5, 3.0])
    return [(start + j * step).tolist() for j in range(5)]


def _require_gram_to_fail(asked: dict[str, Any]) -> None:
    """Make sure that inner products miss every value of a case."""
    z = asked["trajectories"]
    phi = z / np.linalg.norm(z, axis=-1, keepdims=True)
    by_gram = np.sqrt(np.maximum(0.0, 2 - 2 * (phi[:, :1] * phi[:, 1:]).sum(-1)))
    rule = _measured(asked)["displacements"]
    if (np.abs(by_gram - rule["values"]) <= rule["atol"]).any():
        raise ValueError("inner products must miss every distance of the case")


def _types() -> list[Case]:
    bytes_ = _asked([[[200, 100], [100, 200], [255, 1]]], "integer", "|u1")
    signed = _asked([[[100, -100], [-128, 127], [0, 5]]], "integer", "|i1")
    half = _asked([[[200.5, 300.25], [-300.0, 250.0], [1.5, 0.125]]], "float16", "<f2")
    single = _asked([[[3e25, 4e25], [-4e25, 3e25], [1e25, 1e25]]], "float32", "<f4")
    return [
        case(
            "RMQM-DIST-001/eight-bits",
            "Unsigned 8-bit representations become float64 before anything is computed",
            "distances",
            bytes_,
            _measured(bytes_),
        ),
        case(
            "RMQM-DIST-001/signed-eight-bits",
            "Signed 8-bit representations become float64 before anything is computed",
            "distances",
            signed,
            _measured(signed),
        ),
        case(
            "RMQM-DIST-001/float16",
            "float16 representations become float64 before anything is computed",
            "distances",
            half,
            _measured(half),
        ),
        case(
            "RMQM-DIST-001/float32",
            "float32 representations become float64 before anything is computed",
            "distances",
            single,
            _measured(single),
        ),
    ]


def _resolutions() -> list[Case]:
    storage = {"float64": "<f8", "float32": "<f4", "float16": "<f2", "integer": "|i1"}
    named = [
        case(
            f"RMQM-RES-001/{arithmetic}",
            f"The resolution of {arithmetic} is {_RESOLUTION[arithmetic]:g}",
            "distances",
            _asked([[[1, 0], [0, 1]]], arithmetic, dtype),
            {"resolution": _resolution(arithmetic)},
        )
        for arithmetic, dtype in storage.items()
    ]
    coarser = [
        case(
            f"RMQM-RES-001/{arithmetic}-as-float32",
            f"{arithmetic} values stored as float32 have the resolution of {arithmetic}",
            "distances",
            _asked([[[1, 0], [0, 1]]], arithmetic, "<f4"),
            {"resolution": _resolution(arithmetic)},
        )
        for arithmetic in ("float16", "bfloat16")
    ]
    return [*named, *coarser]


def _resolution(arithmetic: str) -> Rule:
    return number(mp.mpf(str(_RESOLUTION[arithmetic])), 0.0, "RMQM-RES-001", rtol=1e-15)


def _refusals() -> list[Case]:
    bad = {"a-norm-of-zero": 0.0, "nan": np.nan, "infinity": np.inf}
    return [
        case(
            f"RMQM-ENC-005/{name}",
            f"A representation with {name.replace('-', ' ')} is refused",
            "distances",
            _asked([CIRCLE, [[1.0, 0.0], [value, 0.0], [0.0, 1.0], [1.0, 1.0]]]),
            refuse(f"a representation with {name.replace('-', ' ')}"),
        )
        for name, value in bad.items()
    ]
