"""The linear probe: multinomial logistic regression on unit vectors, and whether it converged."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.probes.split import stratified_split

__all__ = ["DEFAULT_C", "LinearProbe", "fit_linear_probe"]

DEFAULT_C = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)
"""Values of C that are tried: the inverse of the penalty on the weights."""

MAX_ITERATIONS = 2000
TOLERANCE = 1e-5
"""The largest component of the gradient at which the fit counts as converged."""

_SHARE_TO_CHOOSE = 0.75
"""Share of the training part on which candidates are fitted to choose among them."""


@frozen(kw_only=True, eq=False)
class LinearProbe:
    """
    A fitted linear probe.

    Parameters
    ----------
    predictions : (M,) ndarray of int
        The class of each test vector.
    C : float
        The inverse of the penalty that was used.
    held_out : dict of float to float, optional
        Accuracy of every candidate on a held-out quarter of the training part; None where there
        was one candidate.
    converged : bool
        Whether the largest component of the gradient is at most 1e-5.
    iterations : int
        Iterations of L-BFGS.
    gradient : float
        Largest component of the gradient of the mean loss with penalty.
    """

    predictions: npt.NDArray[np.intp]
    C: float
    held_out: dict[float, float] | None
    converged: bool
    iterations: int
    gradient: float


def fit_linear_probe(
    train: Float64Array,
    classes: npt.NDArray[np.intp],
    ids: Sequence[str],
    test: Float64Array,
    candidates: Sequence[float] = DEFAULT_C,
) -> LinearProbe:
    r"""
    Fit multinomial logistic regression in float64 and predict the classes of test vectors.

    .. math:: \frac{1}{n} \sum_i -\log p(c_i \mid \phi_i) + \frac{\lVert W \rVert^2}{2 C n}

    Parameters
    ----------
    train : (N, E) ndarray of float64
        Unit vectors.
    classes : (N,) ndarray of int
        Their classes, of which there are at least two.
    ids : sequence of str
        Content hashes, by which a quarter is held out to choose C.
    test : (M, E) ndarray of float64
        Unit vectors.
    candidates : sequence of float
        Values of C. Of several, the value with the best accuracy on the held-out quarter is taken
        (the smallest if several are equally good) and fitted to the whole training part.

    Returns
    -------
    LinearProbe

    Raises
    ------
    UsageError
        PRB015 if there are several candidates, and no class has a training input to hold out.

    Notes
    -----
    scikit-learn's LogisticRegression (L-BFGS). The intercept bears no penalty, so the vectors are
    centred first, which changes the path of the optimiser and not the optimum.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.6, 0.8]])
    >>> probe = fit_linear_probe(vectors, np.array([0, 0, 1, 1]), "abcd", vectors, [10.0])
    >>> probe.predictions.tolist(), probe.converged
    ([0, 0, 1, 1], True)
    """
    candidates = sorted(candidates)
    held_out = None
    if len(candidates) > 1:
        held_out = _held_out_accuracies(train, classes, ids, candidates)
    C = (
        candidates[0]
        if held_out is None
        else max(candidates, key=lambda candidate: held_out[candidate])
    )
    mean = train.mean(axis=0)
    fitted = _fit(_estimator(C), train - mean, classes)
    gradient = _largest_gradient(fitted, train - mean, classes)
    return LinearProbe(
        predictions=fitted.predict(test - mean),
        C=C,
        held_out=held_out,
        converged=gradient <= TOLERANCE,
        iterations=int(fitted.n_iter_.max()),
        gradient=gradient,
    )


def _held_out_accuracies(
    vectors: Float64Array,
    classes: npt.NDArray[np.intp],
    ids: Sequence[str],
    candidates: Sequence[float],
) -> dict[float, float]:
    inside = stratified_split(ids, [str(label) for label in classes], _SHARE_TO_CHOOSE)
    if inside.all():
        raise UsageError(
            "PRB015",
            f"C must be chosen on inputs that are held out; got {len(ids)} training inputs, one of "
            "each class",
            fix="Say which: --C 1. Or give more inputs of each class.",
        )
    mean = vectors[inside].mean(axis=0)
    estimator = _estimator(candidates[0], warm_start=True)
    accuracies = {}
    for C in candidates:
        _fit(estimator.set_params(C=C), vectors[inside] - mean, classes[inside])
        accuracies[C] = float(estimator.score(vectors[~inside] - mean, classes[~inside]))
    return accuracies


def _estimator(C: float, **options: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, tol=TOLERANCE, max_iter=MAX_ITERATIONS, **options)


def _fit(estimator: Any, vectors: Float64Array, classes: npt.NDArray[np.intp]) -> Any:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the gradient shows it
        return estimator.fit(vectors, classes)


def _largest_gradient(fitted: Any, vectors: Float64Array, classes: npt.NDArray[np.intp]) -> float:
    """Return the largest component, over weights and intercepts, of the gradient of the loss."""
    expected = (classes[:, None] == fitted.classes_).astype(np.float64)
    residual = fitted.predict_proba(vectors) - expected
    if len(fitted.classes_) == 2:
        residual = residual[:, 1:]  # two classes have one vector of weights
    n = len(vectors)
    weights = residual.T @ vectors / n + fitted.coef_ / (fitted.C * n)
    return float(max(np.abs(weights).max(), np.abs(residual.mean(axis=0)).max()))
