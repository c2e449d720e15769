"""Pairs of a score and a probe, one for each encoder and task, and their resamples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.correlation.coefficients import Coefficient
from rmqm_spec.errors import UsageError

__all__ = ["Pairs"]

_BLOCK = 2**21
"""Values of the largest intermediate array, (resamples, m, m)."""


@frozen(kw_only=True, eq=False)
class Pairs:
    """
    A score x and a probe y of each encoder in each task.

    Parameters
    ----------
    encoders, tasks : (m,) ndarray of int
        Which encoder and which task each pair belongs to, counted from 0.
    x, y : (m,) ndarray of float64
        Score and probe.
    pooled : bool
        Whether y is divided by its largest value of each task, among the encoders that are there.

    Raises
    ------
    UsageError
        COR004 if they are pooled and the largest y of a task is not above zero.
    """

    encoders: npt.NDArray[np.intp]
    tasks: npt.NDArray[np.intp]
    x: Float64Array
    y: Float64Array
    pooled: bool = False

    def __attrs_post_init__(self) -> None:
        if self.pooled:
            for task in range(self.n_tasks):
                best = self.y[self.tasks == task].max(initial=-np.inf)
                if not best > 0:
                    raise UsageError(
                        "COR004",
                        f"the best probe of a task must be above 0 to divide by it; got {best:g}",
                        fix="Leave the task out, or give probes such as accuracies.",
                    )

    @property
    def n_encoders(self) -> int:
        """Number of different encoders."""
        return int(self.encoders.max(initial=-1)) + 1

    @property
    def n_tasks(self) -> int:
        """Number of different tasks."""
        return int(self.tasks.max(initial=-1)) + 1

    def coefficient(self, of: Coefficient) -> float:
        """Return the coefficient of the pairs as they are."""
        return float(self.resampled(of, np.ones((1, self.n_encoders)))[0])

    def resampled(self, of: Coefficient, counts: Float64Array) -> Float64Array:
        """
        Return the coefficient where each encoder is there several times, with all its tasks.

        Parameters
        ----------
        of : callable
            One of `rmqm_spec.correlation.COEFFICIENTS`.
        counts : (R, n_encoders) ndarray
            How often each encoder is drawn in each of R resamples.

        Returns
        -------
        (R,) ndarray of float64
            NaN where a resample leaves x or y without differences.
        """
        weights = counts[:, self.encoders]
        return np.concatenate(
            [of(self.x, self.normalised(part), part) for part in self._blocks(weights)]
        )

    @property
    def exchangeable(self) -> bool:
        """Whether encoders can exchange their scores: each has a score for every task."""
        return bool(np.isfinite(self._scores()).all())

    def exchanged(self, of: Coefficient, orders: npt.NDArray[np.intp]) -> Float64Array:
        """
        Return the coefficient where encoders have exchanged their scores, with all their tasks.

        Parameters
        ----------
        of : callable
            The coefficient.
        orders : (R, n_encoders) ndarray of int
            R permutations: encoder k takes the scores of encoder ``orders[:, k]``.

        Returns
        -------
        (R,) ndarray of float64
        """
        scores, weights = self._scores(), np.ones(len(self.x))
        y = self.normalised(weights[None])
        return np.concatenate(
            [
                of(scores[part[:, self.encoders], self.tasks], y, weights)
                for part in self._blocks(orders)
            ]
        )

    def normalised(self, weights: Float64Array) -> Float64Array:
        """Return y as it is correlated, (R, m) for weights (R, m): y over the best of its task."""
        if not self.pooled:
            return self.y
        quotients = np.broadcast_to(self.y, weights.shape).copy()
        for task in range(self.n_tasks):
            rows = self.tasks == task
            best = np.where(weights[:, rows] > 0, self.y[rows], -np.inf).max(-1, keepdims=True)
            quotients[:, rows] /= np.where(best > 0, best, 1.0)
        return quotients

    def _scores(self) -> Float64Array:
        """Scores by encoder and task; where none depends on the task, it holds in all of them."""
        scores = np.full((self.n_encoders, self.n_tasks), np.nan)
        scores[self.encoders, self.tasks] = self.x
        of_encoder = np.nanmax(scores, axis=1, keepdims=True)
        if (np.isnan(scores) | (scores == of_encoder)).all():
            scores[:] = of_encoder
        return scores

    def _blocks(self, draws: AnyArray) -> Iterator[AnyArray]:
        size = max(1, _BLOCK // len(self.x) ** 2)
        return (draws[first : first + size] for first in range(0, len(draws), size))
