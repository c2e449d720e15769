"""Backends: what opens the files of a runtime or a framework as encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
    from rmqm_spec.contracts.autoencoder import Autoencoder
    from rmqm_spec.contracts.encoder import DifferentiableEncoder, EncoderTraits
    from rmqm_spec.contracts.inputs import InputSpec

__all__ = [
    "Advising",
    "Arranged",
    "AutoencoderOpening",
    "Backend",
    "Diagnosing",
    "GradientGiving",
    "GradientKind",
    "GradientModel",
    "GradientWriting",
    "Inspecting",
    "Layout",
    "ModelEncoder",
    "NullModel",
    "NullWriting",
    "OpenOptions",
    "OutputAdvice",
    "Pooling",
    "PreprocessingReading",
    "ProviderChecking",
    "ReconstructionUnits",
]

Layout = Literal["nchw", "nhwc", "nhw", "flat", "array"]
Pooling = Literal["flatten", "mean", "cls"]
ReconstructionUnits = Literal["network", "inputs"]
"""Whether a decoder gives what the network takes, behind all preprocessing, or plain inputs."""


@frozen(kw_only=True)
class OpenOptions:
    """
    How to open a model; every field left alone is read off the model.

    Parameters
    ----------
    input, output : str, optional
        Names of the input that is altered and of the tensor that holds the encodings, declared
        or internal.
    layout : {"nchw", "nhwc", "nhw", "flat", "array"}, optional
        Where the network's input has its channels; "array" for what is no image.
    size : tuple of int, optional
        Height and width, where the model leaves them open.
    input_shape : tuple of int, optional
        Shape of one input as the network takes it, where the model leaves lengths open.
    data_shape : tuple of int, optional
        Shape of a row of the data that will be given, for lengths that are still open then.
    pooling : {"flatten", "mean", "cls"}, optional
        How encodings of more than one axis become one vector.
    feeds : sequence of (str, str)
        Values of other inputs: a number, a text, or a path to a .npy file.
    preprocessing : Preprocessing, optional
        Instead of what lies in or beside the model.
    provider : str
        Where it runs, by the backend's own names; ``"cpu"`` everywhere. A backend that checks
        providers itself may take options behind the name: ``"cuda:device_id=1"``.
    threads : int, optional
        Number of processors to use; all that the process may use by default.
    batch_size : int, optional
        Inputs per call.
    """

    input: str | None = None
    output: str | None = None
    layout: Layout | None = None
    size: tuple[int, int] | None = None
    input_shape: tuple[int, ...] | None = None
    data_shape: tuple[int, ...] | None = None
    pooling: Pooling | None = None
    feeds: Sequence[tuple[str, str]] = ()
    preprocessing: Preprocessing | None = None
    provider: str = "cpu"
    threads: int | None = None
    batch_size: int | None = None


class ModelEncoder(Protocol):
    """An encoder that was opened from a file, and that knows what it takes."""

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode inputs (N, *S) as (N, E), for any N >= 1, without writing to `inputs`."""
        ...

    @property
    def spec(self) -> InputSpec:
        """What it takes, without the batch axis."""
        ...

    @property
    def preprocessing(self) -> Preprocessing:
        """Geometry and value map of its inputs."""
        ...

    @property
    def traits(self) -> EncoderTraits:
        """How it likes to be fed."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What was chosen and noticed while opening."""
        ...

    @property
    def description(self) -> Mapping[str, Any]:
        """
        Model, input, output, preprocessing, geometry and runtime, as plain data for results.

        ``model`` has at least ``name`` and ``sha256``; docs/result.md lists all keys.
        """
        ...

    @property
    def input(self) -> str:
        """Name of the altered input."""
        ...

    @property
    def output(self) -> str:
        """Name of the tensor with the encodings."""
        ...


