"""The singular values of an encoder's Jacobian at many inputs, and what is read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder, encode_checked, traits_of
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.errors import SubjectError
from rmqm_spec.jacobians import Jacobian, LocalSpectra, jacobians, local_spectra
from rmqm_spec.resolution import resolution_of

__all__ = ["encoder_spectra", "values_of_encoder"]

_MOST_PRODUCTS: Final = 512
"""Products with Jacobians that are made without a word in between."""


def encoder_spectra(
    encoder: DifferentiableEncoder,
    inputs: Inputs | FloatArray,
    *,
    progress: Callable[[int], None] | None = None,
) -> LocalSpectra:
    """
    Return the singular values of the Jacobian of the unit encoding at every input.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        The encoder.
    inputs : Inputs or (N, *S) ndarray of float
        In the range that the encoder declares.
    progress : callable, optional
        Called with the number of inputs that are done, after each block.

    Returns
    -------
    LocalSpectra
        In the order of the inputs; memory is that of a block of Jacobians.

    Raises
    ------
    SubjectError
        SPC024 if an encoding has a single value.
    RmqmError
        As `rmqm_spec.jacobians.jacobians` and `local_spectra`.

    Examples
    --------
    >>> from rmqm_spec.encoders.finite_differences import with_finite_differences
    >>> weights = np.array([[2.0, 0.0], [0.0, 0.5]])
    >>> linear = with_finite_differences(lambda x: x @ weights)
    >>> encoder_spectra(linear, np.array([[1.0, 0.0]])).singular_values.round(4)
    array([[0.25]])
    """
    resolution = traits_of(encoder).resolution or 0.0
    parts: list[LocalSpectra] = []
    done = 0
    for block in _blocks(encoder, inputs):
        if block.encodings.shape[1] < 2:
            raise SubjectError(
                "SPC024",
                "an encoding must have at least 2 values; got 1, whose unit encoding is 1 or -1",
                fix="Choose another output: --output NAME.",
            )
        is_coarser = resolution > resolution_of(block.encodings.dtype)
        unit = resolution if is_coarser else None
        names = [_name(inputs, done + row) for row in range(len(block.encodings))]
        parts.append(local_spectra(block.encodings, block.matrices, names=names, unit=unit))
        done += len(block.encodings)
        if progress is not None:
            progress(done)
    return LocalSpectra(
        np.concatenate([part.singular_values for part in parts]),
        np.concatenate([part.tolerance for part in parts]),
    )


def _blocks(encoder: DifferentiableEncoder, inputs: Inputs | FloatArray) -> Iterator[Jacobian]:
    """Yield Jacobians a few at a time, so that progress is seen and an interrupt heard."""
    length = encode_checked(encoder, _rows(inputs, range(1))).shape[1]
    size = max(1, _MOST_PRODUCTS // length)
    for first in range(0, len(inputs), size):
        yield from jacobians(encoder, _rows(inputs, range(first, min(first + size, len(inputs)))))


def _rows(inputs: Inputs | FloatArray, rows: range) -> FloatArray:
    if isinstance(inputs, np.ndarray):
        return inputs[rows.start : rows.stop]
    return np.stack([inputs.load(row).values for row in rows])


def _name(inputs: Inputs | FloatArray, row: int) -> str:
    return f"input {row}" if isinstance(inputs, np.ndarray) else inputs.name(row)


def values_of_encoder(spectra: LocalSpectra) -> dict[str, Float64Array]:
    """Return everything that is known of each input, by name."""
    return {
        "norm": spectra.norm,
        "rank": spectra.effective_rank,
        "condition": spectra.condition,
        "volume": spectra.volume,
        "numerical-rank": spectra.rank.astype(np.float64),
        "condition-at-rank": spectra.condition_at_rank,
        "volume-at-rank": spectra.volume_at_rank,
    }
