"""Rank stored results that measured the same thing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.order import rank_encoders
from rmqm_spec.ranking.records import Ranking
from rmqm_spec.results.comparison import INPUT_SET, require_comparable
from rmqm_spec.results.providers import provider_findings
from rmqm_spec.results.stored import StoredResult

__all__ = ["comparable", "on_inputs", "rank_results"]

_OWN_GEOMETRY = "inputs"
_CLASS_SCORES = {"OUT006", "OUT008", "ENC007"}
"""What is found where an encoder gives the scores of a classifier."""
_RESOLUTION = "resolution"


def rank_results(
    results: Mapping[str, StoredResult], *, on_common_inputs: bool = False, by: str = "rmqm"
) -> tuple[Ranking, list[Finding]]:
    """
    Rank stored results, each input paired with itself by its id.

    Parameters
    ----------
    results : mapping of str to StoredResult
        Results by the name of their encoder.
    on_common_inputs : bool
        Whether inputs that some encoders could not take are left out for all encoders; otherwise
        results on different inputs are refused.
    by : str
        The measure that the encoders are to be ordered by. Under some alterations RMQM orders none,
        and this ranking is then a part of the document, not its answer.

    Returns
    -------
    Ranking
        The ranking of all encoders that have a score.
    list of Finding
        Different geometry (RNK001), different resolution (RNK002), inputs left out (RNK003), class
        scores beside encodings (RNK005), different providers (PRV004).

    Raises
    ------
    UsageError
        GRA016 for an alteration that ranks no encoders, CMP001 where protocols or inputs differ,
        CMP002 for fewer than two common inputs.

    Notes
    -----
    Clauses RMQM-PRO-003, RMQM-PRO-007, RMQM-PGD-010 and RMQM-RES-005.
    """
    coarsest, notes = comparable(results, on_common_inputs=on_common_inputs, by=by)
    common = reduce(lambda a, b: a & b, (set(result.ids) for result in results.values()))
    characteristics = {
        name: on_inputs(result, common, coarsest) for name, result in results.items()
    }
    return rank_encoders(characteristics), [*notes, *_left_out(results, common)]


def comparable(
    results: Mapping[str, StoredResult], *, on_common_inputs: bool, by: str = "rmqm"
) -> tuple[float, list[Finding]]:
    """
    Refuse results that cannot be ranked together.

    Returns
    -------
    float
        The coarsest resolution: all of them are computed at it.
    list of Finding
        What differs though they can be ranked (RNK001, RNK002, RNK005).
    """
    _require_ranking_alteration(results, by)
    ignored = {_OWN_GEOMETRY, _RESOLUTION} | ({INPUT_SET} if on_common_inputs else set())
    (label, first), *others = results.items()
    for name, other in others:
        _require_comparable((label, first), (name, other), ignored)
    coarsest = max(result.document["protocol"][_RESOLUTION] for result in results.values())
    notes = [
        *_geometry(results),
        *_resolution(results, coarsest),
        *_class_scores(results),
        *provider_findings({name: result.document for name, result in results.items()}),
    ]
    return coarsest, notes


def _require_ranking_alteration(results: Mapping[str, StoredResult], by: str) -> None:
    for name, result in results.items():
        kind = facts_of(result.document["protocol"]["alteration"])
        if not kind.ranks_by(by):
            raise UsageError(
                "GRA016",
                f"a ranking must rest on an alteration that ranks encoders; got the score of "
                f"{name} under {kind.name} ({result.path.parent}): {kind.why_not}",
                fix=f"Rank results of another alteration, and report {kind.name} beside them.",
            )


def _require_comparable(
    first: tuple[str, StoredResult], second: tuple[str, StoredResult], ignored: Collection[str]
) -> None:
    try:
        require_comparable(first[1].document, second[1].document, apart_from=ignored)
    except UsageError as error:
        message = f"{first[0]} and {second[0]} cannot be ranked: {error.message}"
        raise UsageError(error.code, message, fix=error.fix) from error


def on_inputs(result: StoredResult, common: Collection[str], resolution: float) -> Characteristics:
    """Compute from the distances of the common inputs, in the order of their ids."""
    shared = result.only(common)
    if len(shared.ids) < 2:
        raise UsageError(
            "CMP002",
            f"encoders must be compared on at least 2 common inputs; got {len(shared.ids)}",
            fix="Give more inputs, or rank the encoders that take them.",
        )
    return shared.characteristics(resolution)


def _geometry(results: Mapping[str, StoredResult]) -> list[Finding]:
    geometries = {
        name: result.document["protocol"][_OWN_GEOMETRY] or {} for name, result in results.items()
    }
    differing = [
        key
        for key in dict.fromkeys(key for geometry in geometries.values() for key in geometry)
        if any(
            geometry.get(key) != other.get(key)
            for geometry in geometries.values()
            for other in geometries.values()
        )
    ]
    if not differing:
        return []
    encoders_by_choices: dict[str, list[str]] = {}
    for name, geometry in geometries.items():
        encoders_by_choices.setdefault(
            ", ".join(_choice_words(key, geometry.get(key)) for key in differing), []
        ).append(name)
    groups = "; ".join(
        f"{choices}: {', '.join(names)}" for choices, names in encoders_by_choices.items()
    )
    return [
        Finding(
            code="RNK001",
            level="warn",
            message=f"the encoders take the same inputs in different sizes or crops ({groups})",
            fix="The size changes the effect of the noise: a difference may come from the size, "
            "not from the network.",
        )
    ]


def _choice_words(key: str, value: object) -> str:
    """Return one choice of geometry in words; the shape needs no name."""
    words = "x".join(map(str, value)) if isinstance(value, list) else str(value or "none")
    return words if key == "shape" else f"{key} {words}"


def _resolution(results: Mapping[str, StoredResult], coarsest: float) -> list[Finding]:
    finer = [
        name
        for name, result in results.items()
        if result.document["protocol"][_RESOLUTION] != coarsest
    ]
    if not finer:
        return []
    return [
        Finding(
            code="RNK002",
            level="warn",
            message=f"{', '.join(finer)} computed again at the resolution {coarsest:g} of the "
            "coarsest encoder",
            fix="Nothing to do: one resolution for all is what makes them comparable.",
        )
    ]


def _class_scores(results: Mapping[str, StoredResult]) -> list[Finding]:
    """Warn where scores of classifiers stand beside encodings."""
    scores = [
        name
        for name, result in results.items()
        if _CLASS_SCORES & {finding["code"] for finding in result.document["findings"]}
    ]
    if len(scores) in (0, len(results)):
        return []
    verb = "gives class scores" if len(scores) == 1 else "give class scores"
    return [
        Finding(
            code="RNK005",
            level="warn",
            message=f"{', '.join(scores)} {verb}, the others encodings: they do not compare",
            fix="Take the layer before the last of each: the finding OUT006 or OUT008 of a model "
            "names the --output, which a file for --models can hold.",
        )
    ]


def _left_out(results: Mapping[str, StoredResult], common: Collection[str]) -> list[Finding]:
    fewer = {name: len(result.ids) - len(common) for name, result in results.items()}
    if not any(fewer.values()):
        return []
    most = max(fewer.values())
    return [
        Finding(
            code="RNK003",
            level="warn",
            message=f"{len(common)} inputs are common to all encoders; up to {most} that some "
            "encoder could not take are left out of the ranking",
            fix="Each encoder's own result names what it could not take.",
        )
    ]
