"""Unit encodings, for comparisons between two runs of a network."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["largest_distance", "unit_vectors"]


def largest_distance(first: AnyArray, second: AnyArray) -> float:
    """Return the largest distance between unit encodings, by row; infinity if shapes differ."""
    if first.shape != second.shape:
        return float("inf")
    differences = unit_vectors(first) - unit_vectors(second)
    return float(np.sqrt((differences**2).sum(axis=1)).max())


def unit_vectors(encodings: AnyArray) -> Float64Array:
    """Divide by the norm; what has none or is not finite is left to the checks that name it."""
    flat = encodings.reshape(len(encodings), -1) if encodings.ndim > 1 else encodings[None]
    vectors = np.nan_to_num(flat.astype(np.float64), posinf=0, neginf=0)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1))
