"""When a score cannot be trusted, in plain words (clause family RMQM-LIM)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.registry import default_alteration, facts_of
from rmqm_spec.findings import Finding
from rmqm_spec.results.stillness import standing_still

__all__ = ["doubts"]

WIDE = 0.1
"""Half width of the interval above which two encoders can rarely be told apart."""

_NO_SCORE = {
    "collapsed": "all altered inputs have the encoding of the unaltered one",
    "constant-steps": "distances do not change from level to level, so a reciprocal has no value",
    "undefined-terms": "too many relative changes divide by a distance of zero",
}

_LOOK = "Look at the encodings: is this the right output, and are the inputs real?"

_REMEDY = {
    "collapsed": _LOOK,
    "constant-steps": _LOOK,
    "undefined-terms": "Choose an output before a softmax, a rounding or a choice of one of a few "
    "answers (--output); rmqm-spec inspect lists candidates.",
}

_ONE_LEVEL = (
    "with one level there is no step from level to level",
    (
        "Give --levels at least 2. A flip has one level: choose another alteration, or a measure "
        "that needs no steps, such as --measure relative-displacement."
    ),
)


def doubts(
    characteristics: Characteristics, alteration: Mapping[str, Any] | None = None
) -> list[Finding]:
    """
    Return what a careful person would say before quoting the score.

    Parameters
    ----------
    characteristics : Characteristics
        What was measured.
    alteration : mapping, optional
        The alteration with its parameters; white noise by default.

    Examples
    --------
    >>> from rmqm_spec import characterize
    >>> [finding.code for finding in doubts(characterize([[0.0, 0.0]], [[0.0, 0.0]]))]
    ['SCO001']
    """
    if characteristics.status != "ok":
        return list(_without_score(characteristics))
    return [*_with_score(characteristics), *_about_the_protocol(characteristics, alteration)]


def _without_score(characteristics: Characteristics) -> Iterator[Finding]:
    status = characteristics.status
    reason, remedy = _NO_SCORE[status], _REMEDY[status]
    if status == "constant-steps" and characteristics.n_levels == 1:
        reason, remedy = _ONE_LEVEL
    yield Finding(
        code="SCO001",
        level="fail",
        message=f"RMQM is undefined ({status}): {reason}",
        fix=remedy,
    )


def _with_score(characteristics: Characteristics) -> Iterator[Finding]:
    low, high = characteristics.interval
    if not (high - low) / 2 <= WIDE:
        yield Finding(
            code="SCO002",
            level="warn",
            message=f"{characteristics.n_inputs} input(s) leave the score uncertain: "
            + (f"[{low:.3f}, {high:.3f}]" if characteristics.n_inputs > 1 else "no interval"),
            fix="Use more inputs (--n), or --precision 0.02, which adds inputs until it is met.",
        )
    still_from = standing_still(
        characteristics.curves.displacement.mean, resolution=characteristics.resolution
    )
    if still_from is not None:
        yield Finding(
            code="SCO003",
            level="warn",
            message=still_from,
            fix="RMQM rewards standing still after a jump: do not read this score as smoothness.",
        )
    n_undefined = sum(characteristics.undefined_terms.values())
    if n_undefined:
        yield Finding(
            code="SCO004",
            level="warn",
            message=f"{n_undefined} relative change(s) divide by zero and are left out",
            fix="Compare with care: part of the movement is below the resolution "
            f"{characteristics.resolution:g}.",
        )
    still = int((characteristics.per_input.D == 0).sum())
    if still:
        yield Finding(
            code="SCO005",
            level="warn",
            message=f"{still} of {characteristics.n_inputs} inputs do not move at all",
            fix="Look at these inputs in the per-input table.",
        )


def _about_the_protocol(
    characteristics: Characteristics, alteration: Mapping[str, Any] | None
) -> Iterator[Finding]:
    kind = facts_of(alteration) if alteration else default_alteration()
    n_levels, usual = characteristics.n_levels, kind.levels_of(characteristics.variant)
    if n_levels != usual:
        levels = "level" if n_levels == 1 else "levels"
        yield Finding(
            code="SCO006",
            level="warn",
            message=f"the score is for {n_levels} {levels}, not the {usual} of the protocol",
            fix="Compare it only with scores of the same number of levels.",
        )
    if not kind.ranks:
        yield Finding(
            code="GRA016",
            level="warn",
            message=f"scores under {kind.name} do not rank encoders: {kind.why_not}",
            fix="Report it beside the score under white noise, and rank by that score."
            + (
                f" Or rank by a measure under {kind.name}: rmqm-spec rank --alteration "
                f"{kind.name} --by relative-displacement."
                if kind.ranks_measures
                else ""
            ),
        )