@frozen(kw_only=True)
class OutputAdvice:
    """
    Sentences on what to score instead of an output, each with the options to type.

    Parameters
    ----------
    scores : str
        Where its values turn out to be scores of classes.
    zeros : str
        Where all values of an input turn out to be zero.
    """

    scores: str
    zeros: str


@runtime_checkable
class Advising(Protocol):
    """An encoder that knows what could be scored instead of its output."""

    @property
    def advice(self) -> OutputAdvice | None:
        """What it offers; None where it has nothing to say."""
        ...


@runtime_checkable
class Backend(Protocol):
    """
    A backend as a plug: an entry point of the group ``rmqm_spec.backends`` names one.

    The module that holds it should import little: `open` imports the runtime. What a backend can do
    beyond opening a model stands in protocols of their own (`Inspecting`, `NullWriting`,
    `GradientGiving`, `PreprocessingReading`, `Diagnosing`); commands look for them and say in plain
    words where one is missing.
    """

    @property
    def name(self) -> str:
        """As it is typed after ``--backend``."""
        ...

    @property
    def summary(self) -> str:
        """One short sentence for help and ``rmqm-spec doctor``."""
        ...

    @property
    def patterns(self) -> tuple[str, ...]:
        """Names of its model files, as patterns: ``("*.onnx",)``."""
        ...

    @property
    def usual_places(self) -> tuple[str, ...]:
        """Where a folder that is one model holds its file, such as ``("model.onnx",)``."""
        ...

    @property
    def providers(self) -> tuple[str, ...]:
        """Names that ``--provider`` takes."""
        ...

    def open(self, path: Path, options: OpenOptions) -> ModelEncoder:
        """Open a model; raises an `RmqmError` with the reason where that fails."""
        ...


@runtime_checkable
class ProviderChecking(Protocol):
    """A backend whose providers take options, or that opens more than it lists."""

    def check_provider(self, text: str) -> None:
        """
        Refuse what ``--provider`` was given, before a model is opened.

        Raises
        ------
        UsageError
            ARG001, naming what is taken.
        """
        ...


@runtime_checkable
class Inspecting(Protocol):
    """A backend that describes a model by its file alone."""

    def inspect(self, path: Path, options: OpenOptions) -> Mapping[str, Any]:
        """Return the body of the document ``rmqm-inspect/1``."""
        ...


@frozen(kw_only=True)
class NullModel:
    """
    A model with permuted weights, on disk.

    Parameters
    ----------
    path : Path
        The model file; its external data, if any, lies beside it.
    seed : int
        Of the permutations.
    tensors, values : int
        How many weight tensors were permuted, and how many values they hold.
    """

    path: Path
    seed: int
    tensors: int
    values: int


@runtime_checkable
class NullWriting(Protocol):
    """A backend that writes the same network with permuted weights."""

    def write_null(self, path: Path, folder: Path, *, seed: int = 0) -> NullModel:
        """Write it into an empty folder."""
        ...


@runtime_checkable
class GradientGiving(Protocol):
    """A backend whose encoders may have gradients, made in one of several ways."""

    @property
    def gradient_routes(self) -> tuple[str, ...]:
        """Names that ``--gradient`` takes, the usual one first."""
        ...

    def with_gradient(self, encoder: ModelEncoder, path: Path, route: str) -> DifferentiableEncoder:
        """Return the encoder of a model file with the gradient that was asked for."""
        ...

    def gradient_outlook(self, path: Path, encoder: ModelEncoder) -> Finding:
        """Say, by the model file alone, whether a gradient can be taken."""
        ...

    def gradient_error(self, encoder: DifferentiableEncoder, inputs: FloatArray) -> float | None:
        """Hold a gradient against differences at inputs (n, *S); None where nothing can be held."""
        ...

    def gradient_findings(self, route: str, error: float | None) -> Sequence[Finding]:
        """Say where a gradient is no derivative, and how well it agrees with differences."""
        ...


GradientKind: TypeAlias = Literal["vjp", "jvp", "displacement"]
"""What a written gradient gives: a pullback, a derivative in a direction, or a loss's gradient."""


