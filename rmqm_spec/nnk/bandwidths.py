"""
The bandwidth of a Gaussian kernel: a number, or one of four rules that public code uses.

All are a third of some distance, so that a row at that distance has the kernel value exp(-9/2).

======================  =======================================================================
rule                    sigma
======================  =======================================================================
mean-kth-distance       a third of the mean distance of gallery rows to their k-th nearest other
                        row: what ``nnk_demo.py`` of PyNNK means
mean-ninth-distance     the same for the ninth: ``nnk_graph_demo.m`` of NNK_graph_construction
                        (MATLAB), which counts the row itself as the first and takes the tenth
farthest-candidate      for each query a third of the distance to the farthest of its candidates:
                        ``utils/graph_utils.py`` of CW-DeepNNK_Early_Stopping
pynnk-demo-as-is        what ``nnk_demo.py`` of PyNNK computes: for each gallery row, an arbitrary
                        row of its nearest k + 1, and a third of the mean distance of *all* rows to
                        these, which is near a third of the mean distance of all pairs
======================  =======================================================================
"""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias, cast, get_args

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.nearest import nearest_name
from rmqm_spec.neighbours import nearest_distances

__all__ = ["Bandwidth", "Rule", "bandwidth_of", "checked_bandwidth"]

Rule = Literal["mean-kth-distance", "mean-ninth-distance", "farthest-candidate", "pynnk-demo-as-is"]
Bandwidth: TypeAlias = float | Rule

_NINTH: Final = 9
_MEASURED: Final = 2**20
"""Number of distances held together."""


def checked_bandwidth(bandwidth: object) -> Bandwidth:
    """
    Return a bandwidth, or raise.

    Raises
    ------
    UsageError
        ARG001 if it is neither a number above 0 nor the name of a rule.

    Examples
    --------
    >>> checked_bandwidth(2), checked_bandwidth("farthest-candidate")
    (2.0, 'farthest-candidate')
    """
    rules = get_args(Rule)
    if isinstance(bandwidth, str):
        if bandwidth in rules:
            return cast(Rule, bandwidth)
        near = nearest_name(bandwidth, rules)
        fix = f"Did you mean {near}?" if near else "Give a number, or one of these names."
        raise UsageError(
            "ARG001", f"bandwidth must be one of {', '.join(rules)}; got {bandwidth!r}", fix=fix
        )
    if isinstance(bandwidth, int | float | np.integer | np.floating):
        number = float(bandwidth)
        if not isinstance(bandwidth, bool) and 0 < number < math.inf:
            return number
    raise UsageError(
        "ARG001",
        f"bandwidth must be a finite number above 0, or a rule; got {bandwidth!r}",
        fix=f"Give a distance in the units of the rows, or one of {', '.join(rules)}.",
    )


def bandwidth_of(bandwidth: Bandwidth, gallery: Float64Array, k: int, power: int) -> float | None:
    """
    Return sigma in the units of a gallery; None for ``farthest-candidate``: one for each query.

    Parameters
    ----------
    bandwidth : float or str
        A number in the units of the rows before they were divided by 2^power, or a rule.
    gallery : (G, E) ndarray of float64
        Rows that were divided by 2^power.
    k : int
        Number of candidates.
    power : int
        Of two, by which the rows were divided.

    Raises
    ------
    UsageError
        ARG001 if there are too few rows for the rule.

    Examples
    --------
    >>> bandwidth_of("mean-kth-distance", np.array([[0.0], [3.0], [6.0]]), 1, 0)
    1.0
    """
    if isinstance(bandwidth, float):
        with np.errstate(over="ignore"):
            return float(np.ldexp(bandwidth, -power))
    if bandwidth == "farthest-candidate":
        return None
    if bandwidth == "mean-kth-distance":
        return _mean_distance(bandwidth, gallery, k)
    if bandwidth == "mean-ninth-distance":
        return _mean_distance(bandwidth, gallery, _NINTH)
    return _of_pynnk_demo(gallery, k)


def _mean_distance(rule: Rule, gallery: Float64Array, k: int) -> float:
    lower = " or lower k." if rule == "mean-kth-distance" else " or give more gallery rows."
    _require_rows(rule, gallery, k + 1, lower)
    return float(nearest_distances(gallery, k)[:, -1].mean()) / 3


def _of_pynnk_demo(gallery: Float64Array, k: int) -> float:
    """Repeat ``np.mean(D[:, mask[:, -1]]) / 3``, whose mask is a partition, which is no order."""
    from scipy.spatial.distance import cdist

    _require_rows("pynnk-demo-as-is", gallery, k + 2, " or lower k.")
    size = max(1, _MEASURED // len(gallery))
    blocks = [gallery[first : first + size] for first in range(0, len(gallery), size)]
    columns = [np.argpartition(cdist(rows, gallery), k + 1, axis=1)[:, k] for rows in blocks]
    drawn = gallery[np.concatenate(columns)]
    return float(np.sum([cdist(rows, drawn).sum() for rows in blocks])) / len(gallery) ** 2 / 3


def _require_rows(rule: Rule, gallery: Float64Array, least: int, otherwise: str) -> None:
    if len(gallery) < least:
        raise UsageError(
            "ARG001",
            f"the bandwidth {rule} needs at least {least} gallery rows; got {len(gallery)}",
            fix=f"Give the bandwidth as a number,{otherwise}",
        )
