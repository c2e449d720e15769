"""The records of ``rmqm-probe/1``, and of what ``probe`` prints of several encoders."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import DIGEST, entry, record
from rmqm_spec.results.encoder_record import (
    GeometryEntry,
    InputEntry,
    ModelEntry,
    OutputEntry,
    PreprocessingEntry,
    RuntimeEntry,
)
from rmqm_spec.results.record import FindingEntry, MeasureEntry

__all__ = ["ProbeDocument", "ProbesDocument"]


@record
class HeldOutEntry:
    """A penalty that was tried, and what it gave on held-out inputs."""

    C: float
    accuracy: float = entry(least=0, most=1)


@record
class AccuracyEntry:
    """The accuracy of a probe; the keys from C on are those of the linear probe."""

    accuracy: float = entry(least=0, most=1)
    interval: tuple[float, float] = entry("95 % interval of Wilson.")
    correct: int = entry(least=0)
    judged: int = entry(least=1)
    C: float = entry(optional=True, above=0)
    held_out: tuple[HeldOutEntry, ...] = entry(optional=True)
    converged: bool = entry(optional=True)
    iterations: int = entry(optional=True, least=0)
    max_iterations: int = entry(optional=True, least=0)
    gradient: float = entry(optional=True)
    tolerance: float = entry(optional=True)


@record
class ClassEntry:
    """A class, and how many inputs of it there are."""

    label: str
    train: int = entry(least=1)
    test: int = entry(least=0)


@record
class SplitEntry:
    """How inputs were divided."""

    rule: Literal["stratified-by-content/1", "given"]
    train_share: float | None
    neighbours: Literal["train-test", "leave-one-out"]
    train: int = entry(least=0)
    test: int = entry(least=0)


@record
class LeftOutInputEntry:
    """An input that was left out, and why."""

    name: str
    code: str
    message: str


@record
class LabelledInputsEntry:
    """Where inputs and labels come from."""

    source: str
    labels: str
    train_source: str | None
    train_labels: str | None
    ids_sha256: str = entry(pattern=DIGEST)
    offered: int = entry(least=0)
    left_out_by_code: dict[str, int] = entry(each_least=1)
    left_out: tuple[LeftOutInputEntry, ...]


@record
class ProbedEncoder:
    """The part that a document of one encoder shares with the list of several."""

    rmqm: None
    interval: None
    task: str
    task_sha256: str = entry(
        "Which inputs with which labels were learnt from and judged on.", pattern=DIGEST
    )
    probes: dict[str, AccuracyEntry] = entry(shortest=1, key_pattern="^([1-9][0-9]*-nn|linear)$")
    measures: dict[str, MeasureEntry] = entry(
        "Measures with labels, by name: of unit encodings of the training part.", optional=True
    )
    measured_on: Literal["train"] = entry(
        "The part that measures see: labels of test inputs stay unseen.", optional=True
    )
    chance: float = entry(
        "Accuracy of always naming the class that is most frequent among the test inputs.",
        least=0,
        most=1,
    )
    classes: tuple[ClassEntry, ...] = entry(shortest=2)
    split: SplitEntry
    inputs: LabelledInputsEntry
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
    probe_sha256: str = entry(pattern=DIGEST)


@record
class ProbeDocument(ProbedEncoder):
    """What nearest neighbours and a linear classifier make of the encodings of one encoder."""

    schema: Literal["rmqm-probe/1"]


@record
class ProbedModelEntry(ProbedEncoder):
    """A document of one encoder, with its name and path."""

    name: str
    path: str
    schema: Literal["rmqm-probe/1"]


@record
class AccuracyDifferenceEntry:
    """Two encoders on the same test inputs."""

    probe: str
    first: str
    second: str
    value: float
    interval: tuple[float, float] = entry("95 % interval of Agresti and Min.")
    only_first: int = entry(least=0)
    only_second: int = entry(least=0)
    p: float = entry("Exact test of McNemar.", least=0, most=1)
    tied: bool


@record
class FailedProbeEntry:
    """A model that could not be probed."""

    name: str
    code: str
    message: str
    fix: str


@record
class ProbesDocument:
    """What probe prints of several encoders: their documents, and paired differences."""

    schema: Literal["rmqm-probes/1"]
    ok: bool
    rmqm: None
    interval: None
    models: tuple[ProbedModelEntry, ...]
    differences: tuple[AccuracyDifferenceEntry, ...]
    failed: tuple[FailedProbeEntry, ...]
