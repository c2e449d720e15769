"""Cases of the family RMQM-PGD: single steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.altered import spread
from rmqm_conformance.golden.case import Case, bits, case, refuse
from rmqm_conformance.golden.oracle_pgd import DEFAULT_ALPHA, step

__all__ = ["cases"]

Array = npt.NDArray[Any]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_steps(), *_refused()]


def _step(name: str, title: str, x: Array, gradient: Array, also: str = "", **more: Any) -> Case:
    usual = {"ids": ["x"], "level": 1, "alpha": 0.25, "low": 0.0, "high": 1.0}
    args = {"inputs": x[None], "gradient": gradient[None], **usual, **more}
    alpha = DEFAULT_ALPHA if args["alpha"] is None else args["alpha"]
    stepped = step(args["inputs"], np.sign(args["gradient"]), alpha, args["low"], args["high"])
    rules = {"stepped": bits(stepped, "RMQM-PGD-008")}
    return case(name, title, "pgd_step", args, rules, also=also)


def _steps() -> list[Case]:
    half = np.full(6, 0.5, "<f4")
    uneven = np.array([3.0, -0.1, 1e-30, -1e-30, 1e30, -7.0], "<f4")
    some = np.array([0.0, -0.0, 2.0, -2.0, 0.0, 1e-3], "<f4")
    wide = spread((9,), -2.0, 4.0)
    inner = spread((24,), -2.0, 5.5)
    uneasy: dict[str, Any] = {"alpha": 0.07, "low": -2.7, "high": 6.2}
    if np.float32(0.07 * 8.9) == np.float32(0.07) * np.float32(8.9):
        raise ValueError("the product of rounded factors must be another step")
    return [
        _step(
            "RMQM-PGD-001/sign",
            "Every value moves a full step, however large or small its slope",
            half,
            uneven,
        ),
        _step(
            "RMQM-PGD-001/width-of-bounds",
            "The step is alpha times high - low",
            wide,
            np.where(np.arange(9) % 2, 1, -1).astype("<f4"),
            alpha=0.1,
            low=-3.0,
            high=5.0,
        ),
        _step(
            "RMQM-PGD-001/clip",
            "A step that leaves the bounds [-0.5, 2] ends at them, at both ends",
            np.array([-0.5, -0.25, 0.5, 1.75, 2.0, 2.0], "<f4"),
            np.array([-1, -1, -1, 1, 1, -1], "<f4"),
            low=-0.5,
            high=2.0,
            also="RMQM-ALT-004",
        ),
        _step(
            "RMQM-PGD-002/default",
            "The step is 2/255 of the width unless another is asked for",
            wide,
            np.where(np.arange(9) % 3, -1, 1).astype("<f4"),
            alpha=None,
            low=-3.0,
            high=5.0,
        ),
        _step(
            "RMQM-PGD-003/zero",
            "A value with a slope of zero stays where it is",
            half,
            some,
        ),
        _step(
            "RMQM-PGD-008/float32",
            "alpha times high - low is rounded to float32 once, then the sum is",
            inner,
            np.where(np.arange(24) % 5 < 2, -1, 1).astype("<f4"),
            **uneasy,
        ),
        _step(
            "RMQM-PGD-008/float64",
            "Inputs of float64 move in float64",
            spread((12,), -2.0, 2.0, "<f8"),
            np.where(np.arange(12) % 3, -1.0, 1.0),
            alpha=None,
            low=-3.1,
            high=3.3,
        ),
    ]


def _refused() -> list[Case]:
    made = []
    for slug, value in {"nan": np.nan, "infinity": np.inf}.items():
        gradient = np.ones((2, 3), "<f4")
        gradient[1, 2] = value
        args = {
            "inputs": np.full((2, 3), 0.5, "<f4"),
            "gradient": gradient,
            "ids": ["sound", "broken"],
            "level": 17,
            "alpha": 0.25,
            "low": 0.0,
            "high": 1.0,
        }
        title = f"A gradient with a value of {value} is refused, input and level are named"
        why = "a gradient that is not finite"
        name = f"RMQM-PGD-009/{slug}"
        made.append(case(name, title, "pgd_step", args, refuse(why, "broken", "17")))
    return made
