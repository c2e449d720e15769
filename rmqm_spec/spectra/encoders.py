"""The singular values of an encoder's Jacobian at many inputs, and what is read off them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.jacobians import jacobians

__all__ = ["encoder_spectra", "of_singular_values"]


def encoder_spectra(
    encoder: DifferentiableEncoder,
    inputs: Inputs | FloatArray,
    *,
    progress: Callable[[int], None] | None = None,
) -> Float64Array:
    """Return the singular values of the Jacobian of the unit encoding, (N, r)."""
    parts, done = [], 0
    for block in jacobians(encoder, inputs):
        norms = np.linalg.norm(block.encodings, axis=1)[:, None, None]
        units = (block.encodings / norms[:, 0])[:, None]
        matrices = (block.matrices - units.transpose(0, 2, 1) @ (units @ block.matrices)) / norms
        rank = max(1, min(matrices.shape[1] - 1, matrices.shape[2]))
        parts.append(np.linalg.svd(matrices, compute_uv=False)[:, :rank])
        done += len(matrices)
        if progress is not None:
            progress(done)
    return np.concatenate(parts)


def of_singular_values(singular: Float64Array) -> dict[str, Float64Array]:
    """Return ``norm``, ``rank``, ``condition`` and ``volume`` of each input."""
    shares = singular / singular.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(singular)
        entropy = -np.where(shares > 0, shares * np.log(shares), 0).sum(axis=1)
        condition = np.log10(singular[:, 0] / singular[:, -1])
    return {
        "norm": np.linalg.norm(singular, axis=1),
        "rank": np.exp(entropy),
        "condition": condition,
        "volume": logs.mean(axis=1),
    }
