"""The coding rate of encodings of unit length."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.prepared import eigenvalues, unit_rows
from rmqm_spec.measures.unaltered import UnalteredMeasure

__all__ = ["CODING_RATE", "coding_rate"]

_SQUARED_PRECISION: Final = 0.5


def coding_rate(encodings: AnyArray) -> float:
    r"""
    Return the coding rate of encodings of unit length, in nats.

    .. math:: \tfrac12 \log \det \Bigl(I + \frac{E}{N \epsilon^2} Z^\top Z\Bigr), \quad
        \epsilon^2 = 0.5

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; Z has the rows divided by their norm.

    Returns
    -------
    float
        Above 0, at most ``E / 2 log(1 + 1 / 0.5)``.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero`` where some encodings are 0.

    Notes
    -----
    Yu et al., "Learning Diverse and Discriminative Representations via the Principle of Maximal
    Coding Rate Reduction", NeurIPS 2020, 2006.08558, equation 1. What public code calls ``eps`` is
    the square. The value grows with E: compare encoders of the same E. From few inputs
    it is too low, and there is no interval: with 200 Gaussian inputs and eigenvalues 1 / k, those
    of the jackknife held the value of very many inputs in 92 % of runs for E = 8, 30 % for E = 30
    and none for E = 100. The mean over draws of as many inputs they held in 93 to 100 % of runs of
    100 to 500 inputs, up to 1.4 times too wide, and 4 times for 30 inputs of E = 64.

    Examples
    --------
    >>> round(coding_rate(np.eye(4)), 6)  # 4 / 2 log 3
    2.197225
    """
    rows = unit_rows(encodings)
    n_inputs, n_dimensions = rows.shape
    scale = n_dimensions / (n_inputs * _SQUARED_PRECISION)
    return float(np.log1p(scale * eigenvalues(rows)).sum() / 2)


CODING_RATE: Final = UnalteredMeasure(
    name="coding-rate",
    title="Coding rate",
    summary="Nats that unit encodings need on average at a squared precision of 0.5.",
    source="Yu et al. 2020, Maximal Coding Rate Reduction, equation 1, arXiv 2006.08558",
    units="nat",
    function=coding_rate,
    has_interval=False,
)
