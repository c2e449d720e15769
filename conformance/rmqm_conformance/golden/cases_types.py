"""Cases of the families RMQM-DIST and RMQM-RES: types, arithmetics and what is refused."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, number, refuse
from rmqm_conformance.golden.encoded import CIRCLE, RESOLUTION, measured, trajectories
from rmqm_conformance.golden.precision import mp

__all__ = ["cases"]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_types(), *_resolutions(), *_refusals()]


def _types() -> list[Case]:
    bytes_ = trajectories([[[200, 100], [100, 200], [255, 1]]], "integer", "|u1")
    signed = trajectories([[[100, -100], [-128, 127], [0, 5]]], "integer", "|i1")
    half = trajectories([[[200.5, 300.25], [-300.0, 250.0], [1.5, 0.125]]], "float16", "<f2")
    single = trajectories([[[3e25, 4e25], [-4e25, 3e25], [1e25, 1e25]]], "float32", "<f4")
    return [
        case(
            "RMQM-DIST-001/eight-bits",
            "Unsigned 8-bit representations become float64 before anything is computed",
            "distances",
            bytes_,
            measured(bytes_),
        ),
        case(
            "RMQM-DIST-001/signed-eight-bits",
            "Signed 8-bit representations become float64 before anything is computed",
            "distances",
            signed,
            measured(signed),
        ),
        case(
            "RMQM-DIST-001/float16",
            "float16 representations become float64 before anything is computed",
            "distances",
            half,
            measured(half),
        ),
        case(
            "RMQM-DIST-001/float32",
            "float32 representations become float64 before anything is computed",
            "distances",
            single,
            measured(single),
        ),
    ]


def _resolutions() -> list[Case]:
    storage = {"float64": "<f8", "float32": "<f4", "float16": "<f2", "integer": "|i1"}
    named = [
        case(
            f"RMQM-RES-001/{arithmetic}",
            f"The resolution of {arithmetic} is {RESOLUTION[arithmetic]:g}",
            "distances",
            trajectories([[[1, 0], [0, 1]]], arithmetic, dtype),
            {"resolution": _resolution(arithmetic)},
        )
        for arithmetic, dtype in storage.items()
    ]
    coarser = [
        case(
            f"RMQM-RES-001/{arithmetic}-as-float32",
            f"{arithmetic} values stored as float32 have the resolution of {arithmetic}",
            "distances",
            trajectories([[[1, 0], [0, 1]]], arithmetic, "<f4"),
            {"resolution": _resolution(arithmetic)},
        )
        for arithmetic in ("float16", "bfloat16")
    ]
    return [*named, *coarser]


def _resolution(arithmetic: str) -> Rule:
    return number(mp.mpf(str(RESOLUTION[arithmetic])), 0.0, "RMQM-RES-001", rtol=1e-15)


def _refusals() -> list[Case]:
    bad = {"a-norm-of-zero": 0.0, "nan": np.nan, "infinity": np.inf}
    return [
        case(
            f"RMQM-ENC-005/{name}",
            f"A representation with {name.replace('-', ' ')} is refused",
            "distances",
            trajectories([CIRCLE, [[1.0, 0.0], [value, 0.0], [0.0, 1.0], [1.0, 1.0]]]),
            refuse(f"a representation with {name.replace('-', ' ')}"),
        )
        for name, value in bad.items()
    ]
