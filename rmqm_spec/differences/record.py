"""The record of ``rmqm-diff/1``."""

from __future__ import annotations

from typing import Any, Literal

from rmqm_spec.contracts.record import DIGEST, entry, record
from rmqm_spec.results.record import Components, FindingEntry, Status

__all__ = ["DiffDocument"]


@record
class RecomputedEntry:
    """What both results were computed again by."""

    variant: Literal["paper", "authors-2022"]
    resolution: float = entry(least=0)
    inputs: int = entry(least=1)


@record
class SideEntry:
    """One of the two results, as it was read."""

    result: str
    model: str | None
    inputs: int = entry(least=1)
    rmqm: float | None
    interval: tuple[float, float] | None
    status: Status
    components: Components
    protocol_sha256: str = entry(pattern=DIGEST)
    result_sha256: str = entry(pattern=DIGEST)


@record
class FieldEntry:
    """A field by its name with dots, and both values; null where one document lacks it."""

    name: str
    first: Any
    second: Any


@record
class NamedInputEntry:
    """An input."""

    id: str
    name: str


@record
class InputSetsEntry:
    """Which inputs both have, and which only one of them."""

    shared: int = entry(least=0)
    only_first: tuple[NamedInputEntry, ...]
    only_second: tuple[NamedInputEntry, ...]


@record
class DistancesEntry:
    """How far the distances are apart."""

    largest_change: float = entry(least=0)
    inputs_changed: int = entry(least=0)


@record
class ScoreEntry:
    """A score that was subtracted."""

    rmqm: float | None
    interval: tuple[float, float] | None
    status: Status


@record
class TermEntry:
    """A term of the score in both results, and its part of the difference."""

    name: Literal["D", "S", "1/D_RC", "1/P_RC"]
    first: float
    second: float
    part: float


@record
class MovedEntry:
    """An input and its contribution to both scores."""

    id: str
    name: str
    first: float
    second: float
    change: float


@record
class ScoreDifferenceEntry:
    """The difference of the scores, and where it comes from."""

    rmqm: float = entry("RMQM of B minus that of A.")
    interval: tuple[float, float] | None = entry("Its 95 % interval, paired by input.")
    terms: tuple[TermEntry, ...] = entry(
        "exp(RMQM) is 1 plus the sum of the terms; the parts add up to the difference of RMQM."
    )
    levels: tuple[float, ...] = entry("What each level 1 to J adds to the difference of RMQM.")
    unassigned: float = entry(
        "What belongs to no level: undefined terms, and inputs left out of the means."
    )
    inputs: tuple[MovedEntry, ...] = entry("The inputs whose contribution to RMQM changed most.")


@record
class DiffDocument:
    """What differs between two results, the first (A) and the second (B); changes are B minus A."""

    schema: Literal["rmqm-diff/1"]
    ok: bool = entry("The same as same.")
    rmqm: None = entry("A difference has no score; it stands under difference.")
    interval: None
    same: bool = entry("Whether both give the same numbers for the same question, bit for bit.")
    comparable: bool = entry(
        "Whether the scores may be subtracted: one protocol and one set of inputs, or both "
        "computed again."
    )
    recomputable: bool = entry("Whether --recompute would make them comparable.")
    recomputed: RecomputedEntry | None = entry(
        "What both were computed again by; null where they were taken as they are."
    )
    results: tuple[SideEntry, SideEntry]
    protocol: tuple[FieldEntry, ...] = entry(
        "Fields of the protocol that differ; scores of different protocols are not comparable."
    )
    model: tuple[FieldEntry, ...] = entry("Which model.")
    input: tuple[FieldEntry, ...] = entry("What is altered.")
    output: tuple[FieldEntry, ...] = entry("What is taken as the encodings.")
    preprocessing: tuple[FieldEntry, ...] = entry(
        "What happens between the altered input and the network."
    )
    runtime: tuple[FieldEntry, ...] = entry("What the encoders ran on.")
    versions: tuple[FieldEntry, ...] = entry("Versions of what took part.")
    findings: tuple[FindingEntry, ...] = entry(
        "What weakens the comparison, such as different providers.", optional=True
    )
    inputs: InputSetsEntry
    distances: DistancesEntry | None = entry(
        "How far the sufficient statistics are apart; null where the results do not compare."
    )
    scores: tuple[ScoreEntry, ScoreEntry] | None = entry("The two scores that were subtracted.")
    difference: ScoreDifferenceEntry | None = entry(
        "Null where the results do not compare, or one has no score."
    )
