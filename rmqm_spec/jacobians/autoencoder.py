"""The two Jacobians of an autoencoder, latent to latent and input to input, as small matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    ForwardDifferentiableEncoder,
    encode_checked,
    traits_of,
)
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.errors import SubjectError
from rmqm_spec.jacobians.products import pull_back, push_forward, require_inputs

__all__ = ["Autoencoder", "AutoencoderJacobians", "autoencoder_jacobians", "blocks_of_jacobians"]

_BLOCK_BYTES: Final = 2**26
"""What the directions of a block may take."""


@frozen(eq=False)
class AutoencoderJacobians:
    """
    Inputs, latents, reconstructions and Jacobians.

    Parameters
    ----------
    inputs : (N, *S) ndarray
        x.
    latents : (N, n) ndarray
        z = E(x).
    reconstructions : (N, *S) ndarray
        D(z).
    latent : (N, n, n) ndarray of float64
        J_L = dE(D(z)) dD(z): what decoding and encoding again does to the neighbours of a latent.
    input : (N, m, m) ndarray of float64
        Where n <= d, dE(x) dD(z), n x n: its eigenvalues are those of the d x d matrix
        J_I = dD(z) dE(x), whose other d - n are zero. Where n > d it is J_I itself.
    """

    inputs: FloatArray
    latents: AnyArray
    reconstructions: AnyArray
    latent: Float64Array
    input: Float64Array


def autoencoder_jacobians(
    autoencoder: Autoencoder, inputs: FloatArray, *, names: Sequence[str] | None = None
) -> AutoencoderJacobians:
    """
    Return both Jacobians at every input, by products with n directions each.

    Parameters
    ----------
    autoencoder : Autoencoder
        Encoder and decoder.
    inputs : (N, *S) ndarray of float
        In the range that the encoder declares, N >= 1. The directions of all of them are held at
        once: `blocks_of_jacobians` keeps the memory flat.
    names : sequence of str, optional
        What to call the inputs in an error; by default their position.

    Returns
    -------
    AutoencoderJacobians
        Two matrices for each input, no larger than the smaller of latent and input.

    Raises
    ------
    UsageError
        ARG001 if `inputs` are no batch of floats; GRA010 if encoder or decoder has no ``vjp``.
    SubjectError
        SPC002 if a Jacobian holds values that are not finite; SPC003 if the decoder does not give
        as many values as an input has.

    Notes
    -----
    Agarwala, Dees, Gearhart and Lowman, Geometry and Generalization (2022). Row j of a product of
    Jacobians is the j-th unit vector, pulled back through the left factor, then through the right;
    where the decoder has ``jvp``, its columns are made once for both products.
    AB and BA have the same non-zero eigenvalues, so that no d x d matrix is needed where n < d.

    Examples
    --------
    >>> class Scaled:
    ...     def __init__(self, factor):
    ...         self.factor = factor
    ...     def encode(self, inputs):
    ...         return inputs * self.factor
    ...     def vjp(self, inputs):
    ...         return self.encode(inputs), lambda cotangent: cotangent * self.factor
    >>> halves = autoencoder_jacobians(Autoencoder(Scaled(2.0), Scaled(0.25)), np.ones((1, 2)))
    >>> halves.latent[0].tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    require_inputs(inputs)
    encoder, decoder = autoencoder.encoder, autoencoder.decoder
    n, d = encode_checked(encoder, inputs[:1]).shape[1], prod(inputs.shape[1:])
    latents, at_inputs = pull_back(encoder, inputs, _identity(len(inputs), n))
    flat, times_decoder = _decoded(decoder, latents, narrow=n <= d)
    _require_values(flat.shape[1], d, inputs.shape[1:])
    reconstructions = flat.astype(inputs.dtype, copy=False).reshape(inputs.shape)
    _, at_reconstructions = pull_back(encoder, reconstructions, _identity(len(inputs), n))
    latent = times_decoder(at_reconstructions.reshape(-1, n, d))
    if n <= d:
        of_input = times_decoder(at_inputs.reshape(-1, n, d))
    else:
        _, decoder_rows = pull_back(decoder, latents, _identity(len(inputs), d))
        _, whole = pull_back(encoder, inputs, decoder_rows)
        of_input = whole.reshape(-1, d, d)
    called = names or [f"input {row}" for row in range(len(inputs))]
    return AutoencoderJacobians(
        inputs,
        latents,
        reconstructions,
        _finite("latent", latent, called),
        _finite("input", of_input, called),
    )


