"""From the sufficient statistic to every number about an encoder: a pure function."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.characteristics.curves import Curves, curves_of
from rmqm_spec.characteristics.interval import delta_interval, influences
from rmqm_spec.characteristics.metric import WEIGHTS, rmqm
from rmqm_spec.characteristics.relative_changes import (
    RelativeChanges,
    Variant,
    changes_of_displacements,
    changes_of_step_lengths,
    checked_variant,
)
from rmqm_spec.characteristics.sums import exact_mean, row_sums
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.resolution import RESOLUTION, at_resolution

__all__ = ["Characteristics", "PerInput", "Status", "characterize"]

Status = Literal["ok", "collapsed", "undefined-terms", "constant-steps"]

MAX_UNDEFINED = 0.01
"""Share of undefined terms above which the variant `paper` gives no score."""


@frozen(kw_only=True, eq=False)
class PerInput:
    """
    The characteristics of each input.

    Parameters
    ----------
    D, S, D_RC, P_RC : (N,) ndarray of float64
        Mean displacement, mean step length and mean relative changes of each input.
    contribution : (N,) ndarray of float64
        RMQM plus the influence of each input on it: their mean is RMQM. NaN without a score.
    kept : (N,) ndarray of bool
        Whether the input counts in the means of D_RC and P_RC.
    """

    D: Float64Array
    S: Float64Array
    D_RC: Float64Array
    P_RC: Float64Array
    contribution: Float64Array
    kept: BoolArray


@frozen(kw_only=True, eq=False)
class Characteristics:
    """
    Everything that follows from displacements and step lengths.

    Parameters
    ----------
    D, D_RC, P_RC : float
        Characteristics of the encoder: means over inputs.
    S : float
        Mean step length; part of the score in the variant ``authors-2022`` only.
    rmqm : float
        The score; NaN unless `status` is ``"ok"``.
    weighted_rmqm : float
        Eq. 6 of the paper; NaN without a score and in the variant ``authors-2022``.
    interval : tuple of two floats
        95 % interval of `rmqm` over the choice of inputs; NaN for fewer than two inputs.
    status : {"ok", "collapsed", "undefined-terms", "constant-steps"}
        Why there is no score, if there is none.
    per_input : PerInput
        The same characteristics, input by input.
    curves : Curves
        Mean and spread level by level.
    undefined_terms : dict
        Number of undefined terms of ``D_RC`` and of ``P_RC``.
    n_inputs, n_levels : int
        N and J.
    variant : {"paper", "authors-2022"}
        Whose formulas were used.
    resolution : float
        Distances below it counted as zero.
    """

    D: float
    S: float
    D_RC: float
    P_RC: float
    rmqm: float
    weighted_rmqm: float
    interval: tuple[float, float]
    status: Status
    per_input: PerInput
    curves: Curves
    undefined_terms: dict[str, int]
    n_inputs: int
    n_levels: int
    variant: Variant
    resolution: float


def characterize(
    displacements: npt.ArrayLike,
    step_lengths: npt.ArrayLike,
    *,
    variant: Variant = "paper",
    resolution: float = RESOLUTION["float64"],
) -> Characteristics:
    """
    Compute the characteristics and the metric of an encoder from its sufficient statistic.

    Parameters
    ----------
    displacements, step_lengths : (N, J) array-like of float
        Distances of the J altered encodings of N inputs to the unaltered and the previous encoding.
    variant : {"paper", "authors-2022"}
        The formulas as printed, or what the authors' released code computes (needs J >= 2).
    resolution : float
        Distances, and a D_RC or P_RC, below it count as zero. Pass the resolution of the encoder's
        arithmetic, `resolution_of(encodings.dtype)`, if that was not float64.

    Returns
    -------
    Characteristics
        A frozen record.

    Raises
    ------
    ShapeError
        If the arrays are not two-dimensional, differ in shape, or are empty.
    UsageError
        If a distance is not in [0, 2], or an argument is unknown.

    Notes
    -----
    Clause families RMQM-D, RMQM-DRC, RMQM-PRC, RMQM-MET, RMQM-DEG and RMQM-INT; paper, Eqs. 2-6.

    Examples
    --------
    >>> from rmqm_spec import displacements, step_lengths
    >>> circle = np.array([[[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]])
    >>> c = characterize(displacements(circle), step_lengths(circle))
    >>> round(c.D, 6), round(c.D_RC, 6), round(c.P_RC, 6), round(c.rmqm, 6)
    (1.365832, 0.525658, 0.138071, 2.44329)
    """
    checked_variant(variant)
    d, s = _checked_distances(displacements, step_lengths, variant)
    d, s = at_resolution(d, resolution), at_resolution(s, resolution)
    n_inputs, n_levels = d.shape
    changes = {
        "D_RC": changes_of_displacements(d, variant),
        "P_RC": changes_of_step_lengths(s, variant),
    }
    kept = _kept(changes, variant)
    values = {"D": row_sums(d) / n_levels, "S": row_sums(s) / n_levels}
    values |= {name: change.per_input() for name, change in changes.items()}
    means = {name: exact_mean(values[name]) for name in ("D", "S")}
    means |= {name: exact_mean(values[name][kept]) for name in ("D_RC", "P_RC")}
    means |= {name: 0.0 for name in changes.keys() | {"D"} if means[name] < resolution}
    undefined = {name: int(change.undefined.sum()) for name, change in changes.items()}
    status = _status(means, undefined, changes, variant)
    score, weighted = _scores(means, status, variant)
    contribution = np.full(n_inputs, np.nan)
    interval = (math.nan, math.nan)
    if status == "ok":
        terms = means if variant == "authors-2022" else {k: means[k] for k in ("D", "D_RC", "P_RC")}
        influence = influences(values, terms, kept)
        contribution, interval = score + influence, delta_interval(score, influence)
    return Characteristics(
        **means,
        rmqm=score,
        weighted_rmqm=weighted,
        interval=interval,
        status=status,
        per_input=PerInput(**values, contribution=contribution, kept=kept),
        curves=curves_of(d, s, changes["D_RC"], changes["P_RC"]),
        undefined_terms=undefined,
        n_inputs=n_inputs,
        n_levels=n_levels,
        variant=variant,
        resolution=resolution,
    )


def _checked_distances(
    displacements: npt.ArrayLike, step_lengths: npt.ArrayLike, variant: Variant
) -> tuple[Float64Array, Float64Array]:
    d = np.asarray(displacements, dtype=np.float64)
    s = np.asarray(step_lengths, dtype=np.float64)
    least = 2 if variant == "authors-2022" else 1
    if d.ndim != 2 or d.shape != s.shape or d.shape[0] < 1 or d.shape[1] < least:
        raise ShapeError(
            "ARG001",
            f"displacements and step_lengths must have one shape (N, J), N >= 1, J >= {least}; "
            f"got {d.shape} and {s.shape}",
            fix="Take both from the same trajectories: displacements(t), step_lengths(t).",
        )
    for name, distances in (("displacements", d), ("step_lengths", s)):
        outside = distances[~((distances >= 0) & (distances <= 2 + 1e-9))]
        if outside.size:
            raise UsageError(
                "ARG001",
                f"{name} must lie in [0, 2], as distances of unit vectors do; got {outside[0]}",
                fix="Take both from the same trajectories: displacements(t), step_lengths(t).",
            )
    return d, s


def _kept(changes: dict[str, RelativeChanges], variant: Variant) -> BoolArray:
    """Return which inputs count in D_RC and P_RC: all in `paper`, else those fully defined."""
    undefined = changes["D_RC"].undefined.any(axis=1) | changes["P_RC"].undefined.any(axis=1)
    return np.ones_like(undefined) if variant == "paper" else np.asarray(~undefined)


def _status(
    means: dict[str, float],
    undefined: dict[str, int],
    changes: dict[str, RelativeChanges],
    variant: Variant,
) -> Status:
    if means["D"] == 0:
        return "collapsed"
    if math.isnan(means["D_RC"]):
        return "undefined-terms"
    shares = (undefined[name] / max(change.terms.size, 1) for name, change in changes.items())
    if variant == "paper" and max(shares) > MAX_UNDEFINED:
        return "undefined-terms"
    if means["D_RC"] == 0 or means["P_RC"] == 0:
        return "constant-steps"
    return "ok"


def _scores(means: dict[str, float], status: Status, variant: Variant) -> tuple[float, float]:
    if status != "ok":
        return math.nan, math.nan
    three = means["D"], means["D_RC"], means["P_RC"]
    if variant == "authors-2022":
        return rmqm(*three, S=means["S"]), math.nan
    return rmqm(*three), rmqm(*three, weights=WEIGHTS)
