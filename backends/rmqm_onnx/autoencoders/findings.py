"""What was chosen to make encoder and decoder of a model, and what the network is made of."""

from __future__ import annotations

from typing import Final

from rmqm_onnx.autoencoders.decoder import OnnxDecoder
from rmqm_onnx.autoencoders.decoder_opening import DecoderSource
from rmqm_onnx.reading.graph import operators
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_spec.findings import Finding

__all__ = ["opening_findings"]

_WITH_KINKS: Final = (
    "Abs", "Clip", "HardSigmoid", "HardSwish", "LeakyRelu", "Max", "MaxPool", "Min", "PRelu",
    "ReduceMax", "ReduceMin", "Relu", "ThresholdedRelu",
)  # fmt: skip
"""Operators that have no derivative somewhere."""


def opening_findings(file: ModelFile, source: DecoderSource, decoder: OnnxDecoder) -> list[Finding]:
    """Say which tensors latent and reconstruction are, how they are read, and where kinks are."""
    latent, (n,) = source.latent, decoder.spec.shape
    shape = f", of shape {latent.shape}, flattened" if len(latent.shape) != 1 else ""
    message = (
        f"latent: {latent.name}, {n} values{shape}; reconstruction: {source.output}, "
        f"{decoder.reconstruction.why}"
    )
    return [
        Finding(code="SPC018", level="ok", message=message),
        *_kinks(operators(file.proto) | operators(source.file.proto)),
    ]


def _kinks(names: set[str]) -> list[Finding]:
    kinked = [name for name in _WITH_KINKS if name in names]
    if not kinked:
        return []
    return [
        Finding(
            code="SPC017",
            level="ok",
            message=f"the network has kinks ({', '.join(kinked)}), and a spectrum is that of the "
            "smooth piece that the input lies in; a value exactly on a kink is not noticed: the "
            "derivative of one side is taken there",
        )
    ]
