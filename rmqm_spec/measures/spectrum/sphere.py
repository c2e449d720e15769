"""How encodings of unit length cover the sphere: uniformity and SelfCluster."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.prepared import unit_rows
from rmqm_spec.measures.unaltered import UnalteredMeasure, Undefined

__all__ = ["SELF_CLUSTER", "UNIFORMITY", "self_cluster", "uniformity"]

_BLOCK: Final = 2**22
"""Number of pairs taken together."""


def uniformity(encodings: AnyArray) -> float:
    r"""
    Return the uniformity loss: the log of the mean Gaussian potential of pairs of unit vectors.

    .. math:: \log \operatorname{mean}_{i < j} \exp(-2 \lVert u_i - u_j \rVert^2)

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; u has the rows divided by their norm.

    Returns
    -------
    float
        From -8 to 0, the value of encodings that all point the same way.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero`` where some encodings are 0.

    Notes
    -----
    Wang and Isola, "Understanding Contrastive Representation Learning through Alignment and
    Uniformity on the Hypersphere", ICML 2020, 2005.10242, with t = 2, over the pairs of different
    inputs as in the authors' code. Time grows with the square of N.

    Examples
    --------
    >>> round(uniformity(np.eye(3)), 6)  # each squared distance is 2
    -4.0
    """
    rows = unit_rows(encodings)
    n_inputs = len(rows)
    height = max(1, _BLOCK // n_inputs)
    total = 0.0
    for start in range(0, n_inputs, height):
        cosine = np.minimum(rows[start : start + height] @ rows[start:].T, 1.0)
        total += float(np.triu(np.exp(4 * cosine - 4), 1).sum())
    return float(np.log(total / (n_inputs * (n_inputs - 1) / 2)))


def self_cluster(encodings: AnyArray) -> float:
    r"""
    Return how far encodings cluster: their squared cosines beyond those of random directions.

    .. math:: \frac{\lVert Z Z^\top \rVert_F^2 - e}{N^2 - e}, \quad e = N + N (N - 1) / E

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; Z has the rows divided by their norm.

    Returns
    -------
    float
        0 is what random directions have on average, 1 what encodings on one line have; below 0
        where they are more orthogonal than random ones.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero`` where some encodings are 0, ``too-few-dimensions``
        for E = 1.

    Notes
    -----
    Tsitsulin et al., "Unsupervised Embedding Quality Evaluation", 2023, 2305.16562. It equals
    ``(c - 1/E) / (1 - 1/E)`` with c the mean squared cosine of the pairs of different inputs, so
    its expectation does not depend on N.

    Examples
    --------
    >>> round(self_cluster(np.ones((4, 2))), 6)
    1.0
    """
    rows = unit_rows(encodings)
    n_inputs, n_dimensions = rows.shape
    if n_dimensions < 2:
        raise Undefined("too-few-dimensions")
    product = rows @ rows.T if n_inputs < n_dimensions else rows.T @ rows
    expected = n_inputs + n_inputs * (n_inputs - 1) / n_dimensions
    return float(((product**2).sum() - expected) / (n_inputs**2 - expected))


UNIFORMITY: Final = UnalteredMeasure(
    name="uniformity",
    title="Uniformity",
    summary="Log of the mean Gaussian potential of pairs of unit encodings.",
    source="Wang and Isola 2020, Alignment and Uniformity on the Hypersphere, arXiv 2005.10242",
    function=uniformity,
)

SELF_CLUSTER: Final = UnalteredMeasure(
    name="self-cluster",
    title="SelfCluster",
    summary="Mean squared cosine of pairs of encodings, beyond that of random directions.",
    source="Tsitsulin et al. 2023, Unsupervised Embedding Quality Evaluation, arXiv 2305.16562",
    function=self_cluster,
)
