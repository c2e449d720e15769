"""The record of ``rmqm-rank/1``."""

from __future__ import annotations

from typing import Any, Literal

from rmqm_spec.contracts.record import CODE, entry, record
from rmqm_spec.results.encoder_record import GeometryEntry, ModelEntry, OutputEntry
from rmqm_spec.results.record import FindingEntry, MeasureEntry, NullEntry, Status

__all__ = ["RankDocument"]


@record
class LeftOutReasonEntry:
    """Inputs that the ranking does not rest on, for one reason."""

    code: str | None = entry(
        "RNK003 where only another encoder could not take them; null for repeated inputs.",
        pattern=CODE,
    )
    reason: str
    count: int = entry(least=1)
    encoders: tuple[str, ...] = entry("Encoders for which this holds.", shortest=1)


@record
class ScoreCounts:
    """As in the result: inputs offered, seen, used and left out."""

    __open__ = True

    offered: int = entry(least=0)
    seen: int = entry(least=0)
    used: int = entry(least=0)


@record
class RankingEncoderEntry:
    """What ranked and unranked encoders have in common."""

    name: str
    status: Status
    components: dict[str, float | None]
    counts: ScoreCounts
    model: ModelEntry | None = entry("As in the result.")
    output: OutputEntry | None = entry("As in the result.", optional=True)
    null: NullEntry | None = entry(
        "The same network with permuted weights, as in the result; null where none was scored."
    )
    measures: dict[str, MeasureEntry] = entry(
        "As in the result; those between encoders over all that are ranked.", optional=True
    )
    geometry: GeometryEntry | None = entry("What the inputs went through before the alteration.")
    result: str = entry("Path of the result.")
    result_sha256: str
    findings: tuple[FindingEntry, ...] = entry("Warnings of the result.")


@record
class RankedEntry(RankingEncoderEntry):
    """An encoder that has a score."""

    rmqm: float
    interval: tuple[float, float]
    position: int = entry("One more than the number of encoders that are surely above it.", least=1)
    positions: tuple[int, int] = entry(
        "First and last position it may have; those of all encoders hold together with 95 %.",
        each_least=1,
    )
    same_as: tuple[str, ...] = entry("Encoders that its score is level with.")
    letters: tuple[str, ...] = entry(
        "Two encoders share a letter if and only if their scores are level.", shortest=1
    )
    best: float = entry("Probability of the highest score.", least=0, most=1)
    probabilities: tuple[float, ...] = entry(
        "Of each position, from the first.", each_least=0, each_most=1
    )
    shares: dict[str, float] = entry("Share of each term inside the logarithm; they sum to 1.")
    encodings_per_second: float | None = entry(
        "Of this run; null for a result that existed before.", least=0
    )


@record
class UnrankedEntry(RankingEncoderEntry):
    """An encoder without a score."""


@record
class FailedScoreEntry:
    """A model that could not be scored."""

    name: str
    code: str = entry(pattern=CODE)
    message: str
    fix: str


@record
class PairEntry:
    """Two encoders, compared input by input."""

    first: str
    second: str
    difference: float = entry("RMQM of the first minus that of the second.", least=0)
    interval: tuple[float, float] = entry(
        "Of the difference; all pairs are covered together with 95 % probability."
    )
    alone: tuple[float, float] = entry(
        "95 % interval, had this difference been the only one looked at."
    )
    probability: float = entry("That the first is above the second.", least=0, most=1)
    tied: bool
    parts: dict[str, float] = entry(
        "What each term of the logarithm adds to the difference; they sum to it."
    )
    inputs_needed: int | None = entry(
        "Of a tie: inputs that would show a difference of this size with 80 % probability."
    )


@record
class RankingMethodEntry:
    """How differences, intervals and probabilities were made."""

    differences: str
    simultaneous: str
    level: float = entry(least=0, most=1)
    quantile: float | None
    draws: int
    seed: int


@record
class MeasurePlaceEntry:
    """An encoder that has a value of the measure that orders the ranking."""

    name: str
    value: float
    interval: tuple[float, float] | None
    position: int = entry(
        "One more than the number of encoders surely before it; of those before it, where no "
        "certainty is known.",
        least=1,
    )
    positions: tuple[int, int] | None = entry(
        "First and last position it may have; null where that is not known.", each_least=1
    )
    same_as: tuple[str, ...] = entry(
        "Encoders that it is level with; of equal value, where no certainty is known."
    )
    letters: tuple[str, ...] = entry("Of the groups of level encoders; empty where not known.")
    best: float | None = entry("Probability of the first place.", least=0, most=1)
    probabilities: tuple[float, ...] | None = entry(
        "Of each position, from the first.", each_least=0, each_most=1
    )


