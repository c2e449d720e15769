"""The spectra of an autoencoder at many inputs, a block at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.errors import UsageError
from rmqm_spec.jacobians.autoencoder import AutoencoderJacobians, blocks_of_jacobians
from rmqm_spec.spectra.differences import Differences, Matching, differences
from rmqm_spec.spectra.eigenvalues import Spectrum, eigenvalue_conditions, spectrum

__all__ = ["AutoencoderSpectra", "autoencoder_spectra"]

_SAMPLE = 256
"""Inputs whose eigenvalues have their condition computed: it takes longer than they do."""


@frozen(kw_only=True, eq=False)
class AutoencoderSpectra:
    """
    Spectra of both Jacobians of an autoencoder, and its error, at N inputs.

    Parameters
    ----------
    latents : (N, n) ndarray
        z = E(x).
    mse : (N,) ndarray of float64
        Mean over the d values of an input of (D(E(x)) - x)^2.
    variance : (N,) ndarray of float64
        Mean over the d values of (x - mean x)^2, where the mean is that of the input's own values:
        the error of a reconstruction that is flat.
    latent : Spectrum
        Of J_L = dE(D(z)) dD(z).
    input : Spectrum
        Of the non-zero part of J_I = dD(z) dE(x).
    differences : Differences, optional
        Between their eigenvalues; None where n > d, because the two are not of one size.
    conditions : (M,) ndarray of float64
        Largest condition number of an eigenvalue of J_L, at the first M <= 256 inputs.
    n_values : int
        d, the number of values of an input.
    """

    latents: AnyArray
    mse: Float64Array
    variance: Float64Array
    latent: Spectrum
    input: Spectrum
    differences: Differences | None
    conditions: Float64Array
    n_values: int

    def __len__(self) -> int:
        """Return N."""
        return len(self.mse)


def autoencoder_spectra(
    autoencoder: Autoencoder,
    inputs: Inputs | FloatArray,
    *,
    matching: Matching = "assigned",
    progress: Callable[[int], None] | None = None,
) -> AutoencoderSpectra:
    """
    Return the spectra of both Jacobians at every input, with memory for one block of Jacobians.

    Parameters
    ----------
    autoencoder : Autoencoder
        Encoder and decoder, such as a backend opens.
    inputs : Inputs or (N, *S) ndarray of float
        In the range that the encoder declares.
    matching : {"assigned", "sorted"}
        How the eigenvalues of both are paired for their differences.
    progress : callable, optional
        Called with the number of inputs that are done, after each block.

    Returns
    -------
    AutoencoderSpectra
        In the order of the inputs.

    Raises
    ------
    UsageError
        ARG001 if there is no input; ARG001 and GRA010 as `autoencoder_jacobians`.
    SubjectError
        As `autoencoder_jacobians`.
    UnreadableError
        If an input cannot be read.

    Examples
    --------
    >>> from rmqm_spec.encoders.finite_differences import with_finite_differences
    >>> weights = np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0]])
    >>> linear = Autoencoder(
    ...     with_finite_differences(lambda x: x @ weights.T, bounds=(-9, 9)),
    ...     with_finite_differences(lambda z: z @ weights, bounds=(-9, 9)),
    ... )
    >>> found = autoencoder_spectra(linear, np.ones((1, 3)))
    >>> found.latent.eigenvalues.real.round(4), found.mse.round(4)
    (array([[4.  , 0.25]]), array([3.5208]))
    """
    if not len(inputs):
        raise UsageError(
            "ARG001",
            "spectra must be of at least one input; got none",
            fix="Give inputs.",
        )
    parts: list[_Part] = []
    done = 0
    for block in blocks_of_jacobians(autoencoder, inputs):
        parts.append(_part(block, matching, wanted=max(0, _SAMPLE - done)))
        done += len(block.latents)
        if progress is not None:
            progress(done)
    return _joined(parts, n_values=block.inputs[0].size)


@frozen(eq=False)
class _Part:
    latents: AnyArray
    mse: Float64Array
    variance: Float64Array
    latent: Spectrum
    input: Spectrum
    differences: Differences | None
    conditions: Float64Array


def _part(block: AutoencoderJacobians, matching: Matching, *, wanted: int) -> _Part:
    n_inputs = len(block.inputs)
    values = block.inputs.reshape(n_inputs, -1).astype(np.float64)
    errors = block.reconstructions.reshape(n_inputs, -1) - values
    latent, of_input = spectrum(block.latent), spectrum(block.input)
    return _Part(
        block.latents,
        (errors**2).mean(axis=1),
        values.var(axis=1),
        latent,
        of_input,
        differences(latent, of_input, matching=matching) if latent.n == of_input.n else None,
        eigenvalue_conditions(block.latent[:wanted]) if wanted else np.empty(0),
    )


def _joined(parts: list[_Part], n_values: int) -> AutoencoderSpectra:
    between = [part.differences for part in parts if part.differences is not None]
    return AutoencoderSpectra(
        latents=np.concatenate([part.latents for part in parts]),
        mse=np.concatenate([part.mse for part in parts]),
        variance=np.concatenate([part.variance for part in parts]),
        latent=Spectrum.joined([part.latent for part in parts]),
        input=Spectrum.joined([part.input for part in parts]),
        differences=Differences(
            l1=np.concatenate([part.l1 for part in between]),
            l2=np.concatenate([part.l2 for part in between]),
            matching=between[0].matching,
        )
        if between
        else None,
        conditions=np.concatenate([part.conditions for part in parts]),
        n_values=n_values,
    )
