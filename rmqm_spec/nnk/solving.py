"""Weights from kernel values, by the solver that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.nnk import active_set, pruning
from rmqm_spec.nnk.start import loops

__all__ = ["Solver", "check_solver", "errors_of", "solve", "weights_of"]

Solver = Literal["exact", "reference"]

_ROUNDING: Final = 1e-9


def solve(
    grams: npt.ArrayLike, similarities: npt.ArrayLike, *, solver: Solver = "exact"
) -> Float64Array:
    """
    Return the weights t >= 0 that minimise 1/2 t'Kt - b't, for kernels that are already computed.

    Parameters
    ----------
    grams : (B, k, k) or (k, k) array_like
        K, the kernel values among the candidates of each query: symmetric, positive semidefinite,
        with 1 on the diagonal. Singular ones are fine.
    similarities : (B, k) or (k,) array_like
        b, the kernel values of the query with its candidates, nearest first.
    solver : {"exact", "reference"}
        The optimum, or the weights of the published solver (`rmqm_spec.nnk.pruning`).

    Returns
    -------
    (B, k) or (k,) ndarray of float64
        Weights, at least 0. Where several weights are optimal, those that the active-set method
        reaches: it adds the candidate with the largest gradient b - Kt, and of equal ones the
        nearest.

    Raises
    ------
    ShapeError
        ARG001 if the shapes do not fit.
    UsageError
        ARG001 if a value is not finite, a diagonal is not 1, or K is not symmetric or not positive
        semidefinite, as far as this shows.

    Examples
    --------
    Both candidates are neighbours only if K_12 < b_2 / b_1 < 1 / K_12:

    >>> solve([[1.0, 0.5], [0.5, 1.0]], [0.8, 0.6]).round(3).tolist()
    [0.667, 0.267]
    >>> solve([[1.0, 0.8], [0.8, 1.0]], [0.8, 0.6]).tolist()
    [0.8, 0.0]
    """
    check_solver(solver)
    gram, towards = np.asarray(grams, dtype=np.float64), np.asarray(similarities, dtype=np.float64)
    is_single = towards.ndim == 1
    if is_single:
        gram, towards = gram[None], towards[None]
    _check(gram, towards)
    n_rows = towards.shape[1] + 1
    values = np.ones((len(gram), n_rows, n_rows))
    values[:, 1:, 1:] = gram
    values[:, 0, 1:] = values[:, 1:, 0] = towards
    try:
        weights = weights_of(values, solver, loops(len(gram)))
    except ArithmeticError as error:
        raise UsageError(
            "ARG001",
            f"kernel values must be positive semidefinite; got values for which {error}",
            fix="Compute K and b from the same rows by the same kernel.",
        ) from error
    return weights[0] if is_single else weights


def check_solver(solver: str) -> None:
    """Raise `UsageError` if there is no such solver."""
    if solver not in get_args(Solver):
        raise UsageError(
            "ARG001",
            f"solver must be one of {', '.join(get_args(Solver))}; got {solver!r}",
            fix='Take "exact" for the optimum.',
        )


def weights_of(
    values: Float64Array, solver: Solver, compiled: ModuleType | None = None
) -> Float64Array:
    """Return the weights (B, k) from the kernel values (B, k + 1, k + 1), the query being row 0."""
    if solver == "reference":
        return _one_by_one(pruning.weights_of_query, values)
    if compiled is None:
        return _one_by_one(active_set.weights_of_query, values)
    weights: Float64Array = compiled.weights_of_queries(values)
    return weights


def errors_of(values: Float64Array, weights: Float64Array) -> Float64Array:
    """Return 1 - 2 t'b + t'Kt of each query: how far it is from its neighbours' weighted sum."""
    residual = np.concatenate([np.ones((len(weights), 1)), -weights], axis=1)
    squared = (residual * (values @ residual[..., None])[..., 0]).sum(axis=1)
    return np.asarray(np.maximum(squared, 0.0))


def _one_by_one(
    function: Callable[[Float64Array], Float64Array], values: Float64Array
) -> Float64Array:
    weights = np.empty((len(values), values.shape[1] - 1))
    for row, each in zip(weights, values, strict=True):
        row[:] = function(each)
    return weights


def _check(grams: Float64Array, similarities: Float64Array) -> None:
    shape = (*similarities.shape, similarities.shape[-1])
    if similarities.ndim != 2 or grams.shape != shape or not similarities.shape[1]:
        raise ShapeError(
            "ARG001",
            f"kernel values must be (B, k, k) among candidates and (B, k) with the query; got "
            f"{grams.shape} and {similarities.shape}",
            fix="Give both for the same queries and candidates.",
        )
    wrong = _wrong(grams, similarities)
    if wrong:
        raise UsageError("ARG001", wrong, fix="Divide K_ij by the root of K_ii K_jj.")


def _wrong(grams: Float64Array, similarities: Float64Array) -> str | None:
    if not (np.isfinite(grams).all() and np.isfinite(similarities).all()):
        return "kernel values must be finite; got some that are not"
    diagonal = np.abs(np.diagonal(grams, axis1=1, axis2=2) - 1)
    if diagonal.max(initial=0.0) > _ROUNDING:
        return f"K must have 1 on its diagonal; got {1 + diagonal.max():.6g}"
    if np.abs(grams - grams.swapaxes(1, 2)).max(initial=0.0) > _ROUNDING:
        return "K must be symmetric; got K_ij that differ from K_ji"
    largest = np.abs(similarities).max(initial=0.0)
    return None if largest <= 1 + _ROUNDING else f"b must be at most 1; got {largest:.6g}"
