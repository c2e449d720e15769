"""The polytope whose corners are the neighbours of a query: its width, and its labels."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import ShapeError
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods
from rmqm_spec.nnk.rows import unit_rows

__all__ = ["are_mixed", "diameters"]

_BLOCK: Final = 2**20
"""Number of values of neighbours held together."""


def diameters(neighbourhoods: Neighbourhoods, gallery: AnyArray) -> Float64Array:
    r"""
    Return the greatest distance between two neighbours of each query, as unit vectors.

    .. math:: \operatorname{diam}(q) = \max_{i, j \in \operatorname{supp} \theta_q}
        \Bigl\lVert \frac{x_i}{\lVert x_i \rVert} - \frac{x_j}{\lVert x_j \rVert} \Bigr\rVert_2

    Parameters
    ----------
    neighbourhoods : Neighbourhoods
        Of M queries.
    gallery : (G, E) ndarray
        The rows that their indices name; finite and not zero, of any length.

    Returns
    -------
    (M,) ndarray of float64
        In [0, 2]; 0 for fewer than two neighbours. Only candidates with a weight above 0 count,
        and never the query.

    Raises
    ------
    EncodingError
        ENC001 for values that are not finite, ENC002 for a row of zeros.
    ShapeError
        ARG001 if there are fewer rows than the indices name.

    Notes
    -----
    Shekkizhar and Ortega, "A data-driven graph framework for geometric understanding of deep
    learning", GSP Workshop 2023: small where an encoder is invariant. That distances are those of
    unit vectors follows from the range that the slides give. Public code of the same group
    (``VISSL_NNK_Benchmark``) calls something else a diameter: the greatest distance from the query
    to any candidate.

    The pair is found by products of vectors from which the nearest neighbour was subtracted. These
    vectors are no longer than the diameter, so its relative error is that of a difference.

    Examples
    --------
    >>> from rmqm_spec.nnk import all_neighbourhoods
    >>> gallery = np.array([[3.0, 4.0], [0.6, -0.8], [-1.0, 0.0]])
    >>> [round(float(each), 12) for each in
    ...  diameters(all_neighbourhoods(np.array([[1.0, 0.0]]), gallery, 3), gallery)]
    [1.6]
    """
    is_neighbour = neighbourhoods.weights > 0
    n_most = max(1, int(neighbourhoods.counts.max(initial=0)))
    order = np.argsort(~is_neighbour, axis=1, kind="stable")[:, :n_most]
    indices = np.take_along_axis(neighbourhoods.indices, order, axis=1)
    held = np.take_along_axis(is_neighbour, order, axis=1)
    indices = np.where(held, indices, indices[:, :1])  # a copy of the first widens nothing
    found = np.zeros(len(indices))
    gallery = np.asarray(gallery)
    _check_rows("gallery", neighbourhoods, gallery)
    size = max(1, _BLOCK // (n_most * gallery.shape[1]))
    for first in range(0, len(indices), size):
        block = slice(first, first + size)
        corners = gallery[indices[block]]
        unit = unit_rows(corners.reshape(-1, corners.shape[-1]), "neighbours")
        found[block] = _diameters(unit.reshape(corners.shape))
    return found


def _diameters(points: Float64Array) -> Float64Array:
    """Return the greatest distance among the points (B, n, E) of each set."""
    points = points - points[:, :1]
    squares = np.einsum("bne,bne->bn", points, points)
    products = points @ points.swapaxes(1, 2)
    distances = squares[:, :, None] + squares[:, None] - 2 * products
    widest = distances.reshape(len(points), -1).argmax(axis=1)
    one, other = np.divmod(widest, points.shape[1])
    sets = np.arange(len(points))
    widths = np.linalg.norm(points[sets, one] - points[sets, other], axis=1)
    return np.asarray(np.minimum(widths, 2.0))


def are_mixed(neighbourhoods: Neighbourhoods, labels: AnyArray, own_labels: AnyArray) -> BoolArray:
    """
    Return whether a query has at least one neighbour with another label than its own.

    Parameters
    ----------
    neighbourhoods : Neighbourhoods
        Of M queries.
    labels : (G,) ndarray
        Labels of the rows of the gallery.
    own_labels : (M,) ndarray
        Labels of the queries.

    Returns
    -------
    (M,) ndarray of bool
        False for a query without neighbours.

    Raises
    ------
    ShapeError
        ARG001 if there is not one label for each query, or fewer labels than gallery rows that
        the indices name.

    Notes
    -----
    The number of mixed polytopes is what the slides of 2023 show against the size of a model.

    Examples
    --------
    >>> from rmqm_spec.nnk import all_neighbourhoods
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> found = all_neighbourhoods(rows, rows, 2, own=np.arange(3))
    >>> are_mixed(found, np.array([0, 0, 1]), np.array([0, 0, 1])).tolist()
    [False, True, True]
    """
    labels, own_labels = np.asarray(labels), np.asarray(own_labels)
    if own_labels.shape != neighbourhoods.errors.shape:
        raise ShapeError(
            "ARG001",
            f"queries must have one label each, ({len(neighbourhoods.errors)},); got "
            f"{own_labels.shape}",
            fix="Give the labels of the queries of this block.",
        )
    _check_rows("labels", neighbourhoods, labels)
    differs = labels[neighbourhoods.indices] != own_labels[:, None]
    return np.asarray((differs & (neighbourhoods.weights > 0)).any(axis=1))


def _check_rows(name: str, neighbourhoods: Neighbourhoods, given: AnyArray) -> None:
    farthest = int(neighbourhoods.indices.max(initial=-1))
    if len(given) <= farthest:
        raise ShapeError(
            "ARG001",
            f"{name} must have a row for each position that neighbourhoods name, up to {farthest}; "
            f"got {len(given)}",
            fix="Give those of the same gallery.",
        )