@frozen(kw_only=True)
class GradientModel:
    """
    The gradient of a network as a model of its own.

    Parameters
    ----------
    content : bytes
        The model file.
    inputs, outputs : tuple of mapping
        Its ``name``, ``type`` and ``dims`` (None for the batch), in order.
    facts : mapping
        Format, operators and what it is the gradient of, as plain data for documents.
    deviation : float
        Largest difference of its encodings from those of the network, over their largest value.
    error : float, optional
        Relative difference of the gradient from a difference quotient; None where nothing could be
        compared.
    route : str
        How it was made; see `GradientGiving`.
    """

    content: bytes
    inputs: tuple[Mapping[str, Any], ...]
    outputs: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Any]
    deviation: float
    error: float | None
    route: str


@runtime_checkable
class GradientWriting(Protocol):
    """A backend that writes the gradient of a network as a model of its own."""

    def gradient_model(
        self, encoder: ModelEncoder, path: Path, kind: GradientKind
    ) -> GradientModel:
        """Make it, open it, and compare it with the network and with differences."""
        ...

    def is_gradient_model(self, path: Path) -> bool:
        """Whether a file is the gradient that such a backend wrote: then it may be replaced."""
        ...


@runtime_checkable
class AutoencoderOpening(Protocol):
    """A backend that opens autoencoders: a model with a named latent, or two models."""

    def open_autoencoder(
        self,
        path: Path,
        options: OpenOptions,
        *,
        latent: str | None = None,
        decoder: Path | None = None,
        reconstruction: ReconstructionUnits | None = None,
    ) -> Autoencoder:
        """
        Open a model as encoder and decoder.

        Parameters
        ----------
        path : Path
            The whole autoencoder, or its encoder where `decoder` is given.
        options : OpenOptions
            As for an encoder, but `output` names the reconstruction.
        latent : str, optional
            The tensor that holds the latent, any tensor of the graph at `path`. It may be left out
            where `decoder` is given and the encoder's output is clear.
        decoder : Path, optional
            A model of its own from latents to reconstructions.
        reconstruction : {"network", "inputs"}, optional
            Needed where the encoder's inputs are rescaled on their way to the network.

        Raises
        ------
        RmqmError
            With the reason where that fails.
        """
        ...


@runtime_checkable
class PreprocessingReading(Protocol):
    """A backend that reads preprocessing from files, and that can show what a network sees."""

    def read_preprocessing(self, path: Path) -> Preprocessing:
        """Read a file that a user named."""
        ...

    def arranged(self, encoder: ModelEncoder, inputs: FloatArray) -> Arranged:
        """Return what the network is handed for inputs (n, *S)."""
        ...

    def encoded_as_given(self, encoder: ModelEncoder, values: AnyArray) -> AnyArray:
        """Encode values (n, *T) that another preprocessing made, without any of our own."""
        ...

    def range_finding(self, encoder: ModelEncoder, low: float, high: float) -> Finding | None:
        """Doubt the range of what the network is handed, where its first layers say otherwise."""
        ...


@frozen(kw_only=True, eq=False)
class Arranged:
    """
    What a network is handed for some inputs.

    Parameters
    ----------
    values : (n, *T) ndarray
        In the network's own layout, order of channels and type.
    layout : str
        That layout.
    restored : (n, *S) ndarray
        The inputs again, with the value map undone.
    rounding : float
        How much of a difference to the inputs the type of `values` explains.
    shape : tuple of int
        Shape of one row as the network declares it.
    """

    values: AnyArray
    layout: str
    restored: Float64Array
    rounding: float
    shape: tuple[int, ...] = field(default=())


@runtime_checkable
class Diagnosing(Protocol):
    """A backend that tries its environment for real."""

    def diagnose(self) -> Mapping[str, Any]:
        """Return ``runtime``, ``providers`` and ``threads`` of the document ``rmqm-doctor/1``."""
        ...
