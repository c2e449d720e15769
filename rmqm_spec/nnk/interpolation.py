"""The class or the value of a query, predicted from its neighbours by NNK and by k-NN rules."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import ShapeError
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.kernels import Cosine, Kernel
from rmqm_spec.nnk.neighbourhoods import all_neighbourhoods
from rmqm_spec.nnk.solving import Solver
from rmqm_spec.nnk.votes import check_shares, class_votes, numbered
from rmqm_spec.nnk.weightings import (
    candidate_cosines,
    equal_shares,
    kernel_shares,
    softmax_shares,
)

__all__ = ["RULES", "interpolated", "votes_of_rules"]

RULES = ("nnk", "k-nn", "kernel-k-nn", "softmax-k-nn")
"""NNK; k-NN with equal shares, with shares by the cosine kernel, and by exp(cos / 0.07)."""


def interpolated(indices: Positions, shares: Float64Array, targets: AnyArray) -> Float64Array:
    r"""
    Return the mean of the neighbours' targets, weighted by their shares.

    .. math:: \hat y = \sum_i w_i y_i, \quad w_i = \theta_i / \sum_j \theta_j

    Parameters
    ----------
    indices : (M, k) ndarray of int
        Positions of the candidates of M queries in the gallery.
    shares : (M, k) ndarray of float64
        Their shares.
    targets : (G,) or (G, T) ndarray
        One real target, or T, for each row of the gallery.

    Returns
    -------
    (M,) or (M, T) ndarray of float64
        Within the range of the targets of the neighbours; NaN for a query without neighbours.

    Raises
    ------
    ShapeError
        ARG001 if there is not one share for each candidate, or not a target for each row.

    Examples
    --------
    >>> shares = np.array([[0.75, 0.25], [0.0, 0.0]])
    >>> interpolated(np.array([[2, 0], [0, 1]]), shares, np.array([1.0, 7.0, 3.0])).tolist()
    [2.5, nan]
    """
    indices, shares = np.asarray(indices), np.asarray(shares)
    targets = np.asarray(targets, dtype=np.float64)
    check_shares(indices, shares, targets, "target")
    known = targets[indices]
    known[shares == 0] = 0.0  # a candidate without a share says nothing, not even NaN
    found = np.einsum("mk,mk...->m...", shares, known)
    found[~shares.any(axis=1)] = np.nan
    return np.asarray(found)


def votes_of_rules(
    queries: AnyArray,
    gallery: AnyArray,
    classes: AnyArray,
    k: int,
    *,
    n_classes: int | None = None,
    kernel: Kernel | None = None,
    own: Positions | None = None,
    rank: Positions | None = None,
    solver: Solver = "exact",
) -> dict[str, Float64Array]:
    """
    Return the votes of NNK and of k-NN rules on each query's class, from the same k candidates.

    Parameters
    ----------
    queries : (M, E) ndarray
        Held-out rows; or the gallery itself, to leave each row out of its own neighbourhood.
    gallery : (G, E) ndarray
        Rows whose classes are known.
    classes : (G,) ndarray of int
        Their classes, from 0 to C - 1.
    k : int
        Number of candidates.
    n_classes : int, optional
        C; by default the largest class plus 1.
    kernel : Kernel, optional
        Of NNK; by default the cosine kernel. The k-NN rules always weigh by cosines.
    own, rank, solver
        As for `rmqm_spec.nnk.neighbourhoods`: for leave-one-out ``own=np.arange(M)``.

    Returns
    -------
    dict of str to (M, C) ndarray
        Votes by the names in `RULES`; see `rmqm_spec.nnk.predictions`,
        `rmqm_spec.nnk.soft_errors`.

    Raises
    ------
    ShapeError
        ARG001 if there is not one class for each row of the gallery.

    Notes
    -----
    DeepNNK (Shekkizhar and Ortega, arXiv 2007.10505) compares NNK with ``kernel-k-nn``, which its
    stored results call k-NN.

    Examples
    --------
    >>> from rmqm_spec.nnk import predictions
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]])
    >>> votes = votes_of_rules(rows, rows, np.array([0, 0, 1, 1]), 2, own=np.arange(4))
    >>> {rule: predictions(each).tolist() for rule, each in votes.items()}["nnk"]
    [0, 1, 0, 1]
    """
    classes = np.asarray(classes)
    if classes.shape != np.shape(gallery)[:1]:
        raise ShapeError(
            "ARG001",
            f"rows of the gallery must have one class each, ({len(gallery)},); got {classes.shape}",
            fix="Give the class of every row.",
        )
    if n_classes is None:
        n_classes = 1 + int(numbered(classes, np.iinfo(np.intp).max).max(initial=0))
    kernel = Cosine() if kernel is None else kernel
    found = all_neighbourhoods(
        queries, gallery, k, kernel=kernel, own=own, rank=rank, solver=solver
    )
    cosines = candidate_cosines(queries, gallery, found.indices)
    shares = (
        found.shares,
        equal_shares(found.indices),
        kernel_shares(cosines),
        softmax_shares(cosines),
    )
    return {
        rule: class_votes(found.indices, each, classes, n_classes)
        for rule, each in zip(RULES, shares, strict=True)
    }
