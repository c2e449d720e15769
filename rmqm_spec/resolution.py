"""The resolution rule: rounding must not pass for movement (clause family RMQM-RES)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError

__all__ = ["RESOLUTION", "at_resolution", "resolution_of"]

RESOLUTION: Final = MappingProxyType(
    {"float64": 1e-12, "float32": 1e-6, "float16": 1e-3, "bfloat16": 1e-3}
)
"""Smallest distance between unit vectors that counts as movement, by the encoder's arithmetic."""


def resolution_of(dtype: npt.DTypeLike) -> float:
    """
    Return the resolution of an encoder that computes in `dtype`.

    Parameters
    ----------
    dtype : dtype-like
        A floating type; integer encodings are exact and get the resolution of float64.

    Returns
    -------
    float
        Smallest distance between unit vectors that counts as movement, dimensionless.

    Examples
    --------
    >>> resolution_of(np.float32)
    1e-06
    """
    return RESOLUTION.get(np.dtype(dtype).name, RESOLUTION["float64"])


def checked_resolution(resolution: float) -> float:
    """Return `resolution` if it is a number in [0, 1), else raise `UsageError`."""
    if not 0.0 <= resolution < 1.0:
        raise UsageError(
            "ARG001",
            f"resolution must lie in [0, 1); got {resolution}",
            fix=f"Use one of {dict(RESOLUTION)} or leave it out.",
        )
    return float(resolution)


def at_resolution(distances: Float64Array, resolution: float) -> Float64Array:
    """Return `distances` with every value below `resolution` set to zero."""
    return np.where(distances < checked_resolution(resolution), 0.0, distances)
