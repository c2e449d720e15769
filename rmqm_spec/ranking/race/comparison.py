"""What a look sees: the difference of every pair on the inputs that both have, and its error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics.interval import inputs_for_skewness
from rmqm_spec.ranking.joint import standard_errors

__all__ = ["Comparison"]


@frozen(kw_only=True, eq=False)
class Comparison:
    """
    Differences of the scores of K encoders on the same inputs.

    Parameters
    ----------
    names : tuple of str
        The encoders.
    n : int
        Number of common inputs.
    differences : (K, K) ndarray of float64
        Score of the row minus that of the column.
    errors : (K, K) ndarray of float64
        Their paired standard errors.
    least : (K, K) ndarray of float64
        Inputs below which the skewness of a difference forbids an interval by Student's t; see
        `rmqm_spec.characteristics.interval.inputs_for_skewness`.
    """

    names: tuple[str, ...]
    n: int
    differences: Float64Array
    errors: Float64Array
    least: Float64Array

    @classmethod
    def of(cls, names: Sequence[str], contributions: Float64Array) -> Comparison:
        """
        Compare encoders by the contributions (N, K) of N >= 2 common inputs to their scores.

        Examples
        --------
        >>> seen = Comparison.of(["a", "b"], np.array([[2.0, 1.0], [3.0, 1.0], [4.0, 4.0]]))
        >>> seen.differences[0, 1], seen.errors[0, 1]
        (np.float64(1.0), np.float64(0.5773502691896257))
        """
        scores = contributions.mean(axis=0)
        least = np.zeros((len(names), len(names)))
        for row in range(len(names)):
            for column in range(row):
                apart = contributions[:, row] - contributions[:, column]
                least[row, column] = least[column, row] = inputs_for_skewness(apart - apart.mean())
        return cls(
            names=tuple(names),
            n=len(contributions),
            differences=scores[:, None] - scores,
            errors=standard_errors(contributions),
            least=least,
        )
