"""
How independent rows of draws are of each other, by exact tests.

For independent normal rows a and b, the sum of a_k b_k divided by the norm of a is a standard
normal value, whatever a is; for a row after row, these values are independent of each other. The
same holds after any rotation of b, and for the normal scores of the sizes of both.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from rmqm_conformance.properties.generators.evidence import (
    accept_cells,
    accept_normal,
    accept_squares,
)
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array

__all__ = ["accept_rows", "joint_cells", "size_scores"]


def size_scores(values: Array) -> Array:
    """Return standard normal values that grow with the sizes of the draws."""
    shares = np.clip(2 * special.ndtr(np.abs(values)) - 1, 2.0**-20, 1 - 2.0**-20)
    return np.asarray(special.ndtri(shares))


def joint_cells(first: Array, second: Array, n_cells: int = 16) -> Array:
    """Return how many pairs of draws fall into each of the cells of a square."""
    places = (special.ndtr(first) * n_cells).astype(int) * n_cells
    places += (special.ndtr(second) * n_cells).astype(int)
    return np.bincount(places.ravel(), minlength=n_cells * n_cells)


def accept_rows(rows: Array, what: str) -> None:
    """Judge each row (R, P) of draws beside the row before it."""
    norms = np.linalg.norm(rows, axis=1)
    require(norms.all(), f"draws of {what} must not all be 0")
    for values, kind in ((rows, "draws"), (size_scores(rows), "sizes of draws")):
        _accept_neighbours(values, f"{kind} of {what}")
    accept_cells(joint_cells(rows[:-1:2], rows[1::2]), f"pairs of draws of {what}")
    together = rows.sum(axis=0) / np.sqrt(len(rows))
    accept_squares(together @ together, rows.shape[1], f"the variance of the sum of all {what}")


def _accept_neighbours(rows: Array, what: str) -> None:
    n = rows.shape[1]
    spectrum = np.fft.rfft(rows, axis=1)
    scale = np.linalg.norm(rows[:-1], axis=1, keepdims=True)
    turned = np.fft.irfft(spectrum[:-1].conj() * spectrum[1:], n, axis=1) / scale
    mirrored = np.fft.irfft(spectrum[:-1] * spectrum[1:], n, axis=1) / scale
    straight = turned[:, 0]
    accept_normal(straight.sum() / np.sqrt(straight.size), f"neighbouring {what} are correlated")
    accept_squares(straight @ straight, straight.size, f"the mean square correlation of {what}")
    for found, how in ((turned, "rotated"), (mirrored, "mirrored and rotated")):
        largest = np.abs(found).max()
        accept_normal(largest, f"neighbouring {what}, {how}, are correlated", among=found.size)
        pooled = np.abs(found.sum(axis=0)).max() / np.sqrt(len(found))
        accept_normal(pooled, f"all neighbouring {what}, {how}, are correlated", among=n)
