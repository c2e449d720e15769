"""The record of ``rmqm-result/1``."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import CODE, DIGEST, entry, record
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.results.encoder_record import (
    GeometryEntry,
    InputEntry,
    ModelEntry,
    OutputEntry,
    PreprocessingEntry,
    RuntimeEntry,
)

__all__ = [
    "VERSIONS",
    "AlterationParameters",
    "Components",
    "Counts",
    "CurvesEntry",
    "ErrorEntry",
    "FindingEntry",
    "InputsEntry",
    "MeasureEntry",
    "NullEntry",
    "Protocol",
    "ResultDocument",
    "Status",
    "alteration_records",
]

Status = Literal["ok", "collapsed", "undefined-terms", "constant-steps"]


@record
class FindingEntry:
    """A finding: its code, its level, its message and what to do."""

    code: str = entry(pattern=CODE)
    level: Literal["ok", "warn", "fail"]
    message: str
    fix: str


@record
class Components:
    """The components of a score; null where undefined."""

    D: float | None
    D_RC: float | None
    P_RC: float | None
    S: float | None


def alteration_records() -> dict[str, type]:
    """Return the record of the parameters of each installed alteration that states it, by name."""
    kinds = load_all("alteration")[0]
    return {name: kind.parameters for name, kind in kinds.items() if kind.parameters is not None}


@record
class AlterationParameters:
    """An alteration that states no record of its own parameters."""

    __open__ = True
    __by_name__ = staticmethod(alteration_records)

    name: str
    J: int = entry(least=1)
    bounds: tuple[float, float]
    seed: int = entry(least=0)


@record
class Protocol:
    """Every choice that changes a number; results of different protocols are not comparable."""

    specification: str
    variant: Literal["paper", "authors-2022"]
    alteration: AlterationParameters = entry("The alteration with all its parameters.")
    resolution: float = entry("Distances below it count as zero.", least=0)
    inputs: GeometryEntry | None = entry("What inputs go through before the alteration.")


@record
class UndefinedTerms:
    """How many relative changes divide by zero."""

    D_RC: int = entry(least=0)
    P_RC: int = entry(least=0)


@record
class Counts:
    """Inputs, levels and encodings, counted."""

    offered: int = entry(least=0)
    seen: int = entry(least=0)
    used: int = entry(least=0)
    duplicates: int = entry(least=0)
    unreadable: int = entry(least=0)
    levels: int = entry(least=0)
    encodings: int = entry(least=0)
    undefined_terms: UndefinedTerms
    left_out_of_spike_means: int = entry(least=0)
    stopped_early: bool


@record
class SkippedEntry:
    """An input that could not be read, and why."""

    name: str
    code: str
    message: str


@record
class InputsEntry:
    """Where the inputs come from, and which they are."""

    source: str
    ids_sha256: str = entry(pattern=DIGEST)
    skipped: tuple[SkippedEntry, ...]


@record
class CurveEntry:
    """A quantity by level, over the inputs; null where it is undefined."""

    mean: tuple[float | None, ...]
    std: tuple[float | None, ...]


@record
class CurvesEntry:
    """Means and standard deviations by level."""

    levels: tuple[int, ...] = entry(each_least=1)
    displacement: CurveEntry
    step_length: CurveEntry
    displacement_change: CurveEntry
    step_length_change: CurveEntry


@record
class MeasureEntry:
    """The value of a further measure."""

    title: str
    value: float | None
    interval: tuple[float, float] | None
    status: str
    units: str
    direction: Literal["higher", "lower"] | None
    source: str
    details: dict[str, float | None]


@record
class ErrorEntry:
    """An error by code, with what to do."""

    code: str = entry(pattern=CODE)
    message: str
    fix: str


@record
class NullEntry:
    """The same network with permuted weights on the same inputs; not part of result_sha256."""

    rmqm: float | None
    interval: tuple[float, float] | None
    status: Literal["ok", "collapsed", "constant-steps", "undefined-terms", "failed"]
    difference: float | None = entry("Score minus that of the null.")
    difference_interval: tuple[float, float] | None = entry(
        "Paired 95 % interval of the difference."
    )
    model_sha256: str | None
    result_sha256: str | None
    error: ErrorEntry | None = entry("Why the null failed; null where it did not.")
    measures: dict[str, MeasureEntry] = entry(
        "Further measures of the null's encodings, by name.", optional=True
    )
    seed: int = entry(optional=True)
    tensors: int = entry(optional=True)
    values: int = entry(optional=True)
    folder: str = entry(
        "Where the result of the null lies, below that of the score.", optional=True
    )
    findings: tuple[FindingEntry, ...]


VERSIONS = ("python", "platform", "numpy")
"""What every document names the versions of."""


@record
class ResultDocument:
    """The result of scoring one encoder: the number, how it was made, and how sure it is."""

    schema: Literal["rmqm-result/1"]
    rmqm: float | None = entry("The score; null where it is undefined, and status says why.")
    interval: tuple[float, float] | None = entry(
        "95 % interval of rmqm over the choice of inputs; null where there is none."
    )
    status: Status
    components: Components
    weighted_rmqm: float | None
    protocol: Protocol
    protocol_sha256: str = entry(pattern=DIGEST)
    counts: Counts
    inputs: InputsEntry
    curves: CurvesEntry
    measures: dict[str, MeasureEntry] = entry(
        "Further measures of the same encodings, by name.", optional=True
    )
    given_name: str = entry(
        "What the user calls the encoder; absent where that is the name of its file.", optional=True
    )
    model: ModelEntry | None = entry(
        "Null for an encoder that is not a file, as are the next four."
    )
    input: InputEntry | None
    output: OutputEntry | None
    preprocessing: PreprocessingEntry | None
    runtime: RuntimeEntry | None
    null: NullEntry | None
    findings: tuple[FindingEntry, ...]
    versions: dict[str, str] = entry(keys=VERSIONS)
    created: str = entry(format="date-time")
    seconds: float = entry(least=0)
    run_sha256: str | None = entry(
        "Digest of everything that the numbers depend on, known before they are computed; null "
        "where the result was not made by a run of the command line.",
        pattern=DIGEST,
    )
    result_sha256: str = entry(pattern=DIGEST)
