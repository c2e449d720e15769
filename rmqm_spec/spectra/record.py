"""The records of ``rmqm-spectrum/1``, and of what ``spectrum`` prints of several models."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import CODE, DIGEST, entry, record
from rmqm_spec.results.encoder_record import (
    GeometryEntry,
    InputEntry,
    ModelEntry,
    OutputEntry,
    PreprocessingEntry,
    RuntimeEntry,
)
from rmqm_spec.results.record import ErrorEntry, FindingEntry

__all__ = ["SpectraDocument", "SpectrumDocument"]

QUANTITY = (
    "^(error|(latent|input)-(trace|log-volume|arithmetic-mean|geometric-mean|small|reversing)"
    "|difference-l[12]|norm|(numerical-)?rank|(condition|volume)(-at-rank)?)$"
)
"""Names of what is known of every input."""


@record
class QuantityEntry:
    """A quantity over inputs: its mean, and between which values the inputs lie."""

    mean: float | None = entry("Of the inputs with a finite value; null if there is none.")
    interval: tuple[float, float] | None = entry("95 % interval of the mean; null for one input.")
    median: float | None = entry("Of all inputs; null for -inf, and for true or false.")
    quartiles: tuple[float | None, ...] | None = entry("First and third.")
    middle: tuple[float | None, ...] | None = entry("Quantiles at 2.5 and 97.5 %.")
    inputs: int = entry(least=1)
    infinite: int = entry("Inputs without a finite value.", least=0)


@record
class PairedMeanEntry:
    """A mean difference, input by input."""

    value: float
    interval: tuple[float, float] | None
    inputs: int = entry(least=1)


@record
class LabelledInputsEntry:
    """The same of the inputs of a class."""

    label: str
    inputs: int = entry(least=1)
    quantities: dict[str, QuantityEntry] = entry(key_pattern=QUANTITY)


@record
class CurveEntry:
    """The singular values of encoders, the largest first, over the inputs."""

    means: tuple[float, ...]
    low: tuple[float, ...] = entry("Quantile at 2.5 %.")
    high: tuple[float, ...] = entry("Quantile at 97.5 %.")


@record
class MeasuredInputsEntry:
    """What was measured of a set of inputs."""

    inputs: int = entry(least=1)
    quantities: dict[str, QuantityEntry] = entry(
        "By name: error; latent-trace, ...: of both Jacobians of an autoencoder; norm, rank, "
        "condition, volume: of an encoder.",
        key_pattern=QUANTITY,
    )
    classes: tuple[LabelledInputsEntry, ...] = entry("Empty without labels.")
    curve: CurveEntry | None = entry("Of encoders alone.")


@record
class LeftOutSpectrumInput:
    """An input that was left out, and why."""

    name: str
    code: str = entry(pattern=CODE)
    message: str


@record
class SpectrumSetEntry(MeasuredInputsEntry):
    """A set of inputs, where it comes from, and what was measured of it."""

    name: Literal["data", "train", "test"]
    source: str
    labels: str | None
    ids_sha256: str = entry(pattern=DIGEST)
    offered: int = entry(least=0)
    left_out_by_code: dict[str, int] = entry(each_least=1)
    left_out: tuple[LeftOutSpectrumInput, ...]


@record
class CoefficientEntry:
    """A coefficient in standard deviations, with its robust standard error."""

    value: float
    standard_error: float
    interval: tuple[float, float] = entry("95 % interval.")


@record
class RegressionEntry:
    """The error of training and test inputs on their log volume or trace: equation (6) or (7)."""

    space: Literal["latent", "input"]
    regressor: Literal["log-volume", "trace"]
    reading: Literal["absolute", "dropped"] | None = entry(
        "What becomes of inputs whose orientation is reversed; null for the trace."
    )
    intercept: CoefficientEntry = entry("b0")
    slope: CoefficientEntry = entry("b1: of training inputs.")
    test_shift: CoefficientEntry = entry("b2: what a test input has on top of b0.")
    slope_difference: CoefficientEntry = entry("b3: what a test input has on top of b1.")
    test_slope: CoefficientEntry = entry("b1 + b3")
    r_squared: float
    n_train: int = entry(least=1)
    n_test: int = entry(least=1)
    left_out_train: int = entry(least=0)
    left_out_test: int = entry(least=0)
    error_mean: float = entry("Mean standardised error of the inputs that count.")
    test_mean: float = entry("Mean standardised regressor of the test inputs that count.")


@record
class NullSpectrumEntry:
    """The same encoder with permuted weights, on the same inputs."""

    status: Literal["ok", "failed"]
    error: ErrorEntry | None = entry("Why there is none; null where there is one.")
    sets: dict[str, MeasuredInputsEntry] = entry("By the name of the set.")
    differences: dict[str, dict[str, PairedMeanEntry]] = entry(
        "Trained minus permuted, input by input, by set and quantity."
    )
    seed: int = entry(optional=True)
    tensors: int = entry(optional=True)
    values: int = entry(optional=True)


@record
class LatentEntry:
    """The latent space; further keys are the backend's own."""

    __open__ = True

    name: str
    shape: tuple[int, ...] = entry(optional=True)
    values: int = entry(optional=True, least=1)


