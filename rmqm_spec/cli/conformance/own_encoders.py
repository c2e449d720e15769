"""Two small encoders with hand-written derivatives, for requests of the conformance kit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import EncoderTraits, Pullback
from rmqm_spec.resolution import RESOLUTION

__all__ = ["Dense", "Squashing"]

_WEIGHTS = np.cos(np.arange(12 * 5, dtype=np.float32)).reshape(12, 5)


class Squashing:
    """The implementation's own encoder: tanh of twelve values times fixed weights, in float32."""

    gradient_route = "derivative by hand"

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode inputs of 12 values."""
        return np.asarray(np.tanh(inputs.reshape(len(inputs), -1) @ _WEIGHTS))

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Encode, and return the derivative."""
        encodings = self.encode(inputs)

        def pullback(cotangent: FloatArray) -> FloatArray:
            slopes = 1 - encodings**2
            return np.asarray((cotangent * slopes) @ _WEIGHTS.T).reshape(inputs.shape)

        return encodings, pullback


class Dense:
    """The dense layer of a request as an encoder that computes in float64."""

    gradient_route = "derivative by hand"
    traits = EncoderTraits(resolution=RESOLUTION["float64"])

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._network = network

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode as the request says."""
        net = self._network
        flat = inputs.reshape(len(inputs), -1).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # overflow is refused later
            mapped = (net["scale"] * flat - net["mean"]) / net["std"]
            sums = np.asarray(mapped @ net["weight"].T + net["bias"])
            return np.tanh(sums) if net["activation"] == "tanh" else sums

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Encode, and return the derivative."""
        net, encodings = self._network, self.encode(inputs)

        def pullback(cotangent: FloatArray) -> FloatArray:
            slopes = 1 - encodings**2 if net["activation"] == "tanh" else 1.0
            through = (cotangent * slopes) @ net["weight"] * (net["scale"] / net["std"])
            return np.asarray(through).reshape(inputs.shape)

        return encodings, pullback
