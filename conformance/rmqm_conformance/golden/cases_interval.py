"""Cases of the family RMQM-INT."""

from __future__ import annotations

from typing import Any

from rmqm_conformance.golden.case import Case, Rule, case, number, refuse
from rmqm_conformance.golden.cases_characteristics import THREE
from rmqm_conformance.golden.encoded import CIRCLE
from rmqm_conformance.golden.judged import allowed, distance_args, distances_of, uneven
from rmqm_conformance.golden.oracle_characteristics import ExactCharacteristics, measure
from rmqm_conformance.golden.oracle_interval import ends, ends_of
from rmqm_conformance.golden.precision import Exact, mp, propagated

__all__ = ["cases"]

AUTHORS = "authors-2022"


def cases() -> list[Case]:
    """Return the cases."""
    left_out = distance_args(
        [[0.3, 0.5, 0.8, 0.7], [0.5, 0, 0.6, 0.9], [0.2, 0.7, 0.9, 1.1]],
        [[0.3, 0.4, 0.35, 0.3], [0.5, 0.5, 0.6, 0.4], [0.2, 0.6, 0.3, 0.5]],
        AUTHORS,
    )
    constant = distance_args([[0.5, 0.9, 1.1], [0.4, 0.8, 1.0]], [[0.5] * 3, [0.4] * 3])
    still = distance_args([[0.5, 0.9, 1.1], [0.4, 0.8, 0.8]], [[0.5, 0.6, 0.4], [0.4, 0.5, 0.0]])
    return [
        _case("RMQM-INT-001/three-means", "In paper D, D_RC and P_RC vary", distances_of(THREE)),
        _case(
            "RMQM-INT-001/four-means",
            "In authors-2022 S varies, too",
            distances_of(THREE, AUTHORS),
        ),
        _case(
            "RMQM-INT-001/left-out",
            "An input that left both means counts by D and S, the others by N / N_K",
            left_out,
        ),
        _case(
            "RMQM-INT-002/two-inputs",
            "Two inputs have one degree of freedom and a quantile of 12.7",
            distances_of(THREE[:2]),
        ),
        _case(
            "RMQM-INT-002/many-inputs",
            "Thirty inputs have 29 degrees of freedom, not a normal quantile",
            uneven(30, 10, "paper"),
        ),
        _case(
            "RMQM-INT-003/one-input",
            "One input has no interval",
            distances_of([CIRCLE]),
        ),
        _case(
            "RMQM-DEG-009/no-interval-of-undefined-terms",
            "With too many undefined terms the interval is undefined",
            still,
        ),
        _case(
            "RMQM-DEG-009/no-interval-of-constant-steps",
            "With constant steps the interval is undefined, not infinite",
            constant,
        ),
        case(
            "RMQM-DRC-002/one-level-interval",
            "The variant authors-2022 has no interval from J = 1",
            "interval",
            distance_args([[0.5], [0.25]], [[0.5], [0.25]], AUTHORS),
            refuse("J = 1 in authors-2022"),
        ),
    ]


def _case(name: str, title: str, args: dict[str, Any]) -> Case:
    measured = measure(**args)
    values = ends(measured, args["variant"])
    tolerances = _tolerances(measured, args["variant"])
    why = (
        "RMQM-AGG-004 for each value of each input, through the formula, twice over for the means, "
        "and a quantile that is right to 1e-9 (RMQM-INT-002)"
    )
    rules: dict[str, Rule] = {
        key: number(value, tolerance, "undefined" if mp.isnan(value) else why)
        for key, value, tolerance in zip(("low", "high"), values, tolerances, strict=True)
    }
    return case(name, title, "interval", args, rules)


def _tolerances(measured: ExactCharacteristics, variant: str) -> list[float]:
    """Return what errors of the values of single inputs do to both ends."""
    if measured.status != "ok" or len(measured.kept) < 2:
        return [0.0, 0.0]
    n = len(measured.kept)

    def of_flat(*flat: Exact) -> list[Exact]:
        four = [flat[k * n : (k + 1) * n] for k in range(4)]
        return ends_of(four, measured.kept, variant)

    flat = [value for values in measured.per_input for value in values]
    errors = [mp.zero if mp.isnan(value) else allowed(value) for value in flat]
    low, high = ends(measured, variant)
    quantile = 1e-9 * (high - low) / 2
    changes = propagated(of_flat, flat, errors)
    return [float(f"{float(2 * change + quantile):.2g}") for change in changes]
