"""Determinants, whose derivative is the matrix of cofactors: right for singular matrices too."""

from __future__ import annotations

import numpy as np

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor

MAX_SIZE = 32
"""Larger matrices are refused: n x n of them have n^4 values in their minors."""


@rule("Det")
def det(s: Step) -> Gradients:
    """Differentiate y = det x: g times the cofactor of each entry."""
    rank = len(s.x.shape)
    size = s.fixed(s.x.shape[rank - 1 :], "size")[0]
    if size > MAX_SIZE:
        raise NoRuleError(f"its matrices are larger than {MAX_SIZE} x {MAX_SIZE}")
    g = s.g.unsqueeze([rank - 2, rank - 1])
    return g * _cofactors(s.x, size) if size > 1 else g


def _cofactors(x: Tensor, size: int) -> Tensor:
    """Return the determinants without row i and column j, signed like a chessboard."""
    lead, n_lead = x.shape[:-2], len(x.shape) - 2
    others = np.array([[k for k in range(size) if k != i] for i in range(size)], dtype=np.int64)
    chosen = x.tape.constant(others)
    rows = x.op("Gather", chosen, shape=(*lead, size, size - 1, size), axis=n_lead)
    shape = (*lead, size, size - 1, size, size - 1)
    minors = rows.op("Gather", chosen, shape=shape, axis=n_lead + 2)
    pairs = minors.transpose([*range(n_lead), n_lead, n_lead + 2, n_lead + 1, n_lead + 3])
    signs = (-1.0) ** np.add.outer(np.arange(size), np.arange(size))
    return pairs.op("Det", shape=(*lead, size, size)) * x.tape.constant(signs, x.type)
