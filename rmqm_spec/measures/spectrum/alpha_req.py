"""alpha-ReQ: how fast the eigenvalues of the covariance decay."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.prepared import centred, eigenvalues
from rmqm_spec.measures.unaltered import UnalteredMeasure, Undefined

__all__ = ["ALPHA_REQ", "LEAST_RANK", "alpha_req"]

LEAST_RANK: Final = 20
"""Rank of the centred encodings below which no power law is fitted; at 20, 11 eigenvalues are."""

_FIRST: Final = 10
_LAST: Final = 100


def alpha_req(encodings: AnyArray) -> float:
    r"""
    Return the exponent of the power law that the eigenvalues of the covariance follow.

    .. math:: \lambda_k \propto k^{-\alpha}, \quad k = 10, \dots, \min(100, r)

    with r the rank of the centred encodings. It is minus the slope of the line through
    (log k, log lambda_k) that has the least sum of squares weighted by 1 / k.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input.

    Returns
    -------
    float
        0 for a flat spectrum; never below.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``constant``, or ``too-few-dimensions`` where r is below 20.

    Notes
    -----
    Agrawal et al., "alpha-ReQ: Assessing Representation Quality in Self-Supervised Learning by
    Measuring Eigenspectrum Decay", NeurIPS 2022. The weights are those of Stringer et al. 2019,
    whose fit public code for alpha-ReQ takes over; such code counts from 0, so a range written
    ``arange(10, 100)`` there is k = 11 to 100 here. An eigenvalue counts towards r if it exceeds
    the largest times max(N, E) times 2.2e-16. The authors see good encoders near 1, so neither
    higher nor lower is better. From few inputs the value is too high, since the smallest
    eigenvalues come out too small; compare values from equally many inputs.
    There is no interval: with 200 Gaussian inputs and a true exponent of 1, values were near 1.36
    for E = 30 and 1.44 for E = 100, and no jackknife interval held 1. The mean over draws of as
    many inputs they held in 95 to 100 % of runs, up to 1.8 times too wide.

    Examples
    --------
    >>> lengths = np.arange(1.0, 31.0) ** -0.5
    >>> encodings = np.concatenate([np.diag(lengths), -np.diag(lengths)])
    >>> round(alpha_req(encodings), 6)
    1.0
    """
    rows = centred(encodings)
    spectrum = eigenvalues(rows)
    least = spectrum[0] * max(rows.shape) * np.finfo(np.float64).eps
    rank = int((spectrum > least).sum())
    if rank < LEAST_RANK:
        raise Undefined("too-few-dimensions")
    number = np.arange(_FIRST, min(_LAST, rank) + 1, dtype=np.float64)
    x, y = np.log(number), np.log(spectrum[_FIRST - 1 : len(number) + _FIRST - 1])
    weights = 1 / number
    x = x - np.average(x, weights=weights)
    slope = float((weights * x * y).sum() / (weights * x * x).sum())
    return max(0.0, -slope)


ALPHA_REQ: Final = UnalteredMeasure(
    name="alpha-req",
    title="alpha-ReQ",
    summary="The power law's exponent of the eigenvalues of the encodings' covariance.",
    source="Agrawal et al. 2022, alpha-ReQ, NeurIPS; weights of Stringer et al. 2019",
    function=alpha_req,
    has_interval=False,
)
