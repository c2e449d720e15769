"""How far a difference must be from zero if it is looked at again and again."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from rmqm_spec.arrays import Float64Array

__all__ = ["boundary", "crossing_probability", "limit"]

_NODES: Final = 128
"""Of the Gauss-Legendre rule: the smallest probability in use is then right to ten digits."""


def crossing_probability(bound: float, looks: tuple[int, ...]) -> float:
    r"""
    Return the probability that a difference of zero seems other than zero at one look or more.

    Parameters
    ----------
    bound : float
        Standard errors from zero at which it seems so, the same at each look.
    looks : tuple of int
        Numbers of inputs, rising.

    Returns
    -------
    float
        Of the sums :math:`Z_m = S_{n_m} / \sqrt{n_m}` of independent standard normals, that
        :math:`|Z_m|` is above the bound for some m.

    Notes
    -----
    Armitage, McPherson and Rowe, 1969: the density of Z at a look, among the paths that have not
    crossed before, is the integral of that at the look before over the normal step between them.

    Examples
    --------
    >>> round(crossing_probability(1.959964, (100,)), 6)
    0.05
    >>> round(crossing_probability(1.959964, (100, 200, 300, 400, 500)), 3)
    0.142
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    z, weights = bound * nodes, bound * weights
    density = _normal_density(z)
    for before, now in pairwise(looks):
        shared = math.sqrt(before / now)
        own = math.sqrt(1 - before / now)
        steps = _normal_density((z[:, None] - shared * z) / own) / own
        density = steps @ (weights * density)
    return 1 - float(weights @ density)


@lru_cache(maxsize=256)
def boundary(error: float, looks: tuple[int, ...]) -> float:
    """
    Return the bound that a difference of zero crosses with a given probability.

    Parameters
    ----------
    error : float
        Probability to cross it at one of the looks or more, to either side.
    looks : tuple of int
        Numbers of inputs, rising.

    Returns
    -------
    float
        Standard errors, for the normal distribution; `limit` is what it means for few inputs.

    Notes
    -----
    Pocock, 1977: the same bound at each look. It needs no knowledge of how large the difference
    is, and the looks may stop at any of them.

    Examples
    --------
    >>> round(boundary(0.05, (100, 200, 300, 400, 500)), 3)
    2.413
    """
    from scipy.optimize import brentq
    from scipy.special import ndtri

    least = -float(ndtri(error / 2))
    if len(looks) == 1:
        return least
    most = -float(ndtri(error / 2 / len(looks)))
    return float(
        brentq(lambda bound: crossing_probability(bound, looks) - error, least, most, xtol=1e-9)
    )


def limit(bound: float, n: int) -> float:
    """
    Return the quantile of Student's t that n inputs cross as seldom as the normal `bound`.

    Examples
    --------
    >>> round(limit(1.959964, 16), 3)
    2.131
    """
    from scipy.special import ndtr, stdtrit

    return -float(stdtrit(n - 1, ndtr(-bound)))


def _normal_density(z: Float64Array) -> Float64Array:
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi))
