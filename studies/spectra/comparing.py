"""Our test slopes beside the printed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import pearsonr, spearmanr

from studies.spectra.paper import LOG_VOLUME, TRACE, Printed

__all__ = ["JACOBIANS", "PRINTED", "compared"]

Row = Mapping[str, Any]

JACOBIANS: Final = ("latent", "input")
PRINTED: Final[dict[str, dict[int, Printed]]] = {
    "absolute": LOG_VOLUME,
    "dropped": LOG_VOLUME,
    "trace": TRACE,
}
"""Which table of the source belongs to a regressor."""
_LEAST_DIMENSIONS: Final = 3
_GROWS: Final = 0.8
_NEAR: Final = 0.1


def compared(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """
    Return, for each architecture, Jacobian and regressor, how our test slopes compare.

    Parameters
    ----------
    rows : sequence of mapping
        Of the table of regressions, one for each dimension, architecture, Jacobian and regressor.
        Slopes that could not be fitted are missing, and are counted.

    Returns
    -------
    list of dict
        ``grows``: whether rho with the dimension is at least 0.8 and the slope at the largest
        dimension is positive with its whole interval; ``near``: whether the mean absolute
        difference is below 0.1.
    """
    found = []
    for layers in sorted({row["layers"] for row in rows}):
        for regressor, printed in PRINTED.items():
            for jacobian in JACOBIANS:
                chosen = sorted(
                    (
                        row
                        for row in rows
                        if (row["layers"], row["jacobian"], row["regressor"])
                        == (layers, jacobian, regressor)
                    ),
                    key=lambda row: row["dimension"],
                )
                fitted = [row for row in chosen if row.get("test_slope") is not None]
                if len(fitted) >= _LEAST_DIMENSIONS:
                    found.append(
                        {
                            "layers": layers,
                            "regressor": regressor,
                            "jacobian": jacobian,
                            "not_fitted": len(chosen) - len(fitted),
                            **_one(fitted, printed, jacobian),
                        }
                    )
    return found


def _one(rows: Sequence[Row], printed: dict[int, Printed], jacobian: str) -> dict[str, Any]:
    dimensions = [int(row["dimension"]) for row in rows]
    ours = np.array([row["test_slope"] for row in rows])
    theirs = np.array([getattr(printed[n], jacobian).test_slope for n in dimensions])
    rho, last = float(spearmanr(dimensions, ours).statistic), rows[-1]
    apart = float(np.abs(ours - theirs).mean())
    return {
        "dimensions": len(rows),
        "same_sign": int(np.count_nonzero(np.sign(ours) == np.sign(theirs))),
        "rho_dimension": round(rho, 3),
        "rho_dimension_paper": round(float(spearmanr(dimensions, theirs).statistic), 3),
        "pearson": round(float(pearsonr(ours, theirs).statistic), 3),
        "mean_absolute_difference": round(apart, 3),
        "first": ours[0],
        "last": ours[-1],
        "grows": bool(rho >= _GROWS and last["test_slope_low"] > 0),
        "near": apart < _NEAR,
    }
