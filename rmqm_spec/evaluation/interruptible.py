"""An encoder whose derivatives can be called off: a group of inputs may need very many of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    EncoderTraits,
    ForwardDifferentiableEncoder,
    Pullback,
    traits_of,
)

__all__ = ["interruptible"]


def interruptible(encoder: DifferentiableEncoder, stop: Callable[[], None]) -> _Interruptible:
    """
    Return an encoder that calls `stop` before each product; what `stop` raises ends the work.

    It has ``jvp`` where the encoder has it.
    """
    if isinstance(encoder, ForwardDifferentiableEncoder):
        return _InterruptibleForward(encoder, stop)
    return _Interruptible(encoder, stop)


class _Interruptible:
    """The encoder, asked whether to stop."""

    def __init__(self, encoder: DifferentiableEncoder, stop: Callable[[], None]) -> None:
        self._encoder = encoder
        self._stop = stop

    @property
    def traits(self) -> EncoderTraits:
        """Those of the encoder."""
        return traits_of(self._encoder)

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode as the encoder does."""
        self._stop()
        return self._encoder.encode(inputs)

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Return encodings, and a pullback that can be called off."""
        self._stop()
        encodings, pullback = self._encoder.vjp(inputs)

        def stoppable(cotangent: FloatArray) -> FloatArray:
            self._stop()
            return pullback(cotangent)

        return encodings, stoppable


class _InterruptibleForward(_Interruptible):
    """The same with derivatives in a direction."""

    _encoder: Any

    def jvp(self, inputs: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """Return encodings and derivatives as the encoder does."""
        self._stop()
        moved: tuple[AnyArray, AnyArray] = self._encoder.jvp(inputs, tangents)
        return moved
