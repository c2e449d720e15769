"""Encodings of the same inputs: one row an input, as many rows in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import ShapeError
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["same_inputs"]


def same_inputs(encodings: Sequence[AnyArray]) -> None:
    """
    Check encodings of the same inputs by several encoders.

    Parameters
    ----------
    encodings : sequence of (N, E) ndarray
        E may differ.

    Raises
    ------
    ShapeError
        ARG001 if they are not matrices of equally many rows.
    Undefined
        ``not-finite``.

    Examples
    --------
    >>> same_inputs([np.ones((3, 2)), np.ones((3, 5))])
    """
    shapes = [rows.shape for rows in encodings]
    if {len(shape) for shape in shapes} != {2} or len({shape[0] for shape in shapes}) != 1:
        raise ShapeError(
            "ARG001",
            f"encodings must be (N, E) of the same N inputs; got {', '.join(map(str, shapes))}",
            fix="Encode the same inputs with every encoder.",
        )
    if not all(np.isfinite(rows).all() for rows in encodings):
        raise Undefined("not-finite")
