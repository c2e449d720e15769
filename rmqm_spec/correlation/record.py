"""The record of ``rmqm-correlation/1``."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import entry, record
from rmqm_spec.results.record import FindingEntry

__all__ = ["CorrelationDocument"]


@record
class EstimateEntry:
    """A coefficient, its 95 % interval, and how that was made."""

    value: float | None = entry(least=-1, most=1)
    interval: tuple[float, float] | None
    method: Literal["fisher-z", "bonett-wright", "fieller", "encoder-bootstrap-bca"] | None
    p: float | None = entry(least=0, most=1)


@record
class PointEntry:
    """An encoder on a task."""

    encoder: str
    task: str
    score: float
    probe: float
    entered: float = entry("The probe; pooled, divided by the largest of its task.")


@record
class CorrelationEntry:
    """A score against a probe."""

    score: str
    probe: str
    task: str | None = entry("Null for all tasks pooled.")
    pooled: bool
    n_encoders: int = entry(least=0)
    n_pairs: int = entry(least=0)
    pearson: EstimateEntry
    spearman: EstimateEntry
    kendall: EstimateEntry
    points: tuple[PointEntry, ...]


@record
class CorrelationMethodEntry:
    """How intervals and p values were made."""

    pooling: str
    resampled: str
    resamples: int = entry(least=0)
    p: str
    level: float
    seed: int = entry(least=0)
    permutations: int = entry(least=0)


@record
class CorrelationDocument:
    """Scores against probes over encoders, within tasks and pooled."""

    ok: Literal[True]
    schema: Literal["rmqm-correlation/1"]
    rmqm: None
    interval: None
    correlations: tuple[CorrelationEntry, ...] = entry(shortest=1)
    method: CorrelationMethodEntry
    limits: tuple[str, ...]
    findings: tuple[FindingEntry, ...]
    sources: tuple[str, ...]
    versions: dict[str, str]