@record
class DecoderEntry:
    """The decoder; further keys are the backend's own."""

    __open__ = True

    model: ModelEntry = entry("Where it is a model of its own.", optional=True)
    input: str = entry(optional=True)
    output: str = entry(optional=True)


@record
class SpectrumOfModel:
    """The part that a document of one model shares with the list of several."""

    rmqm: None
    interval: None
    mode: Literal["autoencoder", "encoder"]
    dimension: int = entry("Number of eigenvalues, or of singular values, of an input.", least=1)
    task_sha256: str = entry("Which inputs, with which labels.", pattern=DIGEST)
    sets: tuple[SpectrumSetEntry, ...] = entry(shortest=1)
    regressions: tuple[RegressionEntry, ...] = entry("Empty without training and test inputs.")
    null: NullSpectrumEntry | None = entry("null where none was asked for, or can be made.")
    latent: LatentEntry | None = entry("null for an encoder alone.")
    decoder: DecoderEntry | None = entry("null for an encoder alone.")
    given_name: str = entry(
        "What the user calls the model; absent where that is the name of its file.", optional=True
    )
    model: ModelEntry | None
    input: InputEntry | None
    output: OutputEntry | None
    preprocessing: PreprocessingEntry | None
    geometry: GeometryEntry | None
    runtime: RuntimeEntry | None
    findings: tuple[FindingEntry, ...]
    versions: dict[str, str]
    created: str = entry(format="date-time")
    seconds: float = entry(least=0)
    spectrum_sha256: str = entry(pattern=DIGEST)


@record
class SpectrumDocument(SpectrumOfModel):
    """Spectra of the Jacobians of a model: how it deforms the space around its inputs."""

    schema: Literal["rmqm-spectrum/1"]


@record
class ListedSpectrumEntry(SpectrumOfModel):
    """A document of one model, with its name and path."""

    name: str
    path: str
    schema: Literal["rmqm-spectrum/1"]


@record
class SpectrumDifferenceEntry:
    """Two models on the same inputs, the model with the larger mean first."""

    set: Literal["data", "train", "test"]
    quantity: str = entry(pattern=QUANTITY)
    first: str
    second: str
    value: float
    interval: tuple[float, float] | None
    inputs: int = entry(least=1)
    tied: bool = entry("Whether the interval holds zero, or there is none.")


@record
class FailedSpectrumEntry:
    """A model that could not be measured."""

    name: str
    code: str = entry(pattern=CODE)
    message: str
    fix: str


@record
class SpectraDocument:
    """What spectrum prints of several models: their documents, and paired differences."""

    schema: Literal["rmqm-spectra/1"]
    ok: bool
    rmqm: None
    interval: None
    models: tuple[ListedSpectrumEntry, ...]
    differences: tuple[SpectrumDifferenceEntry, ...]
    failed: tuple[FailedSpectrumEntry, ...]
