"""Encoders of inputs whose values have ranges of their own: altered in [0, 1], encoded as given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.backend import Advising, ModelEncoder, OutputAdvice
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    Encoder,
    EncoderTraits,
    Pullback,
    route_of,
    traits_of,
)
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.contracts.inputs import InputSpec
    from rmqm_spec.contracts.preprocessing import Preprocessing
    from rmqm_spec.inputs.feature_ranges import FeatureRanges
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["for_inputs", "with_ranges"]


def for_inputs(encoder: ModelEncoder, prepared: PreparedInputs) -> ModelEncoder:
    """Return an encoder of prepared inputs: the model itself, unless values have own ranges."""
    if prepared.features is None:
        return encoder
    if isinstance(encoder, DifferentiableEncoder):
        return _RangedWithGradient(encoder, prepared.features)
    return _RangedModel(encoder, prepared.features)


def with_ranges(encoder: Encoder, features: FeatureRanges) -> Encoder:
    """Return an encoder of values in [0, 1], with gradients if the encoder has them."""
    if isinstance(encoder, DifferentiableEncoder):
        return _RangedDifferentiable(encoder, features)
    return _Ranged(encoder, features)


class _Ranged:
    """An encoder that maps values in [0, 1] to their own ranges first."""

    def __init__(self, encoder: Any, features: FeatureRanges) -> None:
        self._encoder = encoder
        self._features = features

    @property
    def traits(self) -> EncoderTraits:
        """Those of the encoder."""
        return traits_of(self._encoder)

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode the values themselves."""
        encodings: AnyArray = self._encoder.encode(self._features.from_unit(inputs))
        return encodings


class _RangedDifferentiable(_Ranged):
    """The same with gradients."""

    @property
    def gradient_route(self) -> str:
        """How the encoder makes its gradients."""
        return route_of(self._encoder)

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Return encodings, and gradients with respect to values in [0, 1]."""
        encodings, pullback = self._encoder.vjp(self._features.from_unit(inputs))
        return encodings, lambda cotangent: self._features.pull_back(pullback(cotangent))


class _RangedModel(_Ranged):
    """The same of a model that was opened from a file; its description names the ranges."""

    @property
    def spec(self) -> InputSpec:
        """What the model takes."""
        spec: InputSpec = self._encoder.spec
        return spec

    @property
    def preprocessing(self) -> Preprocessing:
        """Geometry and value map of the model."""
        preprocessing: Preprocessing = self._encoder.preprocessing
        return preprocessing

    @property
    def findings(self) -> Sequence[Finding]:
        """What was chosen and noticed while opening."""
        findings: Sequence[Finding] = self._encoder.findings
        return findings

    @property
    def advice(self) -> OutputAdvice | None:
        """What could be scored instead of its output."""
        return self._encoder.advice if isinstance(self._encoder, Advising) else None

    @property
    def description(self) -> Mapping[str, Any]:
        """The model's description; the ranges are part of what comes before the alteration."""
        from rmqm_spec.inputs.feature_ranges import OF_DATA

        known = self._encoder.description
        geometry = {**known.get("geometry", {}), "ranges": self._features.to_dict()}
        asked = OF_DATA if self._features.n_rows is not None else self._features.source
        network_input = {**known.get("input", {}), "ranges": asked}
        return {**known, "input": network_input, "geometry": geometry}

    @property
    def input(self) -> str:
        """Name of the altered input."""
        return str(self._encoder.input)

    @property
    def output(self) -> str:
        """Name of the tensor with the encodings."""
        return str(self._encoder.output)


class _RangedWithGradient(_RangedModel, _RangedDifferentiable):
    """Both."""
