"""A loss inside the graph, so that encodings, loss and gradient come out of a single run."""

from __future__ import annotations

import numpy as np

from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["displacement"]

TINY = float(np.finfo(np.float32).tiny)


def displacement(parts: Derivation, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """
    Write the squared distance of unit vectors to reference unit vectors (clause RMQM-LOSS-002).

    Returns
    -------
    reference, loss, ones : Tensor
        The new input, the loss of each row, and its cotangent.
    """
    tape = parts.tape
    width = 1
    for length in y.shape[1:]:
        width *= length if isinstance(length, int) else 0
    rows = y.reshape([y.shape[0], width])
    name = "reference"
    while name in tape.tensors:
        name += "_"
    reference = tape.know(name, rows.shape, y.type)
    norm = (rows * rows).sum([1]).map("Sqrt").at_least(TINY)
    moved = rows / norm - reference
    loss = (moved * moved).sum([1], keepdims=False)
    return reference, loss, tape.zeros(loss) + 1.0
