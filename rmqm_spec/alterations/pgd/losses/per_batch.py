"""Losses of a whole batch (clauses RMQM-LOSS-004 and RMQM-LOSS-005)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.alterations.pgd.losses.contract import Directions, Loss, directions
from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["MARGIN", "TEMPERATURE", "nt_xent", "triplet"]

MARGIN = 0.5
TEMPERATURE = 0.07


def triplet(
    encodings: AnyArray,
    groups: AnyArray,
    views: Directions | None = None,
    names: Sequence[str] | None = None,
) -> Loss:
    r"""
    Return the mean margin loss over the semi-hard triplets of the batch, 0 if there are none.

    .. math:: L = \mathrm{mean}_{(a,p,n)} (\delta_{ap} - \delta_{an} + 0.5),
              \qquad 0 < \delta_{an} - \delta_{ap} < 0.5

    Parameters
    ----------
    encodings : (N, E) ndarray
        Those of the attacked inputs.
    groups : (M,) ndarray of int
        The group of each input, and then of each view.
    views : Directions, optional
        Those of M - N views of length E: constants that take part in triplets.
    names : sequence of str, optional
        What to call the inputs in an error.

    Examples
    --------
    >>> values, _ = triplet([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2]], np.array([0, 0, 1]))
    >>> values.round(4)
    array([0.4026])
    """
    attacked = directions(encodings, names)
    units = attacked.units
    if views is not None:
        units = np.concatenate([units, views.units])
    total, pulls, n_triplets = _semi_hard(units, groups)
    if not n_triplets:
        return Loss(np.zeros(1), np.zeros_like(attacked.units))
    pulls = (pulls + pulls.T) / n_triplets
    gradient = np.stack([_pulled(units, k, pulls[k]) for k in range(len(attacked.units))])
    return Loss(np.array([total / n_triplets]), attacked.gradient(gradient))


def _semi_hard(units: Float64Array, groups: AnyArray) -> tuple[float, Float64Array, int]:
    """Return the sum over triplets, the derivative by each distance (a, b), and their number."""
    n = len(units)
    pulls = np.zeros((n, n))
    total, n_triplets = 0.0, 0
    for a in range(n):
        distances = _distances(units, a)
        alike = groups == groups[a]
        negatives = np.flatnonzero(~alike)
        alike[a] = False
        positives = np.flatnonzero(alike)
        gaps = distances[negatives] - distances[positives, None]
        counted = (gaps > 0) & (gaps < MARGIN)
        total += float((MARGIN - gaps[counted]).sum())
        n_triplets += int(counted.sum())
        pulls[a, positives] = counted.sum(axis=1)
        pulls[a, negatives] = -counted.sum(axis=0)
    return total, pulls, n_triplets


def _distances(units: Float64Array, a: int) -> Float64Array:
    apart = units - units[a]
    return np.asarray(np.sqrt(np.einsum("ne,ne->n", apart, apart)))


def _pulled(units: Float64Array, a: int, pulls: Float64Array) -> Float64Array:
    """Return the derivative by unit vector a of distances to it, weighted; that of 0 is 0."""
    apart = units[a] - units
    lengths = np.sqrt(np.einsum("ne,ne->n", apart, apart))
    return np.asarray((pulls / np.where(lengths > 0, lengths, np.inf)) @ apart)


def nt_xent(encodings: AnyArray, views: Directions, names: Sequence[str] | None = None) -> Loss:
    r"""
    Return the mean cross-entropy of each vector's partner among the 2N - 1 other vectors.

    .. math:: L = -\frac{1}{2N} \sum_a \Big( \frac{\phi_a \cdot \phi_{p(a)}}{0.07}
              - \ln \sum_{b \neq a} e^{\phi_a \cdot \phi_b / 0.07} \Big)

    Parameters
    ----------
    encodings : (N, E) ndarray
        Those of the attacked inputs.
    views : Directions
        Those of a view of each input, N of length E: constants.
    names : sequence of str, optional
        What to call the inputs in an error.

    Examples
    --------
    >>> values, _ = nt_xent(np.eye(2), directions(np.eye(2)))
    >>> float(values[0].round(9))
    1.25e-06
    """
    attacked = directions(encodings, names)
    n = len(attacked.units)
    units = np.concatenate([attacked.units, views.units])
    similar = units @ units.T / TEMPERATURE
    np.fill_diagonal(similar, -np.inf)
    each = np.arange(2 * n)
    partners = np.roll(each, n)
    largest = similar.max(axis=1, keepdims=True)
    powers = np.exp(similar - largest)
    totals = powers.sum(axis=1, keepdims=True)
    values = np.log(totals[:, 0]) + largest[:, 0] - similar[each, partners]
    chances = powers / totals
    gradient = (chances + chances.T)[:n] @ units - 2 * units[partners[:n]]
    gradient /= 2 * n * TEMPERATURE
    return Loss(np.array([values.mean()]), attacked.gradient(gradient))
