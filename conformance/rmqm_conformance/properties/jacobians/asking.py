"""What the laws of Jacobians share: networks in float64, and how sure eigenvalues are."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance.require import require_alike, require_close, require_equal
from rmqm_conformance.strategies import Array, Layers
from rmqm_conformance.subject import Subject

__all__ = [
    "NEEDS",
    "PRODUCTS",
    "SURE",
    "as_pairs",
    "asked_spectrum",
    "differentiated",
    "eigenvalues_of",
    "open_by",
    "require_same_eigenvalues",
    "require_same_spectrum",
    "rotation",
    "size_of",
    "volume_open_by",
    "well_conditioned",
]

NEEDS: Final = "spectrum"

PRODUCTS: Final = 1e-12
"""By how much a product may be wrong, as a share of what layers multiply at most: RMQM-JAC-001."""

BACKWARD: Final = 1e-13
"""By how much of its norm, n times, a matrix may be changed: RMQM-JAC-007."""

SURE: Final = 1e-5
"""What rounding leaves more open than this, as a share of the matrix, is not compared."""

SHAPES: Final = {
    "eigenvalues": ("n", 2),
    "traces": (),
    "log_volumes": (),
    "orientations": (),
    "arithmetic_means": (),
    "geometric_means": (),
    "small": (),
    "arguments": ("n",),
}


def differentiated(layers: Layers, x: Array) -> tuple[Array, Array]:
    """Return the encoding (E) of an input and its Jacobian (E, d), in float64."""
    J = np.eye(len(x))
    for layer in layers:
        sums = layer["weight"] @ x + layer["bias"]
        slopes = np.ones(len(sums))
        x = sums
        if layer["activation"] == "tanh":
            x = np.tanh(sums)
            slopes = 1 / np.cosh(sums) ** 2
        elif layer["activation"] == "relu":
            slopes = (sums > 0).astype(float)
            x = slopes * sums
        J = slopes[:, None] * (layer["weight"] @ J)
    return x, J


def size_of(layers: Layers) -> float:
    """Return what layers multiply at most: the product of the norms of their weights."""
    return float(np.prod([np.linalg.norm(layer["weight"]) for layer in layers]))


def asked_spectrum(subject: Subject, matrices: Array) -> dict[str, Array]:
    """Ask for spectra: results have their shapes."""
    answer = subject.perform("spectrum", matrices=matrices)
    n = matrices.shape[1]
    for key, rest in SHAPES.items():
        shape = (len(matrices), *(n if one == "n" else one for one in rest))
        require_equal(f"{key}.shape", answer[key].shape, shape)
    return answer


def as_pairs(roots: Array) -> Array:
    """Return complex numbers as pairs of real and imaginary part."""
    return np.stack([np.real(roots), np.imag(roots)], axis=-1)


def eigenvalues_of(answer: dict[str, Array], key: str = "eigenvalues") -> Array:
    """Return the eigenvalues of an answer as complex numbers."""
    return np.asarray(answer[key][..., 0] + 1j * answer[key][..., 1])


def open_by(A: Array) -> float:
    """Return how far RMQM-JAC-007 lets the eigenvalues of a matrix move, to first order."""
    _, right = np.linalg.eig(A)
    if not np.isfinite(right).all() or np.linalg.cond(right) > 1e12:
        return np.inf
    left = np.linalg.inv(right)
    conditions = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=0)
    return float(4 * len(A) * BACKWARD * np.linalg.norm(A) * conditions.max())


def volume_open_by(A: Array) -> float:
    """Return how far the same change moves the log volume."""
    s = np.linalg.svd(A, compute_uv=False)
    return float(4 * len(A) ** 2 * BACKWARD * np.linalg.norm(A) / s[-1]) if s[-1] else np.inf


def require_same_eigenvalues(what: str, got: Array, should: Array, allowed: float) -> None:
    """Demand the same complex numbers in any order."""
    require_alike(what, as_pairs(got)[None], as_pairs(should)[None], atol=allowed)


def rotation(draw: int, size: int) -> Array:
    """Return an orthogonal matrix."""
    turn, _ = np.linalg.qr(np.random.default_rng(draw).normal(size=(size, size)))
    return np.asarray(turn)


def well_conditioned(draw: int, size: int) -> Array:
    """Return a matrix of a condition of 4 that is neither orthogonal nor symmetric."""
    stretched = np.diag(np.geomspace(0.5, 2.0, size)) if size > 1 else np.array([[1.5]])
    return np.asarray(rotation(draw, size) @ stretched @ rotation(draw + 1, size))


def require_same_spectrum(
    what: str, got: dict[str, Any], should: dict[str, Any], matrices: Array
) -> None:
    """Demand of two answers about similar matrices the same spectra, where they are sure."""
    for i, A in enumerate(matrices):
        size = float(np.linalg.norm(A))
        allowed = 20 * open_by(A)
        if allowed <= SURE * size:
            one, other = eigenvalues_of(got)[i], eigenvalues_of(should)[i]
            require_same_eigenvalues(f"eigenvalues of {what}", one, other, allowed)
        moved = 20 * volume_open_by(A)
        if moved <= SURE:
            require_close(
                "log_volumes", got["log_volumes"][i], should["log_volumes"][i], atol=moved
            )
            require_equal("orientations", got["orientations"][i], should["orientations"][i])
        require_close("traces", got["traces"][i], should["traces"][i], atol=1e-10 * size)
