"""The record of what ``check`` prints."""

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
from rmqm_spec.results.record import (
    VERSIONS,
    Components,
    Counts,
    CurvesEntry,
    ErrorEntry,
    FindingEntry,
    InputsEntry,
    Protocol,
    Status,
)

__all__ = ["CheckDocument"]


@record
class CheckDocument:
    """What check reports. The keys of a result are there where a score was computed."""

    schema: Literal["rmqm-check/1"]
    ok: bool
    error: ErrorEntry | None = entry(
        "Why the model could not be judged to the end; null where it was."
    )
    path: str
    findings: tuple[FindingEntry, ...]
    rmqm: float | None = entry("The score; null where it is undefined, and status says why.")
    interval: tuple[float, float] | None = entry(
        "95 % interval of rmqm over the choice of inputs; null where there is none."
    )
    seconds: float = entry(least=0)
    status: Status = entry(optional=True)
    components: Components = entry(optional=True)
    weighted_rmqm: float | None = entry(optional=True)
    protocol: Protocol = entry(optional=True)
    protocol_sha256: str = entry(optional=True, pattern=DIGEST)
    counts: Counts = entry(optional=True)
    inputs: InputsEntry = entry(optional=True)
    curves: CurvesEntry = entry(optional=True)
    model: ModelEntry = entry(optional=True)
    input: InputEntry = entry(optional=True)
    output: OutputEntry = entry(optional=True)
    preprocessing: PreprocessingEntry = entry(optional=True)
    runtime: RuntimeEntry = entry(optional=True)
    versions: dict[str, str] = entry(optional=True, keys=VERSIONS)
    created: str = entry(optional=True, format="date-time")
    geometry: GeometryEntry = entry(optional=True)
