"""The votes of weighted neighbours on the class of a query, and the class that they decide on."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.neighbours.estimates import Positions

__all__ = ["UNDECIDED", "are_wrong", "class_votes", "predictions", "soft_errors", "softmax_votes"]

UNDECIDED: Final = -1
"""The prediction where all votes are 0: no class, and so never the right one."""

_DECIMALS: Final = 12
"""Votes that are equal after this rounding are equal: the order of a sum decides nothing."""


def class_votes(
    indices: Positions, shares: Float64Array, classes: AnyArray, n_classes: int
) -> Float64Array:
    """
    Return the sum of the shares of the neighbours of each class.

    Parameters
    ----------
    indices : (M, k) ndarray of int
        Positions of the candidates of M queries in the gallery.
    shares : (M, k) ndarray of float64
        Their shares, for example `Neighbourhoods.shares`.
    classes : (G,) ndarray of int
        Class of each row of the gallery, from 0 to C - 1.
    n_classes : int
        C.

    Returns
    -------
    (M, C) ndarray of float64
        Rows sum to 1, or to 0 for a query without neighbours.

    Raises
    ------
    UsageError
        ARG001 if classes are not numbers from 0 to C - 1.
    ShapeError
        ARG001 if there is not one share for each candidate, or not one class for each row.

    Examples
    --------
    >>> class_votes(np.array([[2, 0]]), np.array([[0.75, 0.25]]), np.array([0, 0, 1]), 2).tolist()
    [[0.25, 0.75]]
    """
    classes = numbered(classes, n_classes)
    indices, shares = np.asarray(indices), np.asarray(shares)
    check_shares(indices, shares, classes, "class")
    if classes.ndim != 1:
        raise ShapeError(
            "ARG001", f"classes must be (G,); got {classes.shape}", fix="Give classes.ravel()."
        )
    n_queries = len(indices)
    places = np.arange(n_queries)[:, None] * n_classes + classes[indices]
    votes = np.bincount(places.ravel(), shares.ravel(), minlength=n_queries * n_classes)
    return np.asarray(votes.reshape(n_queries, n_classes), dtype=np.float64)


def softmax_votes(logits: AnyArray) -> Float64Array:
    """
    Return the votes of the model itself, from its logits (M, C): their softmax.

    Raises
    ------
    EncodingError
        ENC001 if a logit is not finite: it would vote for no class, or for any.
    ShapeError
        ARG001 unless there is a row of logits for each query.

    Examples
    --------
    >>> softmax_votes(np.log(np.array([[1.0, 3.0]]))).round(12).tolist()
    [[0.25, 0.75]]
    """
    from scipy.special import softmax

    logits = _rows_of("logits", np.asarray(logits, dtype=np.float64))
    if not np.isfinite(logits).all():
        row, _ = np.argwhere(~np.isfinite(logits))[0]
        raise EncodingError(
            "ENC001",
            f"logits must be finite; got a value that is not in row {row}",
            fix="Leave such rows out, or check the preprocessing: float16 overflows at 65504.",
        )
    return np.asarray(softmax(logits, axis=1))


def predictions(votes: Float64Array) -> Positions:
    """
    Return the class with most votes; among equals, to 12 decimals, the smallest.

    Parameters
    ----------
    votes : (M, C) ndarray
        Of M queries.

    Returns
    -------
    (M,) ndarray of int
        Classes; `UNDECIDED` where all votes are 0.

    Raises
    ------
    UsageError
        ARG001 if a vote is NaN.
    ShapeError
        ARG001 unless there is a row of votes for each query.

    Examples
    --------
    >>> predictions(np.array([[0.1, 0.9], [0.5, 0.5], [0.0, 0.0]])).tolist()
    [1, 0, -1]
    """
    votes = _rows_of("votes", np.asarray(votes, dtype=np.float64))
    if np.isnan(votes).any():
        raise UsageError(
            "ARG001",
            f"votes must be numbers; got NaN in row {np.argwhere(np.isnan(votes))[0][0]}",
            fix="Leave such queries out.",
        )
    decided = votes.any(axis=1)
    return np.where(decided, votes.round(_DECIMALS).argmax(axis=1), UNDECIDED)


def are_wrong(votes: Float64Array, classes: AnyArray) -> BoolArray:
    """
    Return whether each prediction differs from the class of the query; `UNDECIDED` is wrong.

    Examples
    --------
    >>> are_wrong(np.array([[0.1, 0.9], [0.5, 0.5], [0.0, 0.0]]), np.array([1, 1, 0])).tolist()
    [False, True, True]
    """
    return np.asarray(predictions(votes) != _of_queries(np.asarray(votes), classes))


def soft_errors(votes: Float64Array, classes: AnyArray) -> Float64Array:
    r"""
    Return 1 minus the votes for the class of the query.

    .. math:: 1 - \sum_i w_i \, 1[y_i = y]

    Parameters
    ----------
    votes : (M, C) ndarray
        Of M queries.
    classes : (M,) ndarray of int
        Their classes, from 0 to C - 1.

    Returns
    -------
    (M,) ndarray of float64
        From 0 to 1; 1 for a query without neighbours.

    Examples
    --------
    >>> soft_errors(np.array([[0.25, 0.75], [0.0, 0.0]]), np.array([1, 0])).tolist()
    [0.25, 1.0]
    """
    votes = _rows_of("votes", np.asarray(votes, dtype=np.float64))
    own = _of_queries(votes, classes)
    return np.asarray(np.clip(1 - votes[np.arange(len(votes)), own], 0.0, 1.0))


def numbered(classes: AnyArray, n_classes: int) -> Positions:
    """Return classes as positions; ARG001 unless all are whole numbers from 0 to C - 1."""
    classes = np.asarray(classes)
    is_whole = classes.dtype.kind in "iu"
    if not is_whole or classes.min(initial=0) < 0 or classes.max(initial=0) >= n_classes:
        ends = f"{classes.min()} to {classes.max()}" if is_whole else f"type {classes.dtype}"
        raise UsageError(
            "ARG001",
            f"classes must be whole numbers from 0 to {n_classes - 1}; got {ends}",
            fix="Number them: names, classes = np.unique(labels, return_inverse=True).",
        )
    return classes.astype(np.intp)


def _rows_of(name: str, given: Float64Array) -> Float64Array:
    if given.ndim != 2:
        raise ShapeError(
            "ARG001",
            f"{name} must be (M, C), a row for each query; got shape {given.shape}",
            fix=f"For a single query give {name}[None].",
        )
    return given


def check_shares(indices: Positions, shares: Float64Array, given: AnyArray, what: str) -> None:
    """Raise ARG001 unless each candidate has a share, and each row of the gallery a value."""
    if indices.ndim != 2 or shares.shape != indices.shape:
        raise ShapeError(
            "ARG001",
            f"indices and shares must both be (M, k); got {indices.shape} and {shares.shape}",
            fix="Take both from the same neighbourhoods.",
        )
    if not given.ndim or indices.max(initial=-1) >= len(given):
        raise ShapeError(
            "ARG001",
            f"rows of the gallery must have one {what} each; got {given.shape} and candidates up "
            f"to row {indices.max(initial=-1)}",
            fix=f"Give the {what} of every row.",
        )


def _of_queries(votes: Float64Array, classes: AnyArray) -> Positions:
    classes = numbered(classes, votes.shape[1])
    if classes.shape != votes.shape[:1]:
        raise ShapeError(
            "ARG001",
            f"queries must have one class each, ({len(votes)},); got {classes.shape}",
            fix="Give the classes of the queries.",
        )
    return classes
