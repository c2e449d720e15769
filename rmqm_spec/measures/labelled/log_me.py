"""LogME: the evidence that a Bayesian linear regression finds for the classes."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.measures.labelled.given import given, thin_svd
from rmqm_spec.measures.labelled.measure import LabelledMeasure
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["LOGME", "log_me"]

_TOLERANCE: Final = 1e-13
"""The iteration ends where a step changes the evidence per input by no more."""

_MAX_STEPS: Final = 2000

_FAR: Final = 1e9
"""So far beyond the squared singular values the search for a start goes, on both sides."""

_PER_DECADE: Final = 4

_WITHIN_SPAN: Final = 1e-20
"""Share of a squared length below which what lies outside the span is rounding."""


def log_me(encodings: AnyArray, classes: AnyArray) -> float:
    """
    Return the logarithm of maximum evidence, per input, averaged over the classes.

    Parameters
    ----------
    encodings : (N, E) ndarray
        F, one row an input; they are neither centred nor scaled.
    classes : (N,) ndarray
        The class of each input.

    Returns
    -------
    float
        Higher where a linear map of the encodings explains the classes better. It changes neither
        with a rotation nor with a common factor of the encodings.

    Raises
    ------
    ShapeError
        ARG001 if there is not one class per row.
    Undefined
        ``not-finite``, ``constant``, ``one-class``; ``unbounded`` where a class is an exact linear
        function of encodings of rank below N, because the evidence then has no maximum.

    Notes
    -----
    You et al., "LogME: Practical Assessment of Pre-trained Models for Transfer Learning", ICML
    2021, 2102.11005. For each class, y is 1 for its inputs and 0 for the others, and::

        y ~ Normal(F w, 1/beta),  w ~ Normal(0, 1/alpha)
        log p(y) = (E log alpha + N log beta - N log 2 pi - beta |F m - y|^2 - alpha |m|^2
                    - log det(alpha I + beta F'F)) / 2,  m = beta (alpha I + beta F'F)^-1 F'y

    at the alpha and beta that make it largest. For a given ratio t = alpha / beta the best beta is
    known, so that with F = U S V', rank r, z = U'y and q(t) = |y - U z|^2 + sum z^2 t / (t + s^2)::

        log p(y) = -(N log(2 pi q(t) / N) + N + sum log(1 + s^2 / t)) / 2

    which holds for N < E as it does for N > E. The public code, thuml/LogME, is wrong for N < E
    (its issue 23).

    The ratio is found by the paper's fixed point: with g = sum s^2 / (t + s^2), the next t is
    ``g |F m - y|^2 / ((N - g) |m|^2)``. A fixed point is stationary, perhaps no more than a local
    maximum, so the iteration starts at the best of a grid: 4 values a decade, from 1e-9 of the
    smallest to 1e9 of the largest s^2. It ends where a step changes the evidence per input by at
    most 1e-13, or after 2000 steps, and the best of all t it met counts. Where the maximum lies at
    t = 0 or at infinity, the evidence there is the limit to about 1e-9.

    There is no interval. In 150 draws of 400 inputs of 5 classes in 16 values, the delete-group
    jackknife interval held the value of 20,000 inputs in 1 %: the value rises with N, here by 0.08.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> classes = np.arange(40) % 2
    >>> noise = rng.standard_normal((40, 3))
    >>> log_me(noise + 4 * classes[:, None], classes) > log_me(noise, classes)
    True
    """
    checked = given(encodings, classes)
    largest = np.abs(checked.encodings).max()
    left, values = thin_svd(checked.encodings / largest)
    evidences = [
        _largest_evidence(_Regression.of(left, values**2, (checked.classes == number) * 1.0))
        for number in range(len(checked.sizes))
    ]
    return float(np.mean(evidences))


@frozen(eq=False)
class _Regression:
    """One class: s^2 (r,), z^2 (r,), and the squared length of y outside the span."""

    n_inputs: int
    squares: Float64Array
    inside: Float64Array
    outside: float

    @classmethod
    def of(cls, left: Float64Array, squares: Float64Array, target: Float64Array) -> _Regression:
        along = left.T @ target
        n_inputs, rank = left.shape
        rest = target - left @ along
        outside = float(rest @ rest) if rank < n_inputs else 0.0
        if rank < n_inputs and outside <= _WITHIN_SPAN * float(target @ target):
            raise Undefined("unbounded")
        return cls(n_inputs, squares, along**2, outside)

    def evidence(self, ratio: float) -> float:
        """Return log p(y) / N at alpha / beta = ratio and the best beta."""
        misfit = self.outside + float((self.inside * (ratio / (ratio + self.squares))).sum())
        volume = float(np.log1p(self.squares / ratio).sum()) / self.n_inputs
        return -(math.log(2 * math.pi * misfit / self.n_inputs) + 1 + volume) / 2

    def step(self, ratio: float) -> float:
        """Return the next ratio of the fixed point."""
        shares = self.squares / (ratio + self.squares)
        g = float(shares.sum())
        residual = self.outside + float((self.inside * (ratio / (ratio + self.squares)) ** 2).sum())
        length = float((self.inside * shares / (ratio + self.squares)).sum())
        below = (self.n_inputs - g) * length
        return g * residual / below if below > 0 else math.inf


def _largest_evidence(regression: _Regression) -> float:
    low = math.log10(float(regression.squares.min()) / _FAR)
    high = math.log10(float(regression.squares.max()) * _FAR)
    grid = np.logspace(low, high, math.ceil((high - low) * _PER_DECADE) + 1)
    found = [regression.evidence(float(ratio)) for ratio in grid]
    ratio, best = float(grid[int(np.argmax(found))]), max(found)
    latest = best
    for _ in range(_MAX_STEPS):
        ratio = regression.step(ratio)
        if not 10**low < ratio < 10**high:
            break
        before, latest = latest, regression.evidence(ratio)
        best = max(best, latest)
        if abs(latest - before) <= _TOLERANCE:
            break
    return best


LOGME = LabelledMeasure(
    name="logme",
    title="LogME",
    summary="Evidence, per input, of a Bayesian linear regression for the classes.",
    source="You et al., LogME, ICML 2021, 2102.11005",
    function=log_me,
)
