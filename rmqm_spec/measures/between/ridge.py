"""How well one encoder's encodings predict another's: held-out ridge regression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.measures.between.rows import same_inputs
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["N_FOLDS", "held_out_r2", "is_constant", "ridge_r2"]

N_FOLDS: Final = 5

_AT_LEAST: Final = 2 * N_FOLDS

_PENALTIES: Final = np.logspace(-6, 6, 25)
"""Candidates, as multiples of the mean eigenvalue of the source's correlation matrix."""

_AS_GOOD: Final = 1e-6
"""Of penalties whose criterion is within this share of the least, the largest is taken."""

_VARIES: Final = 1e-12
"""Standard deviation, as a share of the largest absolute value, below which a value is constant."""


def ridge_r2(source: AnyArray, target: AnyArray) -> float:
    """
    Return the held-out share of a target's variance that ridge regression from a source explains.

    Parameters
    ----------
    source : (N, E) ndarray
        Encodings to predict from.
    target : (N, F) ndarray
        Encodings of the same inputs, in the same order, to predict.

    Returns
    -------
    float
        At most 1; 0 for a prediction as good as the mean, below 0 for a worse one.

    Raises
    ------
    ShapeError
        ARG001 if the two are not (N, E) and (N, F).
    Undefined
        ``too-few-inputs`` below 10, ``not-finite``, ``constant`` if one of them does not vary.

    Notes
    -----
    A stand-in for the information sufficiency of Darrin et al., NeurIPS 2024, 2406.07640, that
    needs no training of densities. It sees linear relations only.

    Input i is in fold i mod 5. Rows come in the order of their ids; ids are hashes, so folds are
    random draws and nothing else is drawn. For each fold, source values are standardised and the
    regression, with intercept, is fitted on the other four. Target values are standardised over
    all inputs, which only sets their weights; those that do not vary are left out of both. Then::

        R^2 = 1 - sum (y - prediction)^2 / sum (y - mean of the training part)^2

    both sums over all inputs and target values: the mean of the values' own R^2, weighted by the
    variance each has after standardisation.

    The penalty of a fold is one of 25, from 1e-6 to 1e6 times the mean squared singular value of
    the standardised source, in steps of a factor of 10^0.5. It is one penalty for all target
    values, and it is chosen inside the training part by generalised cross-validation (Golub, Heath
    and Wahba 1979): least ``sum (y - fitted)^2 / (n - 1 - df)^2`` with n training inputs and
    ``df = sum s^2 / (s^2 + penalty)``; the largest of those within a millionth of the least.

    Examples
    --------
    >>> source = np.random.default_rng(0).standard_normal((50, 3))
    >>> round(ridge_r2(source, source @ np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])), 3)
    1.0
    """
    return held_out_r2(source, [target])[0]


def held_out_r2(source: AnyArray, targets: Sequence[AnyArray]) -> list[float]:
    """Return `ridge_r2` from one source (N, E) to each of several targets (N, F), all at once."""
    same_inputs([source, *targets])
    if len(source) < _AT_LEAST:
        raise Undefined("too-few-inputs")
    from_values = _varying(source)
    to_values = [_standardised(_varying(target)) for target in targets]
    left, total = np.zeros(len(targets)), np.zeros(len(targets))
    for fit in _fits(from_values):
        for number, values in enumerate(to_values):
            mean = values[fit.train].mean(axis=0)
            held_out = values[~fit.train] - mean
            left[number] += ((held_out - fit.predict(values[fit.train] - mean)) ** 2).sum()
            total[number] += (held_out**2).sum()
    return [float(value) for value in 1 - left / total]


@frozen(eq=False)
class _Fit:
    """A fold: which inputs train, U and s of the source there, and the others on V, (m, r)."""

    train: BoolArray
    left: Float64Array
    values: Float64Array
    others: Float64Array

    def predict(self, centred: Float64Array) -> Float64Array:
        """Return predictions (m, F) from centred training targets (n, F)."""
        if not len(self.values):
            return np.zeros((len(self.others), centred.shape[1]))
        squares, along = self.values**2, self.left.T @ centred
        inside = (along**2).sum(axis=1)
        spare = len(centred) - 1 - len(self.values)
        outside = float(((centred - self.left @ along) ** 2).sum()) if spare > 0 else 0.0
        penalties = _PENALTIES[:, None] * squares.mean()
        shrunk = penalties / (squares + penalties)
        misfit = outside + (shrunk**2 * inside).sum(axis=1)
        criterion = misfit / (spare + shrunk.sum(axis=1)) ** 2
        as_good = criterion <= criterion.min() * (1 + _AS_GOOD)
        penalty = float(penalties[as_good].max())
        return np.asarray(self.others @ ((self.values / (squares + penalty))[:, None] * along))


def _fits(source: Float64Array) -> Iterator[_Fit]:
    fold = np.arange(len(source)) % N_FOLDS
    for number in range(N_FOLDS):
        train = fold != number
        mean, deviation = source[train].mean(axis=0), source[train].std(axis=0)
        kept = deviation > _VARIES * np.abs(source[train]).max(axis=0)
        rows = (source[:, kept] - mean[kept]) / deviation[kept]
        left, values, right = np.linalg.svd(rows[train], full_matrices=False)
        solid = values > values.max(initial=0.0) * 1e-10
        yield _Fit(train, left[:, solid], values[solid], rows[~train] @ right[solid].T)


def is_constant(encodings: AnyArray) -> bool:
    """
    Return whether no value of finite encodings (N, E) varies over two or more inputs.

    Examples
    --------
    >>> is_constant(np.ones((3, 2))), is_constant(np.eye(3))
    (True, False)
    """
    if len(encodings) < 2 or not np.isfinite(encodings).all():
        return False
    return not _varies(np.asarray(encodings, dtype=np.float64)).any()


def _varies(values: Float64Array) -> BoolArray:
    return np.asarray(values.std(axis=0) > _VARIES * np.abs(values).max(axis=0))


def _varying(encodings: AnyArray) -> Float64Array:
    values = np.asarray(encodings, dtype=np.float64)
    kept = _varies(values)
    if not kept.any():
        raise Undefined("constant")
    return values[:, kept]


def _standardised(values: Float64Array) -> Float64Array:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0), dtype=np.float64)
