"""The joint distribution of the scores of several encoders that saw the same inputs."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics.interval import LEVEL
from rmqm_spec.characteristics.sums import exact_mean

__all__ = ["N_DRAWS", "SEED", "JointScores", "standard_errors"]

SEED: Final = 0
"""Of the draws: the same results give the same ranking, bit for bit on one machine."""

N_DRAWS: Final = 100_000
"""A probability of 0.5 is then known to 0.003, and the simultaneous quantile to 0.01."""


def standard_errors(contributions: Float64Array) -> Float64Array:
    """
    Return the paired standard error of each difference of scores, symmetric, zero on the diagonal.

    Parameters
    ----------
    contributions : (N, K) ndarray of float64
        Contribution of each of N inputs to the score of each of K encoders.

    Returns
    -------
    (K, K) ndarray of float64
        ``sqrt(sum(e**2) / (N (N - 1)))`` of the centred differences e. Taken from the differences,
        not from variances and covariances, so that equal encoders have exactly zero.

    Examples
    --------
    >>> standard_errors(np.array([[1.0, 1.0, 3.0], [2.0, 2.0, 2.0]]))
    array([[0., 0., 1.],
           [0., 0., 1.],
           [1., 1., 0.]])
    """
    n, k = contributions.shape
    errors = np.zeros((k, k))
    for row in range(k):
        for column in range(row):
            differences = contributions[:, row] - contributions[:, column]
            differences = differences - exact_mean(differences)
            error = math.sqrt(exact_mean(differences * differences) / (n - 1))
            errors[row, column] = errors[column, row] = error
    return errors


@frozen(kw_only=True, eq=False)
class JointScores:
    """
    Random draws of the scores that an endless supply of such inputs would give.

    Parameters
    ----------
    scores : (K,) ndarray of float64
        The measured scores.
    deviations : (M, K) ndarray of float64
        M draws of the multivariate Student t with N - 1 degrees of freedom around zero, its scale
        the paired covariance of the contributions.
    errors : (K, K) ndarray of float64
        Standard errors of the differences, from `standard_errors`.
    freedom : int
        N - 1.
    """

    scores: Float64Array
    deviations: Float64Array
    errors: Float64Array
    freedom: int

    @classmethod
    def of(cls, scores: Float64Array, contributions: Float64Array) -> JointScores:
        """Draw from the contributions (N, K) of N >= 2 inputs to K scores."""
        n, k = contributions.shape
        centred = contributions - contributions.mean(axis=0)
        variances, axes = np.linalg.eigh(centred.T @ centred / (n * (n - 1)))
        root = axes * np.sqrt(np.maximum(variances, 0))
        standard, spread = _draws(n, k)
        normal = standard @ root.T
        twins = [_first_equal(contributions, encoder) for encoder in range(k)]
        return cls(
            scores=scores,
            deviations=(normal * spread)[:, twins],
            errors=standard_errors(contributions),
            freedom=n - 1,
        )

    @classmethod
    def of_nested(
        cls, scores: Float64Array, covariance: Float64Array, errors: Float64Array, n: int
    ) -> JointScores:
        """
        Draw from scores that rest on the first inputs of one sequence, some on more than others.

        Parameters
        ----------
        scores : (K,) ndarray of float64
            The scores, up to a common constant.
        covariance : (K, K) ndarray of float64
            Of their errors; negative variances, as estimates from different inputs may have, count
            as zero.
        errors : (K, K) ndarray of float64
            Standard errors of the differences.
        n : int
            Fewest inputs of a score.
        """
        k = len(scores)
        variances, axes = np.linalg.eigh(covariance)
        standard, spread = _draws(n, k)
        root = axes * np.sqrt(np.maximum(variances, 0))
        equal = (errors == 0) & (scores[:, None] == scores)
        twins = [int(np.argmax(equal[encoder])) for encoder in range(k)]
        deviations = (standard @ root.T * spread)[:, twins]
        return cls(scores=scores, deviations=deviations, errors=errors, freedom=n - 1)

    def quantile(self) -> float:
        """
        Return how many standard errors every difference is at most off, with 95 % probability.

        One difference alone needs Student's quantile; of several the largest counts (max-t), its
        quantile taken over the draws. Encoders that are equal add nothing.
        """
        from scipy.special import stdtrit

        k = len(self.scores)
        rows, columns = np.nonzero(np.tril(self.errors))
        if k < 3 or not rows.size:
            return float(stdtrit(self.freedom, (1 + LEVEL) / 2))
        largest = np.zeros(len(self.deviations))
        for row, column in zip(rows, columns, strict=True):
            differences = np.abs(self.deviations[:, row] - self.deviations[:, column])
            np.maximum(largest, differences / self.errors[row, column], out=largest)
        return float(np.quantile(largest, LEVEL))

    def above(self, first: int, second: int) -> float:
        """Return the probability that the score of `first` is above that of `second`."""
        from scipy.special import stdtr

        difference = self.scores[first] - self.scores[second]
        error = self.errors[first, second]
        if error == 0:
            return 0.5 * (1 + float(np.sign(difference)))
        return float(stdtr(self.freedom, difference / error))

    def positions(self) -> Float64Array:
        """
        Return the probability of each encoder (row) at each position (column), (K, K).

        Encoders that are equal share their positions evenly, so that rows and columns sum to 1.
        """
        drawn = self._drawn()
        k = drawn.shape[1]
        probabilities = np.zeros((k, k))
        for encoder in range(k):
            above = (drawn > drawn[:, [encoder]]).sum(axis=1)
            equal = (drawn == drawn[:, [encoder]]).sum(axis=1)
            for count in range(1, k + 1):
                places = np.bincount(above[equal == count], minlength=k)
                for place in np.flatnonzero(places):
                    probabilities[encoder, place : place + count] += places[place] / count
        return probabilities / len(drawn)

    def of_order(self, order: list[int]) -> float:
        """Return the probability that the scores fall, or stay, along `order`."""
        drawn = self._drawn()[:, order]
        return float(np.mean(np.all(drawn[:, :-1] >= drawn[:, 1:], axis=1)))

    def _drawn(self) -> Float64Array:
        return np.asarray(self.scores + self.deviations)


@lru_cache(maxsize=2)
def _draws(n: int, k: int) -> tuple[Float64Array, Float64Array]:
    """
    Draw standard normals (M, K), and what makes Student's t of them, (M, 1).

    They depend on nothing else, and a ranking beside nulls needs the same ones many times.
    """
    random = np.random.default_rng(SEED)
    standard = random.standard_normal((N_DRAWS, k))
    spread = np.sqrt((n - 1) / random.chisquare(n - 1, (N_DRAWS, 1)))
    for drawn in (standard, spread):
        drawn.flags.writeable = False
    return standard, spread


def _first_equal(contributions: Float64Array, encoder: int) -> int:
    """Return the first encoder with the same contributions as `encoder`: both share their draws."""
    equal = (contributions == contributions[:, [encoder]]).all(axis=0)
    return int(np.argmax(equal))
