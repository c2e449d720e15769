"""Unit vectors that are not all equal: what measures of neighbourhoods start from."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.measures.prepared import unit_rows
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["distinct_unit_rows"]

_EQUAL: Final = 1e-14
"""Unit vectors that differ by less are equal up to rounding."""


def distinct_unit_rows(encodings: AnyArray) -> Float64Array:
    """
    Return encodings, (N, E), scaled to unit length, as for RMQM; not all of one direction.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero``; ``constant`` where all directions are equal.

    Examples
    --------
    >>> distinct_unit_rows(np.array([[3.0, 4.0], [0.0, 2.0]])).tolist()
    [[0.6, 0.8], [0.0, 1.0]]
    """
    rows = unit_rows(encodings)
    if np.abs(rows - rows[0]).max() < _EQUAL:
        raise Undefined("constant")
    return rows
