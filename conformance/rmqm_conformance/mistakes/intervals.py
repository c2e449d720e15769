"""Known mistakes of the interval: chapter 15 of the specification."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from rmqm_conformance.mistakes.known import Table, changed, coarse, parts, same_numbers, within
from rmqm_conformance.mistakes.metric import SHARED
from rmqm_conformance.mistakes.widening import Widening

__all__ = ["TABLES"]


def _scores_of_inputs(m: Widening) -> Any:
    scores = np.log(
        1 + m.D_i + sum([1 / np.maximum(values, 1e-12) for values in (m.D_RC_i, m.P_RC_i)])
    )
    return np.where(m.kept, scores - scores[m.kept].mean(), 0.0)


WIDTHS: dict[str, dict[str, Any]] = {
    "takes the variance with the divisor N instead of N - 1": parts(divisor=lambda m: m.n * m.n),
    "takes the standard deviation for the standard error: forgets the root of N": parts(
        divisor=lambda m: m.n - 1
    ),
    "takes the variance for the standard error: forgets the root": parts(
        error=lambda m, values: Widening.error(m, values) ** 2
    ),
    "takes the quantile of the normal distribution instead of Student's t": parts(
        quantile=lambda m: 1.959963984540054
    ),
    "takes the quantile of the normal distribution for 100 inputs and more": parts(
        quantile=lambda m: 1.959963984540054 if m.n >= 100 else Widening.quantile(m)
    ),
    "takes the quantile of the normal distribution for 30 inputs and more": parts(
        quantile=lambda m: 1.959963984540054 if m.n >= 30 else Widening.quantile(m)
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
        quantile=lambda m: Widening.quantile(m) if m.n > 1 else 0.0,
        divisor=lambda m: max(Widening.divisor(m), 1),
    ),
    "gives an interval of no width at zero where there is none": parts(
        no_interval=lambda m: {"low": 0.0, "high": 0.0}
    ),
    "forgets the weight N / N_K of the inputs that stay": parts(weight=lambda m: 1.0),
    "weighs by N_K / N instead of N / N_K": parts(weight=lambda m: 1 / Widening.weight(m)),
    "leaves the inputs that left the means out of the variance": parts(
        influences=lambda m: Widening.influences(m) * m.kept
    ),
    "divides the standard error by the number of inputs that stay": parts(
        divisor=lambda m: m.kept.sum() * (m.kept.sum() - 1)
    ),
    "scales the standard error by the root of N / N_K": parts(
        error=lambda m, values: Widening.error(m, values) * math.sqrt(m.n / m.kept.sum())
    ),
    "lets S influence the interval of `paper`": parts(S_moved=lambda m: m.S_i - m.S),
    "forgets the influence of S in `authors-2022`": parts(S_moved=lambda m: 0.0),
    "leaves S out of U in `authors-2022`": parts(
        U=lambda m: Widening.U(m) - (0.0 if m.paper else m.S)
    ),
    "forgets to divide influences by U, the derivative of the logarithm": parts(U=lambda m: 1.0),
    "adds the influence of the changes instead of subtracting it": parts(
        weight=lambda m: -Widening.weight(m)
    ),
    "divides influences by D_RC and P_RC instead of their squares": parts(
        spikes=lambda m: np.where(m.kept, m.D_RC_i / m.D_RC + m.P_RC_i / m.P_RC - 2, 0.0)
    ),
    "forgets the influence of D": parts(moved=lambda m: Widening.S_moved(m)),
    "takes the scatter of the scores of single inputs": parts(influences=_scores_of_inputs),
}


def _of_interval(mistakes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {words: changed(Widening, "interval", **made) for words, made in mistakes.items()}


TABLES = (
    Table(
        operation="interval",
        right=changed(Widening, "interval"),
        same=same_numbers,
        mistakes=_of_interval(WIDTHS | SHARED),
        seen=coarse,
        fits=within(20_000),
    ),
)
