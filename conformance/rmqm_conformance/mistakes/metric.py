"""Known mistakes of the metric: chapters 13 and 14 of the specification."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.mistakes.changes import CHANGES, MEANS, of_characterize
from rmqm_conformance.mistakes.degenerate import DEGENERATE
from rmqm_conformance.mistakes.known import (
    Answer,
    Table,
    changed,
    coarse,
    parts,
    same_numbers,
    within,
)
from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["SHARED", "TABLES"]


def _inverses(m: Any) -> Any:
    return [1 / np.maximum(values, 1e-12) for values in (m.D_RC_i, m.P_RC_i)]


SCORES: dict[str, dict[str, Any]] = {
    "averages the reciprocals of single inputs": parts(
        reciprocals=lambda m: tuple(m.mean(values[m.kept]) for values in _inverses(m))
    ),
    "averages the scores of single inputs": parts(
        score=lambda m: m.mean(
            np.log(1 + m.D_i + (0.0 if m.paper else m.S_i) + sum(_inverses(m)))[m.kept]
        )
    ),
    "takes the logarithm to the base 10": parts(logarithm=lambda m, value: math.log10(value)),
    "takes the logarithm to the base 2": parts(logarithm=lambda m, value: math.log2(value)),
    "forgets the logarithm": parts(logarithm=lambda m, value: value),
    "takes the logarithm of the sum without the 1": parts(one=lambda m: 0.0),
    "adds the 1 of the logarithm twice": parts(logarithm=lambda m, value: math.log1p(value)),
    "adds D_RC and P_RC instead of their reciprocals": parts(
        reciprocals=lambda m: (m.D_RC, m.P_RC)
    ),
    "takes the reciprocal of the sum of D_RC and P_RC": parts(
        reciprocals=lambda m: (1 / (m.D_RC + m.P_RC),)
    ),
    "leaves D out of the metric": parts(distance=lambda m: m.S_added()),
    "leaves P_RC out of the metric": parts(reciprocals=lambda m: (1 / m.D_RC,)),
    "leaves D_RC out of the metric": parts(reciprocals=lambda m: (1 / m.P_RC,)),
    "adds the mean step length S in `paper`": parts(S_added=lambda m: m.S),
    "gives the weighted metric for the metric": parts(
        score=lambda m: m.weighted_score() if m.paper else Measuring.score(m)
    ),
    "leaves the mean step length S out of `authors-2022`": parts(S_added=lambda m: 0.0),
    "adds S over the inputs that stay instead of all": parts(
        S_added=lambda m: 0.0 if m.paper else m.mean_of_kept(m.S_i)
    ),
    "scores constant steps without the reciprocal of zero": parts(
        without_score=lambda m: (
            m.logarithm(1 + m.distance() + sum(1 / x for x in (m.D_RC, m.P_RC) if x))
            if m.status == "constant-steps"
            else math.nan
        )
    ),
    "scores constant steps as infinite": parts(
        without_score=lambda m: math.inf if m.status == "constant-steps" else math.nan
    ),
}


def _scored(m: Any) -> bool:
    m.status = "ok"
    return bool(m.D_RC * m.P_RC > 0)


WEIGHTS: dict[str, dict[str, Any]] = {
    "swaps the weights of D_RC and P_RC": parts(weights=(0.95, 0.11, 0.74)),
    "forgets the weights of the weighted metric": parts(weights=(1.0, 1.0, 1.0)),
    "gives the weighted metric in `authors-2022`, too": parts(has_weighted=lambda m: True),
    "gives a weighted metric where there is no score": parts(
        has_weighted=lambda m: m.paper and _scored(m)
    ),
    "applies the weight of D to the 1 beside it": parts(one=lambda m: 0.95),
    "takes the logarithm of the weighted metric to the base 10": parts(
        logarithm=lambda m, value: math.log10(value)
    ),
    "takes the logarithm of the weighted metric to the base 2": parts(
        logarithm=lambda m, value: math.log2(value)
    ),
}


def _alike(answer: Answer, expected: Answer) -> bool:
    """Compare what both hold: a weighted metric may be absent."""
    if answer.get("weighted_rmqm", 0.0) is None:
        expected = {key: value for key, value in expected.items() if key != "weighted_rmqm"}
    return same_numbers(answer, expected)


def _seen(answer: Answer, expected: Answer) -> str:
    """Tell what a wrong answer of `characterize` shows."""
    got, should = answer["status"], expected["status"]
    means = {key: expected[key] for key in _CHARACTERISTICS}
    if got != should and same_numbers(answer, means):  # else the status follows from a wrong number
        return f"gives the status `{got}` where it is `{should}`"
    alone = {key: value for key, value in expected.items() if key not in _NUMBERS}
    if should != "ok" and math.isnan(answer["D"]) and same_numbers(answer, alone):
        return "gives no characteristics where there is no score"
    return coarse(answer, expected)


_CHARACTERISTICS = ("D", "S", "D_RC", "P_RC")
_NUMBERS = {"D", "S", "D_RC", "P_RC", "rmqm"}

SHARED = MEANS | CHANGES | DEGENERATE | SCORES

TABLES = (
    Table(
        operation="characterize",
        fits=within(20_000),
        right=changed(Measuring, "characterize"),
        same=_alike,
        mistakes=of_characterize(SHARED),
        seen=_seen,
    ),
    Table(
        operation="characterize",
        fits=within(20_000),
        right=changed(Measuring, "weighted"),
        same=_alike,
        mistakes={words: changed(Measuring, "weighted", **made) for words, made in WEIGHTS.items()},
    ),
)
