"""An open decoder: from latents to reconstructions in the order and units of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from rmqm_onnx.autoencoders.reconstruction import Reconstruction
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import EncoderTraits, Pullback, Pushforward
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.findings import Finding

__all__ = ["OnnxDecoder"]


@frozen(kw_only=True, eq=False)
class OnnxDecoder:
    """
    A part of a model, or a model of its own, from latents (N, n) to reconstructions (N, d).

    Parameters
    ----------
    network : OnnxEncoder
        From latents to what the decoder gives, flat.
    reconstruction : Reconstruction
        How that becomes an input again.
    origin : callable
        Opens the same decoder again; it pickles by it.
    """

    network: OnnxEncoder
    reconstruction: Reconstruction
    origin: Callable[[], OnnxDecoder]

    @property
    def spec(self) -> InputSpec:
        """What it takes: a vector of n values."""
        return self.network.spec

    @property
    def traits(self) -> EncoderTraits:
        """How it likes to be fed."""
        return self.network.traits

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was met."""
        return self.network.findings

    @property
    def description(self) -> Mapping[str, Any]:
        """What it takes and gives, as plain data."""
        return {
            "input": self.network.input,
            "output": self.network.output,
            "reconstruction": self.reconstruction.why,
        }

    @property
    def gradient_route(self) -> str:
        """How gradients are made, for results."""
        return self.network.gradient_route

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without sessions: the decoder is opened again."""
        return self.origin, ()

    def encode(self, latents: FloatArray, /) -> AnyArray:
        """Decode latents (N, n) to reconstructions (N, d); raises as `OnnxEncoder.encode`."""
        return self.reconstruction.restored(self.network.encode(latents))

    def vjp(self, latents: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Decode, and return the way back from reconstructions to latents."""
        output, back = self.network.vjp(latents)

        def pullback(cotangent: FloatArray) -> FloatArray:
            return back(self.reconstruction.pull_back(cotangent))

        return self.reconstruction.restored(output), pullback

    def linearize(self, latents: FloatArray, /) -> tuple[AnyArray, Pushforward]:
        """Decode, and return the way forward from directions of latents to reconstructions."""
        output, forward = self.network.linearize(latents)

        def pushforward(tangents: FloatArray) -> AnyArray:
            return self.reconstruction.push_forward(forward(tangents))

        return self.reconstruction.restored(output), pushforward

    def jvp(self, latents: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """Decode, and return the derivatives in a direction of each latent."""
        output, derivatives = self.network.jvp(latents, tangents)
        return self.reconstruction.restored(output), self.reconstruction.push_forward(derivatives)
