"""What is expected of `characterize`, with tolerances that follow from RMQM-AGG-004."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, number, plain
from rmqm_conformance.golden.oracle_characteristics import (
    ExactCharacteristics,
    measure,
    metric,
    weighted_metric,
)
from rmqm_conformance.golden.oracle_distances import of_paths
from rmqm_conformance.golden.precision import Exact, mp, propagated

__all__ = ["AGREED", "allowed", "characterized", "distance_args", "distances_of", "rules", "uneven"]

AGREED = 1e-12
"""The part of the larger of 1 and the value that RMQM-AGG-004 allows."""

_ROUNDINGS = 1e-15
"""A sum, a logarithm and the reciprocals in float64: each within 1.1e-16 of a number up to 4."""


def allowed(value: Exact) -> Exact:
    """Return by how much a characteristic may differ (RMQM-AGG-004)."""
    return AGREED * max(1, value)


def distance_args(
    displacements: Any, step_lengths: Any, variant: str = "paper", resolution: float = 1e-12
) -> dict[str, Any]:
    """Return the arguments of `characterize` and of `interval`."""
    return {
        "displacements": np.array(displacements, dtype="<f8"),
        "step_lengths": np.array(step_lengths, dtype="<f8"),
        "variant": variant,
        "resolution": resolution,
    }


def distances_of(trajectories: Any, variant: str = "paper") -> dict[str, Any]:
    """Return the same for representations, distances rounded to float64."""
    return distance_args(*of_paths(trajectories), variant)


def uneven(n_inputs: int, n_levels: int, variant: str) -> dict[str, Any]:
    """Return distances of many inputs that look random and are not: fractional parts."""
    i, j = np.ogrid[1 : n_inputs + 1, 1 : n_levels + 1]
    grown = 0.3 + 1.5 * ((i * 0.6180339887 + j * 0.4142135623) % 1) * (j / n_levels) ** 0.5
    steps = 0.05 + 0.9 * ((i * 0.7320508075 + j * 0.2360679774) % 1)
    steps[:, 0] = grown[:, 0]
    return distance_args(np.round(grown, 6), np.round(steps, 6), variant)


def characterized(name: str, title: str, args: dict[str, Any], keys: str, **more: str) -> Case:
    """Return a case of `characterize` that judges some results, all of them known exactly."""
    return case(name, title, "characterize", args, rules(args, keys), **more)


def rules(args: dict[str, Any], keys: str) -> dict[str, Rule]:
    """Return a rule for each of some results of `characterize`, separated by blanks."""
    measured = measure(**args)
    return {key: _rule(measured, key, args["variant"]) for key in keys.split()}


def _rule(measured: ExactCharacteristics, key: str, variant: str) -> Rule:
    value = getattr(measured, key)
    if isinstance(value, str | int):
        return plain(value)
    if mp.isnan(value):
        return number(value, 0.0, "undefined")
    if key == "rmqm":
        four = [measured.D, measured.S, measured.D_RC, measured.P_RC]
        tolerance = _propagated(partial(metric, variant=variant), four)
        return number(value, tolerance, "RMQM-AGG-004, through the formula, and its roundings")
    if key == "weighted_rmqm":
        tolerance = _propagated(weighted_metric, [measured.D, measured.D_RC, measured.P_RC])
        return number(value, tolerance, "RMQM-AGG-004, through the formula, and its roundings")
    return number(value, AGREED, "RMQM-AGG-004", rtol=AGREED)


def _propagated(formula: Callable[..., Exact], means: list[Exact]) -> float:
    changes = propagated(lambda *all_: [formula(*all_)], means, [allowed(mean) for mean in means])
    return float(f"{changes[0] + _ROUNDINGS:.2g}")