def blocks_of_jacobians(
    autoencoder: Autoencoder, inputs: Inputs | FloatArray
) -> Iterator[AutoencoderJacobians]:
    """
    Yield the Jacobians of consecutive inputs; memory does not grow with their number.

    Parameters
    ----------
    autoencoder : Autoencoder
        Encoder and decoder.
    inputs : Inputs or (N, *S) ndarray of float
        In the range that the encoder declares.

    Yields
    ------
    AutoencoderJacobians
        Of as many inputs as suit a call of the encoder, in their order.

    Raises
    ------
    UsageError, SubjectError
        As `autoencoder_jacobians`.
    UnreadableError
        If an input cannot be read.
    """
    one = _rows(inputs, 0, 1)
    n = encode_checked(autoencoder.encoder, one).shape[1]
    n_bytes = 3 * 4 * min(n, one.size) * max(n, one.size)
    most = min(traits_of(autoencoder.encoder).batch_size, traits_of(autoencoder.decoder).batch_size)
    size = max(1, min(most, _BLOCK_BYTES // n_bytes))
    for first in range(0, len(inputs), size):
        rows = _rows(inputs, first, first + size)
        names = [_name(inputs, first + row) for row in range(len(rows))]
        yield autoencoder_jacobians(autoencoder, rows, names=names)


def _decoded(
    decoder: DifferentiableEncoder, latents: FloatArray, *, narrow: bool
) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
    """
    Decode, and return the function from rows (N, n, d) to their products with dD(z).

    Its n columns, where the decoder has ``jvp``, serve both Jacobians: a pass through the decoder
    for each column, instead of two for each row.
    """
    if narrow and isinstance(decoder, ForwardDifferentiableEncoder):
        flat, columns = push_forward(decoder, latents, _identity(*latents.shape))
        return flat, lambda rows: rows @ columns.transpose(0, 2, 1)
    return encode_checked(decoder, latents), lambda rows: pull_back(decoder, latents, rows)[1]


def _identity(n_inputs: int, length: int) -> FloatArray:
    return np.broadcast_to(np.eye(length, dtype=np.float32), (n_inputs, length, length))


def _rows(inputs: Inputs | FloatArray, first: int, last: int) -> FloatArray:
    if isinstance(inputs, np.ndarray):
        require_inputs(inputs)
        return inputs[first:last]
    indices = range(first, min(last, len(inputs)))
    return np.stack([inputs.load(index).values for index in indices])


def _name(inputs: Inputs | FloatArray, row: int) -> str:
    return f"input {row}" if isinstance(inputs, np.ndarray) else inputs.name(row)


def _require_values(found: int, d: int, shape: tuple[int, ...]) -> None:
    if found != d:
        raise SubjectError(
            "SPC003",
            f"a reconstruction must have as many values as an input of shape {shape}, {d}; "
            f"got {found}",
            fix="Name the output that holds the reconstruction, or the decoder that belongs to "
            "this encoder.",
        )


def _finite(which: str, matrices: AnyArray, names: Sequence[str]) -> Float64Array:
    bad = np.flatnonzero(~np.isfinite(matrices).all(axis=(1, 2)))
    if len(bad):
        more = f" and {len(bad) - 1} of the inputs behind it" if len(bad) > 1 else ""
        raise SubjectError(
            "SPC002",
            f"the {which} Jacobian must be finite; got values that are not at "
            f"{names[bad[0]]}{more}",
            fix="Check that the inputs are in the range that the encoder expects, and the network "
            "for divisions by zero: rmqm-spec gradient MODEL compares its gradient with "
            "differences.",
        )
    return np.asarray(matrices, dtype=np.float64)
