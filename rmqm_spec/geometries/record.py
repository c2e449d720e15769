"""The records of ``rmqm-geometry/1``, and of what ``geometry`` prints of several encoders."""

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
from rmqm_spec.results.record import AlterationParameters, ErrorEntry, FindingEntry

__all__ = ["GeometriesDocument", "GeometryDocument"]


@record
class MeanEntry:
    """A mean over inputs, or a mean difference."""

    value: float
    interval: tuple[float, float] | None = entry("95 % interval; null for a single input.")
    inputs: int = entry(least=1)


@record
class NullNeighbourhoodsEntry:
    """The neighbourhoods of all inputs among each other."""

    k: int = entry("Number of candidates.", least=1)
    inputs: int = entry(least=2)
    neighbours: MeanEntry = entry("Number of candidates with a weight above 0.")
    error: MeanEntry = entry("Squared distance from an input to its neighbours' weighted sum.")
    diameter: MeanEntry = entry("Greatest distance between two neighbours, as unit vectors.")
    spread: float = entry("Root mean square distance between two inputs.", least=0, most=2)
    without_neighbours: int = entry("Inputs all of whose candidates have the weight 0.", least=0)


@record
class NeighbourhoodsEntry(NullNeighbourhoodsEntry):
    """The same with the kernel, as it was typed."""

    kernel: str


@record
class GeometryClassEntry:
    """A class, and how many inputs of it there are."""

    label: str
    inputs: int = entry(least=1)


@record
class LabelledEntry:
    """What neighbourhoods say of labels."""

    classes: tuple[GeometryClassEntry, ...] = entry(shortest=1)
    chance: float = entry("Share of the most frequent class.", least=0, most=1)
    mixed: MeanEntry = entry("Share of inputs with a neighbour of another class.")
    answers: dict[str, MeanEntry] = entry(
        "Share of correct answers, by who answers.",
        key_pattern="^(nnk|k-nn|softmax-k-nn|linear|model)$",
    )


@record
class AlteredCurves:
    """A mean per set, or per level, with its interval."""

    neighbours: tuple[MeanEntry, ...]
    diameters: tuple[MeanEntry, ...]
    displacements: tuple[MeanEntry, ...] = entry("Distance from the unaltered input at a level.")


@record
class AlteredEntry:
    """The sets of an input and its altered versions."""

    inputs: int = entry(least=1)
    neighbours: MeanEntry = entry("Of the whole set.")
    diameter: MeanEntry = entry("Of the whole set: small where the encoder is invariant.")
    relative_diameter: float | None = entry("Divided by the spread; null where that is 0.")
    levels: tuple[int, ...] = entry("The level at which each set of the curves ends.")
    curves: AlteredCurves


@record
class LinearEntry:
    """How the linear probe was fitted: on half of the inputs, judged on the others."""

    C: float = entry(above=0)
    converged: bool
    train: int = entry(least=1)
    test: int = entry(least=1)


@record
class NullGeometryEntry:
    """The same network with permuted weights, on the same inputs."""

    status: Literal["ok", "failed"]
    error: ErrorEntry | None = entry("Why there is none; null where there is one.")
    neighbourhoods: NullNeighbourhoodsEntry | None
    labelled: LabelledEntry | None
    altered: AlteredEntry | None
    differences: dict[str, MeanEntry] = entry("Trained minus permuted, input by input.")
    seed: int = entry(optional=True)
    tensors: int = entry(optional=True)
    values: int = entry(optional=True)


@record
class LeftOutGeometryInput:
    """An input that was left out, and why."""

    name: str
    code: str = entry(pattern=CODE)
    message: str


@record
class GeometryInputsEntry:
    """Where inputs and labels come from."""

    source: str
    labels: str | None
    ids_sha256: str = entry(pattern=DIGEST)
    offered: int = entry(least=0)
    left_out_by_code: dict[str, int] = entry(each_least=1)
    left_out: tuple[LeftOutGeometryInput, ...]


@record
class MeasuredEncoder:
    """The part that a document of one encoder shares with the list of several."""

    rmqm: None
    interval: None
    task_sha256: str = entry("Which inputs, with which labels.", pattern=DIGEST)
    neighbourhoods: NeighbourhoodsEntry
    labelled: LabelledEntry | None = entry("null without labels.")
    altered: AlteredEntry | None = entry("null without an alteration.")
    alteration: AlterationParameters | None
    linear: LinearEntry | None
    scores: str | None = entry("The output whose largest value is the model's own answer.")
    null: NullGeometryEntry | None = entry("null where none was asked for, or can be made.")
    inputs: GeometryInputsEntry
    given_name: str = entry(
        "What the user calls the encoder; absent where that is the name of its file.", optional=True
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
    geometry_sha256: str = entry(pattern=DIGEST)


@record
class GeometryDocument(MeasuredEncoder):
    """The neighbourhoods of encodings: how many neighbours, how wide, what they say of labels."""

    schema: Literal["rmqm-geometry/1"]


@record
class MeasuredModelEntry(MeasuredEncoder):
    """A document of one encoder, with its name and path."""

    name: str
    path: str
    schema: Literal["rmqm-geometry/1"]


@record
class QuantityDifferenceEntry:
    """Two encoders on the same inputs, the encoder with the larger mean first."""

    quantity: str
    first: str
    second: str
    value: float
    interval: tuple[float, float] | None
    inputs: int = entry(least=1)
    tied: bool = entry("Whether the interval holds zero, or there is none.")


@record
class LikenessEntry:
    """How alike the neighbourhoods of the same inputs are in two encoders."""

    first: str
    second: str
    jaccard: MeanEntry = entry("Common neighbours over all neighbours of either.")
    jaccard_by_chance: float = entry("The same for neighbours drawn at random.")
    overlap: MeanEntry = entry("Sum of the smaller of both shares.")
    overlap_by_chance: float


@record
class FailedGeometryEntry:
    """A model that could not be measured."""

    name: str
    code: str = entry(pattern=CODE)
    message: str
    fix: str


@record
class GeometriesDocument:
    """What geometry prints of several encoders: documents, paired differences, agreement."""

    schema: Literal["rmqm-geometries/1"]
    ok: bool
    rmqm: None
    interval: None
    models: tuple[MeasuredModelEntry, ...]
    differences: tuple[QuantityDifferenceEntry, ...]
    agreement: tuple[LikenessEntry, ...]
    failed: tuple[FailedGeometryEntry, ...]
