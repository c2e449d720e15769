"""Gradients of any encoder by central differences: slow, inexact, and only on request."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    Encoder,
    EncoderLike,
    EncoderTraits,
    Pullback,
    as_encoder,
    encode_checked,
    traits_of,
)
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UsageError

__all__ = ["MAX_VALUES", "check_number_of_values", "with_finite_differences"]

MAX_VALUES: Final = 256
"""An input of P values takes 2 P encodings for each step of a path."""


def with_finite_differences(
    encoder: EncoderLike, bounds: Bounds = (0.0, 1.0)
) -> DifferentiableEncoder:
    """
    Give an encoder gradients by central differences.

    Parameters
    ----------
    encoder : callable or Encoder
        Any encoder of inputs of at most 256 values.
    bounds : tuple of two floats
        Declared range of the inputs. Differences are taken within it, on one side at its ends.

    Returns
    -------
    DifferentiableEncoder
        The same encodings and traits; its `gradient_route` is ``"finite differences"``.

    Raises
    ------
    UsageError
        GRA014, when a gradient is asked for, if an input has more values.

    Notes
    -----
    The step is the cube root of the rounding unit of the encodings, relative to the width of
    `bounds`: 0.005 for float32, where rounding and curvature blur a difference about equally.
    Differences are divided by the distance that is left after rounding to the type of the inputs.

    Examples
    --------
    >>> encodings, pullback = with_finite_differences(np.square).vjp(np.array([[0.5, 0.25]]))
    >>> pullback(np.array([[1.0, 1.0]])).round(6)
    array([[1. , 0.5]])
    """
    return _FiniteDifferences(as_encoder(encoder), bounds)


def check_number_of_values(n_values: int) -> None:
    """
    Refuse inputs that are too large.

    Raises
    ------
    UsageError
        GRA014, with the number.
    """
    if n_values > MAX_VALUES:
        raise UsageError(
            "GRA014",
            f"inputs must have at most {MAX_VALUES} values for finite differences; got {n_values}",
            fix="Use an encoder with gradients of its own, that is, with a method vjp.",
        )


class _FiniteDifferences:
    """An encoder with gradients by differences of its encodings."""

    gradient_route = "finite differences"

    def __init__(self, encoder: Encoder, bounds: Bounds) -> None:
        self._encoder = encoder
        self._bounds = bounds

    @property
    def traits(self) -> EncoderTraits:
        """Those of the encoder."""
        return traits_of(self._encoder)

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode as the encoder does."""
        return self._encoder.encode(inputs)

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Encode; differences are taken when a cotangent is pulled back."""
        check_number_of_values(inputs[0].size)
        encodings = np.array(encode_checked(self._encoder, inputs))
        step = self._step(encodings.dtype)

        def pullback(cotangent: FloatArray) -> FloatArray:
            rows = zip(inputs, cotangent.astype(np.float64), strict=True)
            return np.stack([self._slopes(row, weights, step) for row, weights in rows])

        return encodings, pullback

    def _step(self, dtype: np.dtype[Any]) -> float:
        """Return how far to go from an input: further for a coarser arithmetic."""
        unit = float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0
        coarse = (self.traits.resolution or 0.0) / 10
        low, high = self._bounds
        return float(np.cbrt(max(unit, coarse, np.finfo(np.float64).eps)) * (high - low))

    def _slopes(self, values: FloatArray, weights: Float64Array, step: float) -> Float64Array:
        """Return the derivative of the weighted encodings of an input by each of its values."""
        centre = values.reshape(-1).astype(np.float64)
        ahead, behind = (self._moved(centre, way * step, values.dtype) for way in (1, -1))
        shape = (-1, *values.shape)
        risen = self._weighted(ahead.reshape(shape), weights)
        risen -= self._weighted(behind.reshape(shape), weights)
        each = np.arange(centre.size)
        apart = ahead[each, each].astype(np.float64) - behind[each, each]
        slopes = np.divide(risen, apart, out=np.zeros_like(risen), where=apart != 0)
        return np.asarray(slopes).reshape(values.shape)

    def _moved(self, centre: Float64Array, step: float, dtype: np.dtype[np.floating]) -> FloatArray:
        """Return P inputs, each with another value moved."""
        low, high = (dtype.type(bound) for bound in self._bounds)
        moved = np.repeat(centre[None].astype(dtype), centre.size, axis=0)
        np.fill_diagonal(moved, np.clip((centre + step).astype(dtype), low, high))
        return moved

    def _weighted(self, inputs: FloatArray, weights: Float64Array) -> Float64Array:
        """Encode in batches that suit the encoder, and weigh the encodings."""
        size = self.traits.batch_size
        parts = [
            encode_checked(self._encoder, inputs[first : first + size]).astype(np.float64) @ weights
            for first in range(0, len(inputs), size)
        ]
        return np.concatenate(parts)
