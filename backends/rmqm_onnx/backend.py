"""ONNX Runtime as a plug: what the commands ask of a backend, each import where it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_onnx.broken import refusing_broken
from rmqm_onnx.reading.places import PATTERNS, USUAL_PLACES
from rmqm_onnx.running.provider_choice import read_provider
from rmqm_onnx.running.providers import PROVIDERS
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_onnx.running.encoder import OnnxEncoder
    from rmqm_spec.arrays import AnyArray, FloatArray
    from rmqm_spec.contracts import backend as contract
    from rmqm_spec.contracts.autoencoder import Autoencoder
    from rmqm_spec.contracts.backend import (
        Arranged,
        GradientKind,
        GradientModel,
        ModelEncoder,
        NullModel,
        OpenOptions,
        ReconstructionUnits,
    )
    from rmqm_spec.contracts.encoder import DifferentiableEncoder
    from rmqm_spec.contracts.preprocessing import Preprocessing
    from rmqm_spec.findings import Finding

__all__ = ["ONNX", "OnnxBackend"]


class OnnxBackend:
    """
    ONNX models on ONNX Runtime, as `rmqm_spec.contracts.backend` asks for it.

    Examples
    --------
    >>> ONNX.name, ONNX.patterns, ONNX.providers[:3]
    ('onnx', ('*.onnx',), ('cpu', 'cuda', 'tensorrt'))
    """

    name = "onnx"
    summary = "ONNX models on ONNX Runtime, with gradients of their own graph."
    patterns: tuple[str, ...] = PATTERNS
    usual_places: tuple[str, ...] = USUAL_PLACES
    providers: tuple[str, ...] = tuple(PROVIDERS)
    gradient_routes: tuple[str, ...] = ("onnx", "torch")
    preload: tuple[str, ...] = ("onnx", "rmqm_onnx.opening", "rmqm_onnx.inspection")

    def open(self, path: Path, options: OpenOptions) -> OnnxEncoder:
        """Open a model; raises as `rmqm_onnx.open_encoder`."""
        from rmqm_onnx.opening import open_encoder

        with refusing_broken(path):
            return open_encoder(path, options)

    def open_autoencoder(
        self,
        path: Path,
        options: OpenOptions,
        *,
        latent: str | None = None,
        decoder: Path | None = None,
        reconstruction: ReconstructionUnits | None = None,
    ) -> Autoencoder:
        """Open a model as encoder and decoder; raises as `rmqm_onnx.open_autoencoder`."""
        from rmqm_onnx.autoencoders.opening import open_autoencoder

        with refusing_broken(path):
            return open_autoencoder(
                path, options, latent=latent, decoder=decoder, reconstruction=reconstruction
            )

    def inspect(self, path: Path, options: OpenOptions) -> Mapping[str, Any]:
        """Describe a model by its file alone."""
        from rmqm_onnx.inspection import inspect_model

        read_provider(options.provider)
        with refusing_broken(path):
            return inspect_model(path, options)

    def check_provider(self, text: str) -> None:
        """Refuse what is no provider, or has options in another form; raises `UsageError`."""
        read_provider(text)

    def write_null(self, path: Path, folder: Path, *, seed: int = 0) -> NullModel:
        """Write the network with permuted weights into an empty folder."""
        from rmqm_onnx.null_model import write_null

        with refusing_broken(path):
            return write_null(path, folder, seed=seed)

    def with_gradient(self, encoder: ModelEncoder, path: Path, route: str) -> DifferentiableEncoder:
        """
        Return the encoder of a model file with the gradient that was asked for.

        Raises
        ------
        UsageError
            ARG001 if there is no such route, or another backend opened the encoder.
        UnavailableError
            ENV007 if the route is ``"torch"`` and PyTorch is missing.
        """
        own = _own(encoder)
        if route == "onnx":
            return own
        if route == "torch":
            from attrs import evolve

            from rmqm_onnx.reading.places import locate_model
            from rmqm_torch import ConvertedGradients

            gradients = ConvertedGradients(locate_model(path), own.output)
            return evolve(own, gradients=gradients)
        raise UsageError(
            "ARG001",
            f"--gradient must be one of {', '.join(self.gradient_routes)} for the backend onnx; "
            f"got {route!r}",
            fix="Correct it, or leave it out.",
        )

    def gradient_outlook(self, path: Path, encoder: ModelEncoder) -> Finding:
        """Say whether every operator between input and encodings has a derivative rule."""
        from rmqm_onnx.gradients.outlook import gradient_outlook

        with refusing_broken(path):
            return gradient_outlook(path, encoder.input, encoder.output)

    def gradient_error(self, encoder: DifferentiableEncoder, inputs: FloatArray) -> float | None:
        """Compare a gradient with differences at inputs (n, *S); None if n is 0."""
        from rmqm_onnx.gradients.checking import gradient_error

        return gradient_error(encoder, inputs)

    def gradient_findings(self, route: str, error: float | None) -> Sequence[Finding]:
        """Say what an error of `gradient_error` means for a gradient made by this route."""
        from rmqm_onnx.gradients.checking import gradient_findings

        return gradient_findings(route, error)

    def gradient_model(
        self, encoder: ModelEncoder, path: Path, kind: GradientKind
    ) -> GradientModel:
        """Write the gradient of the encoder's network as a model of its own, and try it."""
        from rmqm_onnx.gradient_file import gradient_model

        with refusing_broken(path):
            return gradient_model(_own(encoder), path, kind)

    def is_gradient_model(self, path: Path) -> bool:
        """Whether a file is a gradient that was written by `gradient_model`."""
        from rmqm_onnx.gradient_file import is_gradient_model

        return is_gradient_model(path)

    def read_preprocessing(self, path: Path) -> Preprocessing:
        """Read a file that a user named: our keys in TOML or JSON, Hugging Face's, or timm's."""
        from rmqm_onnx.reading.preprocessing_files import read_preprocessing

        return read_preprocessing(path)

    def arranged(self, encoder: ModelEncoder, inputs: FloatArray) -> Arranged:
        """Return what the network is handed for inputs (n, *S)."""
        from rmqm_spec.contracts.backend import Arranged

        arrangement = _own(encoder).arrangement
        values = arrangement(inputs)
        return Arranged(
            values=values,
            layout=arrangement.layout.layout,
            restored=arrangement.restore(values),
            rounding=arrangement.rounding(values),
            shape=arrangement.layout.network_shape,
        )

    def encoded_as_given(self, encoder: ModelEncoder, values: AnyArray) -> AnyArray:
        """Encode what another preprocessing hands to the network (n, *T)."""
        return _own(encoder).encode_as_given(values)

    def range_finding(self, encoder: ModelEncoder, low: float, high: float) -> Finding | None:
        """Warn of values from `low` to `high` that do not fit the graph's own normalisation."""
        from rmqm_onnx.choices.normalised_range import range_finding

        return range_finding(_own(encoder).leading, encoder.input, low, high)

    def diagnose(self) -> Mapping[str, Any]:
        """Try the runtime and each provider for real."""
        from rmqm_onnx.running.diagnosis import diagnose

        return diagnose()


ONNX = OnnxBackend()

if TYPE_CHECKING:  # type checkers compare the backend with every protocol of the contract
    _BACKEND: contract.Backend = ONNX
    _AUTOENCODER_OPENING: contract.AutoencoderOpening = ONNX
    _INSPECTING: contract.Inspecting = ONNX
    _PROVIDER_CHECKING: contract.ProviderChecking = ONNX
    _NULL_WRITING: contract.NullWriting = ONNX
    _GRADIENT_GIVING: contract.GradientGiving = ONNX
    _GRADIENT_WRITING: contract.GradientWriting = ONNX
    _PREPROCESSING_READING: contract.PreprocessingReading = ONNX
    _DIAGNOSING: contract.Diagnosing = ONNX


def _own(encoder: ModelEncoder) -> OnnxEncoder:
    from rmqm_onnx.running.encoder import OnnxEncoder

    if isinstance(encoder, OnnxEncoder):
        return encoder
    raise UsageError(
        "ARG001",
        f"the backend onnx must be given an encoder that it opened; got {type(encoder).__name__}",
        fix="Open the model with this backend, or ask the backend that opened it.",
    )
