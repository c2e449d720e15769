"""What may predict the error of an input: spectra, and simpler quantities."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.jacobians import jacobian
from studies.spectra.measuring import Measured

__all__ = ["PREDICTORS", "SIMPLER", "distances", "jacobian_norms", "predictors_of"]

FloatArray = npt.NDArray[np.floating[Any]]

SIMPLER: Final = {
    "autoencoder-norm": "Frobenius norm of the Jacobian of the autoencoder",
    "encoder-norm": "Frobenius norm of the Jacobian of the encoder",
    "distance": "distance to the nearest training encoding",
    "latent-norm": "norm of the latent",
    "input-norm": "norm of the input",
}
PREDICTORS: Final = {
    "latent-trace": "trace of J_L",
    "latent-log-volume": "log volume of J_L",
    "input-trace": "trace of J_I",
    "input-log-volume": "log volume of J_I",
    **SIMPLER,
}
"""Names, and what they are."""
_ROWS: Final = 200


def distances(latents: FloatArray, training: FloatArray, *, itself: bool = False) -> FloatArray:
    """
    Return the distance of each latent to the nearest of the training latents.

    Parameters
    ----------
    latents, training : (N, n) and (M, n) ndarray
        Latents.
    itself : bool
        Whether the latents are the training latents, and none is its own neighbour.
    """
    found, _ = cKDTree(training).query(latents, k=[2 if itself else 1])
    return np.asarray(found[:, 0])


def jacobian_norms(autoencoder: Autoencoder, images: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return the Frobenius norms of the Jacobians of autoencoder and encoder.

    With A = dD(z), d x n, and B = dE(x), n x d, the square of the first is the trace of
    (A^T A)(B B^T): no d x d matrix is needed.
    """
    whole, alone = [], []
    for first in range(0, len(images), _ROWS):
        part = images[first : first + _ROWS]
        of_encoder = jacobian(autoencoder.encoder, part)
        rows = of_encoder.matrices
        columns = jacobian(autoencoder.decoder, of_encoder.encodings, way="columns").matrices
        inner = np.einsum("ndi,ndj->nij", columns, columns, optimize=True)
        outer = np.einsum("nid,njd->nij", rows, rows, optimize=True)
        whole.append(np.sqrt(np.einsum("nij,nji->n", inner, outer)))
        alone.append(np.sqrt(np.einsum("nii->n", outer)))
    return np.concatenate(whole), np.concatenate(alone)


def predictors_of(
    found: Measured,
    images: FloatArray,
    norms: tuple[FloatArray, FloatArray],
    training: FloatArray,
) -> dict[str, FloatArray]:
    """
    Return every predictor at each input, by the names of `PREDICTORS`.

    Parameters
    ----------
    found : Measured
        Spectra at the images.
    images : (N, 1, 28, 28) ndarray
        Inputs.
    norms : pair of (N,) ndarray
        What `jacobian_norms` returned.
    training : (M, n) ndarray
        Latents of training images.
    """
    return {
        "latent-trace": found.latent.trace,
        "latent-log-volume": found.latent.log_volume,
        "input-trace": found.input.trace,
        "input-log-volume": found.input.log_volume,
        "autoencoder-norm": norms[0],
        "encoder-norm": norms[1],
        "distance": distances(found.latents, training),
        "latent-norm": np.linalg.norm(found.latents, axis=1),
        "input-norm": np.linalg.norm(images.reshape(len(images), -1), axis=1),
    }