@record
class UnplacedEntry:
    """An encoder without a value of the measure: it comes after all others."""

    name: str
    status: str


@record
class MeasurePairEntry:
    """Two encoders by the measure, compared on the same inputs; null where nothing is known."""

    first: str
    second: str
    difference: float = entry("How far the first is before the second.", least=0)
    interval: tuple[float, float] | None = entry(
        "Of the difference; all pairs are covered together with 95 % probability."
    )
    alone: tuple[float, float] | None = entry(
        "95 % interval, had this difference been the only one looked at."
    )
    probability: float | None = entry("That the first is before the second.", least=0, most=1)
    tied: bool | None
    inputs_needed: int | None


@record
class SupportEntry:
    """What the study of encoders found of the measure (docs/evidence.md)."""

    end: Literal["high", "low"]
    neighbours: tuple[float, float, float] = entry(
        "Correlation with nearest-neighbour accuracy on other data, and its interval."
    )
    probe: tuple[float, float, float] = entry("The same with a linear probe.")


@record
class ByEntry:
    """The order by another measure than RMQM."""

    asked: str = entry("As it was typed.")
    measure: str
    title: str
    units: str
    source: str
    first: Literal["high", "low"] = entry("Which values are first.")
    basis: Literal["study", "declared", "given"] = entry("Who says so.")
    contrary: bool = entry("Whether study or measure say the other end.")
    study: SupportEntry | None
    certain: bool = entry("Whether it is known how sure differences are.")
    ranked: tuple[MeasurePlaceEntry, ...] = entry("The first encoder first.")
    unranked: tuple[UnplacedEntry, ...]
    pairs: tuple[MeasurePairEntry, ...]
    order_probability: float | None
    quantile: float | None
    groups: int = entry("Groups of inputs that were left out in turn; 0 where none were.", least=0)


@record
class DecisionEntry:
    """A pair that a race decided."""

    first: str = entry("The encoder above.")
    second: str
    n: int = entry("Inputs at the look that decided it.", least=2)
    difference: float = entry("Of the scores, at that look.", least=0)
    error: float = entry("Its standard error.", least=0)
    bound: float = entry("Standard errors from zero that were asked for.", least=0)


@record
class RaceEntry:
    """How a race went."""

    until: Literal["order", "best"] = entry("What it was to settle.")
    confidence: float = entry("Probability that no decision is wrong.", least=0, most=1)
    margin: float = entry("Encoders that surely differ by less are level.", least=0)
    looks: tuple[int, ...] = entry("Numbers of inputs that it was planned to be judged at.")
    looks_taken: int = entry(least=0)
    stopped: Literal["settled", "budget", "inputs"] = entry("Why it ended.")
    budget: float | None = entry("Seconds that it might take.")
    best: str | None = entry("The encoder that is surely the best, where one is.")
    inputs: dict[str, int] = entry("Inputs that each encoder was given.")
    decisions: tuple[DecisionEntry, ...] = entry("In the order in which they fell.")
    race_sha256: str = entry("Names the encoders, the inputs and the rules.")


@record
class RankDocument:
    """Several encoders on the same inputs."""

    schema: Literal["rmqm-rank/1"]
    ok: bool = entry("Whether every model has a score; printed, not stored.", optional=True)
    rmqm: float | None = entry("Score of the first encoder.")
    interval: tuple[float, float] | None
    protocol: dict[str, Any] | None = entry("What all results share; null without a result.")
    inputs: int = entry("Inputs that every encoder saw.", least=0)
    left_out: tuple[LeftOutReasonEntry, ...] = entry(
        "Inputs that were looked at and are not in the ranking, by reason."
    )
    ranked: tuple[RankedEntry, ...] = entry("By falling RMQM, whatever else orders the table.")
    unranked: tuple[UnrankedEntry, ...] = entry("Encoders without a score.")
    failed: tuple[FailedScoreEntry, ...] = entry("Models that could not be scored.")
    pairs: tuple[PairEntry, ...]
    order_probability: float | None = entry("That the order of ranked is right from top to bottom.")
    method: RankingMethodEntry
    by: ByEntry = entry("The order by another measure, where one was asked for.", optional=True)
    race: RaceEntry = entry("The race that it comes of, if any.", optional=True)
    findings: tuple[FindingEntry, ...]
    ranking_sha256: str = entry(
        "Names the set of results that were ranked, and what else than RMQM orders them."
    )
