"""How inputs lie apart, compared with how the views of one input do."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.measures.paths.views import TENTHS, ViewMeasure
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["FISHER_RATIO", "LIDAR", "fisher_ratio", "lidar"]

_VIEWS: Final = [TENTHS.index(tenths) for tenths in (0, 1, 3)]
_DELTA: Final = 1e-4
_EPSILON: Final = 1e-7


def lidar(vectors: Float64Array, resolution: float = 0.0) -> float:
    r"""
    Return LiDAR: the effective rank of the scatter of inputs, relative to that of their views.

    .. math:: \Sigma = \Sigma_w^{-1/2} \Sigma_b \Sigma_w^{-1/2}, \quad
        p_k = \lambda_k / \lVert \lambda \rVert_1 + 10^{-7}, \quad
        \exp\Bigl(-\sum_k p_k \log p_k\Bigr)

    Parameters
    ----------
    vectors : (N, 6, E) ndarray
        Unit vectors; the views are the unaltered encodings and those at 0.1 J and 0.3 J.
    resolution : float
        If no input's mean lies further than this from the mean of all, there is no rank.

    Returns
    -------
    float
        From 1 to about the smaller of N - 1 and E.

    Raises
    ------
    Undefined
        ``constant`` if all inputs have the same mean.

    Notes
    -----
    Thilak et al., "LiDAR", arXiv 2312.04000: :math:`\Sigma_b` is the covariance of the means of
    the inputs, :math:`\Sigma_w` the mean covariance of the views about them, plus 1e-4 on its
    diagonal. All :math:`\lambda_k`, also those that are zero, enter the sum.

    Noise views are a poor stand-in for the paper's views. LiDAR was made for semantic
    augmentations, such as crops and colours, against which an encoder was trained; three levels of
    growing noise are neither drawn alike nor many, so the numbers are not those of the paper. The
    paper takes encodings as they are; here they are unit vectors, as everywhere in RMQM. With long
    encodings the 1e-4 is then often larger than the scatter of the views.

    Examples
    --------
    >>> axes = np.repeat(np.eye(3)[:, None], 6, axis=1)
    >>> round(lidar(axes), 4)
    2.0
    """
    means, apart = _split(vectors)
    if not np.linalg.norm(means, axis=1).max() > resolution:
        raise Undefined("constant")
    flat = apart.reshape(-1, apart.shape[-1])
    within = flat.T @ flat / len(flat) + _DELTA * np.eye(flat.shape[1])
    # Roots of the matrix and Cholesky factors give the same eigenvalues.
    between = np.linalg.solve(np.linalg.cholesky(within), means.T)
    gram = between.T @ between if len(means) < len(between) else between @ between.T
    eigenvalues = np.zeros(len(within))
    eigenvalues[: len(gram)] = np.clip(np.linalg.eigvalsh(gram), 0.0, None)
    shares = eigenvalues / eigenvalues.sum() + _EPSILON
    return float(np.exp(-(shares * np.log(shares)).sum()))


def fisher_ratio(vectors: Float64Array, resolution: float = 0.0) -> float:
    r"""
    Return how much inputs scatter for each unit of scatter of their views.

    .. math:: \operatorname{tr} \Sigma_b / \operatorname{tr} \Sigma_w

    Parameters
    ----------
    vectors : (N, 6, E) ndarray
        Unit vectors; the views are those of `lidar`, and nothing is added to :math:`\Sigma_w`.
    resolution : float
        If no view lies further than this from the mean of its input, there is no ratio.

    Returns
    -------
    float
        Zero or above.

    Raises
    ------
    Undefined
        ``unmoved`` if the views of every input are the same.

    Examples
    --------
    >>> path = np.array([[1.0, 0.0]] * 2 + [[0.0, 1.0]] * 4)
    >>> round(fisher_ratio(np.stack([path, -path])), 4)
    1.25
    """
    means, apart = _split(vectors)
    if not np.linalg.norm(apart, axis=2).max() > resolution:
        raise Undefined("unmoved")
    return float((means**2).sum() / len(means) / ((apart**2).sum() / apart[..., 0].size))


def _split(vectors: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Return the centred means of inputs (N, E) and the views about these means (N, 3, E)."""
    views = vectors[:, _VIEWS]
    means = views.mean(axis=1)
    return means - means.mean(axis=0), views - means[:, None]


LIDAR = ViewMeasure(
    name="lidar",
    title="LiDAR",
    summary="Effective rank of inputs relative to their views; noise stands in for augmentations.",
    source="Thilak et al. 2024, arXiv 2312.04000, with unit vectors and noise views",
    function=lidar,
)

FISHER_RATIO = ViewMeasure(
    name="fisher-ratio",
    title="Fisher ratio",
    summary="Scatter between inputs over scatter between the views of an input.",
    source="Fisher 1936, as the ratio of traces; views as in LiDAR",
    function=fisher_ratio,
)
