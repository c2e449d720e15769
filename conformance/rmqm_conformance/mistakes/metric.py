"""Known mistakes of the metric and its interval: chapters 14 and 15 of the specification."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from rmqm_conformance.mistakes.changes import CHANGES, DEGENERATE, MEANS, of_characterize, parts
from rmqm_conformance.mistakes.known import Answer, Table, changed, coarse, same_numbers, within
from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["TABLES"]


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
        without_score=lambda m: m.logarithm(
            1 + m.distance() + sum(1 / x for x in (m.D_RC, m.P_RC) if x)
        )
        if m.status == "constant-steps"
        else math.nan
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


def _scores_of_inputs(m: Measuring) -> Any:
    scores = np.log(1 + m.D_i + sum(_inverses(m)))
    return np.where(m.kept, scores - scores[m.kept].mean(), 0.0)


WIDTHS: dict[str, dict[str, Any]] = {
    "takes the variance with the divisor N instead of N - 1": parts(divisor=lambda m: m.n * m.n),
    "takes the standard deviation for the standard error: forgets the root of N": parts(
        divisor=lambda m: m.n - 1
    ),
    "takes the variance for the standard error: forgets the root": parts(
        error=lambda m, values: Measuring.error(m, values) ** 2
    ),
    "takes the quantile of the normal distribution instead of Student's t": parts(
        quantile=lambda m: 1.959963984540054
    ),
    "takes the quantile of the normal distribution for 100 inputs and more": parts(
        quantile=lambda m: 1.959963984540054 if m.n >= 100 else Measuring.quantile(m)
    ),
    "takes the quantile of the normal distribution for 30 inputs and more": parts(
        quantile=lambda m: 1.959963984540054 if m.n >= 30 else Measuring.quantile(m)
    ),
    "takes the quantile of 95 % on one side, which is an interval of 90 %": parts(
        quantile=lambda m: float(stats.t.ppf(0.95, m.n - 1))
    ),
    "takes N degrees of freedom instead of N - 1": parts(
        quantile=lambda m: float(stats.t.ppf(0.975, m.n))
    ),
    "gives the interval of one standard error": parts(quantile=lambda m: 1.0),
    "gives the interval about zero": parts(
        ends=lambda m, score, half: {"low": -half, "high": half}
    ),
    "gives the ends of the interval the wrong way round": parts(
        ends=lambda m, score, half: {"low": score + half, "high": score - half}
    ),
    "cuts intervals off at zero": parts(
        ends=lambda m, score, half: {"low": max(score - half, 0.0), "high": score + half}
    ),
    "gives no interval to fewer than 32 inputs": parts(least=32),
    "gives no interval to fewer than three inputs": parts(least=3),
    "gives a single input an interval of no width": parts(
        least=1,
        quantile=lambda m: Measuring.quantile(m) if m.n > 1 else 0.0,
        divisor=lambda m: max(Measuring.divisor(m), 1),
    ),
    "gives an interval of no width at zero where there is none": parts(
        no_interval=lambda m: {"low": 0.0, "high": 0.0}
    ),
    "forgets the weight N / N_K of the inputs that stay": parts(weight=lambda m: 1.0),
    "weighs by N_K / N instead of N / N_K": parts(weight=lambda m: 1 / Measuring.weight(m)),
    "leaves the inputs that left the means out of the variance": parts(
        influences=lambda m: Measuring.influences(m) * m.kept
    ),
    "divides the standard error by the number of inputs that stay": parts(
        divisor=lambda m: m.kept.sum() * (m.kept.sum() - 1)
    ),
    "scales the standard error by the root of N / N_K": parts(
        error=lambda m, values: Measuring.error(m, values) * math.sqrt(m.n / m.kept.sum())
    ),
    "lets S influence the interval of `paper`": parts(S_moved=lambda m: m.S_i - m.S),
    "forgets the influence of S in `authors-2022`": parts(S_moved=lambda m: 0.0),
    "leaves S out of U in `authors-2022`": parts(
        U=lambda m: Measuring.U(m) - (0.0 if m.paper else m.S)
    ),
    "forgets to divide influences by U, the derivative of the logarithm": parts(U=lambda m: 1.0),
    "adds the influence of the changes instead of subtracting it": parts(
        weight=lambda m: -Measuring.weight(m)
    ),
    "divides influences by D_RC and P_RC instead of their squares": parts(
        spikes=lambda m: np.where(m.kept, m.D_RC_i / m.D_RC + m.P_RC_i / m.P_RC - 2, 0.0)
    ),
    "forgets the influence of D": parts(moved=lambda m: Measuring.S_moved(m)),
    "takes the scatter of the scores of single inputs": parts(influences=_scores_of_inputs),
}


def _of_interval(mistakes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {words: changed(Measuring, "interval", **made) for words, made in mistakes.items()}


def _alike(answer: Answer, expected: Answer) -> bool:
    """Compare what both hold: a weighted metric may be absent."""
    if answer.get("weighted_rmqm", 0.0) is None:
        expected = {key: value for key, value in expected.items() if key != "weighted_rmqm"}
    return same_numbers(answer, expected)


def _seen(answer: Answer, expected: Answer) -> str:
    """Tell what a wrong answer of `characterize` shows."""
    got, should = answer["status"], expected["status"]
    if got != should:
        return f"gives the status `{got}` where it is `{should}`"
    alone = {key: value for key, value in expected.items() if key not in _NUMBERS}
    if should != "ok" and math.isnan(answer["D"]) and same_numbers(answer, alone):
        return "gives no characteristics where there is no score"
    return coarse(answer, expected)


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
    Table(
        operation="interval",
        fits=within(20_000),
        right=changed(Measuring, "interval"),
        same=same_numbers,
        mistakes=_of_interval(WIDTHS | SHARED),
        seen=coarse,
    ),
)
