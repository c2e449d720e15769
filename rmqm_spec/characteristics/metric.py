"""RMQM itself: three characteristics become a single number (paper, Eqs. 5 and 6)."""

from __future__ import annotations

import math
from typing import Final

from rmqm_spec.errors import UsageError

__all__ = ["WEIGHTS", "rmqm"]

WEIGHTS: Final = (0.95, 0.74, 0.11)
"""Weights of D, 1/D_RC and 1/P_RC in Eq. 6, fitted by the authors to their own encoders."""


def rmqm(
    D: float,
    D_RC: float,
    P_RC: float,
    *,
    weights: tuple[float, float, float] = (1, 1, 1),
    S: float = 0.0,
) -> float:
    r"""
    Combine the characteristics of an encoder into the Representation Manifold Quality Metric.

    .. math:: \mathrm{RMQM} = \ln(1 + w_1 D + S + w_2 / D_{RC} + w_3 / P_{RC})

    Parameters
    ----------
    D : float
        Mean displacement, in [0, 2].
    D_RC, P_RC : float
        Mean relative changes of displacements and of step lengths, fractions.
    weights : tuple of three floats
        Weights of the three terms; `WEIGHTS` gives Eq. 6.
    S : float
        Mean step length, part of the sum in the variant ``authors-2022`` only.

    Returns
    -------
    float
        The metric, dimensionless and never infinite; NaN if a characteristic is NaN or zero.

    Raises
    ------
    UsageError
        If a characteristic or a weight is negative or infinite.

    Notes
    -----
    Clauses RMQM-MET-001 ff. and RMQM-DEG-001 ff.

    Examples
    --------
    >>> round(rmqm(1.365832, 0.525658, 0.138071), 5)
    2.44329
    >>> rmqm(0.0, 0.0, 0.0)
    nan
    """
    named = {"D": D, "D_RC": D_RC, "P_RC": P_RC, "S": S}
    named |= {f"weights[{k}]": weight for k, weight in enumerate(weights)}
    for name, value in named.items():
        if value < 0 or math.isinf(value):
            raise UsageError(
                "ARG001",
                f"{name} must be finite and at least 0; got {value}",
                fix="Pass the characteristics as characterize() returns them.",
            )
    if not (D > 0 and D_RC > 0 and P_RC > 0):
        return math.nan
    return math.log1p(weights[0] * D + S + weights[1] / D_RC + weights[2] / P_RC)
