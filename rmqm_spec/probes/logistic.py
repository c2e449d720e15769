"""Multinomial logistic regression in principal axes: few steps, whatever the spectrum."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array

__all__ = ["Axes", "Logistic", "few_threads", "fit_logistic"]

_CURVATURE: Final = 0.1
"""Guess of p (1 - p), by which the loss curves along a logit; it changes the steps alone."""

_WORTH_THREADS: Final = 2**27
"""Below so many products in a step, threads of the linear algebra cost more than they bring."""


@frozen(eq=False)
class Axes:
    """
    Vectors in their principal axes, to which a fit is made at any penalty.

    Parameters
    ----------
    mean : (E,) ndarray of float64
        Their mean.
    basis : (E, r) ndarray of float64
        Orthonormal axes that span the centred vectors.
    rows : (N, r) ndarray of float64
        The centred vectors in these axes.
    """

    mean: Float64Array
    basis: Float64Array
    rows: Float64Array

    @classmethod
    def of(cls, vectors: Float64Array) -> Axes:
        """
        Rotate vectors (N, E) into their principal axes.

        Where N < E the axes are those of the rows alone: weights across them would bear the
        penalty and help no vector, so they are zero at the optimum.
        """
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        if len(vectors) < vectors.shape[1]:
            basis = np.linalg.svd(centred, full_matrices=False)[2].T
        else:
            basis = np.linalg.eigh(centred.T @ centred)[1]
        return cls(mean, basis, centred @ basis)


@frozen(eq=False)
class Logistic:
    """
    A fitted logistic regression.

    Parameters
    ----------
    axes : Axes
        What it was fitted to.
    known : (K,) ndarray of int
        The classes that it can name.
    weights : (r, m) ndarray of float64
        In principal axes, a column a class; of two classes, that of the second alone.
    intercepts : (m,) ndarray of float64
        Of the same columns.
    iterations : int
        Iterations of L-BFGS.
    gradient : float
        Largest component of the gradient of the mean loss with penalty, with respect to weights of
        the vectors as they were given, and to intercepts.
    """

    axes: Axes
    known: npt.NDArray[np.intp]
    weights: Float64Array
    intercepts: Float64Array
    iterations: int
    gradient: float

    def predict(self, vectors: Float64Array) -> npt.NDArray[np.intp]:
        """Return the class of each vector (M, E)."""
        logits = (vectors - self.axes.mean) @ (self.axes.basis @ self.weights) + self.intercepts
        return np.asarray(self.known[_of_all(logits).argmax(axis=1)], dtype=np.intp)


def fit_logistic(
    axes: Axes,
    classes: npt.NDArray[np.intp],
    C: float,
    *,
    tolerance: float,
    max_iterations: int,
    start: Logistic | None = None,
) -> Logistic:
    """
    Fit by L-BFGS, in variables in which the loss curves about as much in every direction.

    Parameters
    ----------
    axes : Axes
        N vectors.
    classes : (N,) ndarray of int
        Their classes, at least two.
    C : float
        The inverse of the penalty.
    tolerance : float
        Largest component of the gradient at which the fit ends.
    max_iterations : int
        At most so many iterations.
    start : Logistic, optional
        A fit to the same vectors, from which to go on; by default all weights are zero.

    Returns
    -------
    Logistic

    Notes
    -----
    Along principal axis j the loss curves by no more than ``s_j^2 / (4 N) + 1 / (C N)``, where s_j
    is the singular value. Singular values of the encodings of a network span eight orders of
    magnitude, and L-BFGS needs hundreds of steps in the given coordinates. Each weight is divided
    by the root of its curvature, with `_CURVATURE` in place of 1 / 4. The optimum stays where it
    is.

    Examples
    --------
    >>> axes = Axes.of(np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.6, 0.8]]))
    >>> options = {"tolerance": 1e-7, "max_iterations": 100}
    >>> fitted = fit_logistic(axes, np.array([0, 0, 1, 1]), 10.0, **options)
    >>> fitted.predict(np.array([[0.9, 0.1]])).tolist(), fitted.gradient <= 1e-7
    ([0], True)
    """
    from scipy.optimize import minimize

    loss = _Loss(axes, classes, C)
    first = loss.zero() if start is None else loss.scaled(start.weights, start.intercepts)

    def stop(intermediate_result: Any) -> None:  # noqa: ARG001 - the name tells SciPy what to pass
        if loss.gradient <= tolerance:
            raise StopIteration

    found: Any = minimize(  # type: ignore[call-overload]
        loss,
        first,
        jac=True,
        method="L-BFGS-B",
        callback=stop,
        options={"maxiter": max_iterations, "maxfun": 100 * max_iterations}
        | {"ftol": 0.0, "gtol": 0.0},
    )
    loss(found.x)
    weights, intercepts = loss.unscaled(found.x)
    return Logistic(axes, loss.known, weights, intercepts, int(found.nit), loss.gradient)


class _Loss:
    """The mean loss with penalty, and its gradient, as functions of the scaled variables."""

    def __init__(self, axes: Axes, classes: npt.NDArray[np.intp], C: float) -> None:
        self.known = np.unique(classes).astype(np.intp)
        self._expected = (classes[:, None] == self.known).astype(np.float64)
        self._axes = axes
        self._n = len(axes.rows)
        self._penalty = 1 / (C * self._n)
        squares = np.einsum("nr,nr->r", axes.rows, axes.rows)
        scales = np.sqrt(_CURVATURE * squares / self._n + self._penalty)
        self._scales = np.append(scales, math.sqrt(_CURVATURE))[:, None]
        self.gradient = math.inf

    def zero(self) -> Float64Array:
        return np.zeros((len(self._scales), self._columns)).ravel()

    def scaled(self, weights: Float64Array, intercepts: Float64Array) -> Float64Array:
        return np.asarray((np.vstack([weights, intercepts]) * self._scales).ravel())

    def unscaled(self, variables: Float64Array) -> tuple[Float64Array, Float64Array]:
        stacked = variables.reshape(-1, self._columns) / self._scales
        return stacked[:-1], stacked[-1]

    def __call__(self, variables: Float64Array) -> tuple[float, Float64Array]:
        from scipy.special import logsumexp

        weights, intercepts = self.unscaled(variables)
        logits = _of_all(self._axes.rows @ weights + intercepts)
        total = logsumexp(logits, axis=1)
        value = float((total - (logits * self._expected).sum(axis=1)).mean())
        value += self._penalty / 2 * float((weights**2).sum())
        residual = (np.exp(logits - total[:, None]) - self._expected)[:, -self._columns :] / self._n
        of_weights = self._axes.rows.T @ residual + self._penalty * weights
        of_intercepts = residual.sum(axis=0)
        as_given = self._axes.basis @ of_weights
        self.gradient = float(max(np.abs(as_given).max(), np.abs(of_intercepts).max()))
        return value, np.asarray((np.vstack([of_weights, of_intercepts]) / self._scales).ravel())

    @property
    def _columns(self) -> int:
        return len(self.known) if len(self.known) > 2 else 1


def _of_all(logits: Float64Array) -> Float64Array:
    """Return the logits of all classes: of two, the first has none of its own."""
    if logits.shape[1] > 1:
        return logits
    return np.concatenate([np.zeros_like(logits), logits], axis=1)


def few_threads(products: int) -> AbstractContextManager[object]:
    """
    Keep fits with so many products in a step to one thread, where they are few.

    Where other processes use the cores, the threads of the linear algebra wait for each other:
    steps of a millisecond then take a tenth of a second.
    """
    from threadpoolctl import threadpool_limits

    return nullcontext() if products > _WORTH_THREADS else threadpool_limits(1)
