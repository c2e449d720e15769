"""The linear probe: multinomial logistic regression on unit vectors, and whether it converged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.probes.logistic import Axes, Logistic, few_threads, fit_logistic
from rmqm_spec.probes.split import stratified_split

__all__ = ["DEFAULT_C", "LinearProbe", "fit_linear_probe"]

DEFAULT_C = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)
"""Values of C that are tried: the inverse of the penalty on the weights."""

MAX_ITERATIONS = 2000
TOLERANCE = 1e-7
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
        Whether the largest component of the gradient is at most 1e-7.
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
    The loss is that of scikit-learn's LogisticRegression. Of two classes the second alone has
    weights. The intercept bears no penalty, so the vectors are centred first, which does not move
    the optimum. How it is found, `rmqm_spec.probes.logistic` says: each candidate starts from the
    fit at the one before it, and the last fit, to the whole training part, from zero.

    A gradient of 1e-5 would not do at large C. On encodings that a hyperplane separates the loss is
    flat long before its optimum: of 797 test inputs 0.964 were right where L-BFGS stopped on its
    way from zero, 0.926 on its way from the fit at C = 1000, and 0.947 at the optimum. At 1e-7 both
    ways give 0.947.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.6, 0.8]])
    >>> probe = fit_linear_probe(vectors, np.array([0, 0, 1, 1]), "abcd", vectors, [10.0])
    >>> probe.predictions.tolist(), probe.converged
    ([0, 0, 1, 1], True)
    """
    with few_threads(train.size * len(np.unique(classes))):
        return _chosen_and_fitted(train, classes, ids, test, sorted(candidates))


def _chosen_and_fitted(
    train: Float64Array,
    classes: npt.NDArray[np.intp],
    ids: Sequence[str],
    test: Float64Array,
    candidates: Sequence[float],
) -> LinearProbe:
    held_out = None
    if len(candidates) > 1:
        held_out = _held_out_accuracies(train, classes, ids, candidates)
    C = (
        candidates[0]
        if held_out is None
        else max(candidates, key=lambda candidate: held_out[candidate])
    )
    fitted = _fit(Axes.of(train), classes, C)
    return LinearProbe(
        predictions=fitted.predict(test),
        C=C,
        held_out=held_out,
        converged=fitted.gradient <= TOLERANCE,
        iterations=fitted.iterations,
        gradient=fitted.gradient,
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
    axes = Axes.of(vectors[inside])
    accuracies: dict[float, float] = {}
    fitted: Logistic | None = None
    for C in candidates:
        fitted = _fit(axes, classes[inside], C, start=fitted)
        right = fitted.predict(vectors[~inside]) == classes[~inside]
        accuracies[C] = float(right.mean())
    return accuracies


def _fit(
    axes: Axes, classes: npt.NDArray[np.intp], C: float, start: Logistic | None = None
) -> Logistic:
    return fit_logistic(
        axes, classes, C, tolerance=TOLERANCE, max_iterations=MAX_ITERATIONS, start=start
    )
