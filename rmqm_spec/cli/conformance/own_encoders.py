"""Small encoders with hand-written derivatives, for requests of the conformance kit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from rmqm_spec.alterations.arguments import require
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import EncoderTraits, Pullback
from rmqm_spec.resolution import RESOLUTION

__all__ = ["Dense", "Layered", "Squashing"]

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


class Layered:
    """
    The dense layers of a request as an encoder that computes in float64.

    Raises
    ------
    UsageError
        ARG001 if layers do not fit each other, or an activation is unknown.
    """

    gradient_route = "derivative by hand"
    traits = EncoderTraits(resolution=RESOLUTION["float64"])

    def __init__(self, layers: Sequence[Mapping[str, Any]]) -> None:
        require("a network must have a layer", layers, len(layers) > 0)
        for layer in layers:
            weight, bias, name = (layer[key] for key in ("weight", "bias", "activation"))
            require(f"activation must be one of {', '.join(_SLOPES)}", name, name in _SLOPES)
            fits = weight.ndim == 2 and bias.shape == weight.shape[:1]
            require("weight (O, I) and bias (O) must fit", (weight.shape, bias.shape), fits)
        for one, other in pairwise(layers):
            widths = (len(one["bias"]), other["weight"].shape[1])
            require("a layer must take what the last one gives", widths, widths[0] == widths[1])
        self._layers = layers
        self.n_inputs = int(layers[0]["weight"].shape[1])

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode as the request says."""
        return self._through(inputs)[0]

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Encode, and return the derivative from the last layer to the first."""
        encodings, slopes = self._through(inputs)

        def pullback(cotangent: FloatArray) -> FloatArray:
            moved = cotangent
            for layer, slope in zip(reversed(self._layers), reversed(slopes), strict=True):
                moved = (moved * slope) @ layer["weight"]
            return np.asarray(moved)

        return encodings, pullback

    def jvp(self, inputs: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """Encode, and return the derivative in a direction, from the first layer to the last."""
        encodings, slopes = self._through(inputs)
        moved: AnyArray = tangents
        for layer, slope in zip(self._layers, slopes, strict=True):
            moved = (moved @ layer["weight"].T) * slope
        return encodings, moved

    def _through(self, inputs: FloatArray) -> tuple[AnyArray, list[AnyArray]]:
        """Return encodings, and the slopes of the units of each layer."""
        values: AnyArray = inputs.astype(np.float64)
        slopes = []
        for layer in self._layers:
            sums = values @ layer["weight"].T + layer["bias"]
            activate, slope = _SLOPES[layer["activation"]]
            values = activate(sums)
            slopes.append(slope(sums, values))
        return values, slopes


_SLOPES: dict[str, tuple[Callable[[AnyArray], AnyArray], Callable[[AnyArray, AnyArray], AnyArray]]]
_SLOPES = {
    "identity": (lambda sums: sums, lambda sums, _: np.ones_like(sums)),
    "tanh": (np.tanh, lambda _, values: 1 - values**2),
    "relu": (lambda sums: np.maximum(sums, 0.0), lambda sums, _: (sums > 0).astype(np.float64)),
}
"""Of each activation its function, and its derivative by the sums and what it made of them."""
