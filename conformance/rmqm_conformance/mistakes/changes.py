"""Known mistakes of `characterize`: means and relative changes, chapters 9 to 11."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.mistakes.known import Answering, changed, parts
from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["CHANGES", "MEANS", "of_characterize"]

NAN = math.nan


MEANS: dict[str, dict[str, Any]] = {
    "counts level 0 in D: divides by J + 1": parts(D_of_inputs=lambda m: m.d.sum(1) / (m.J + 1)),
    "divides D by J - 1 instead of J": parts(D_of_inputs=lambda m: m.d.sum(1) / max(m.J - 1, 1)),
    "takes the sum of the displacements instead of their mean": parts(
        D_of_inputs=lambda m: m.d.sum(1)
    ),
    "takes the displacement of the last level instead of the mean": parts(
        D_of_inputs=lambda m: m.d[:, -1]
    ),
    "takes the median over levels instead of the mean": parts(
        D_of_inputs=lambda m: np.median(m.d, axis=1), S_of_inputs=lambda m: np.median(m.s, axis=1)
    ),
    "takes D over the inputs that stay in the means of the changes": parts(
        D_of_encoder=lambda m: m.mean(m.D_i[m.kept] if m.kept.any() else m.D_i)
    ),
    "leaves the first step out of S": parts(
        S_of_inputs=lambda m: m.s[:, 1:].mean(1) if m.J > 1 else m.s.mean(1)
    ),
    "takes the sum of the steps instead of their mean": parts(S_of_inputs=lambda m: m.s.sum(1)),
    "takes the median over inputs instead of the mean": parts(
        mean=lambda m, values: float(np.median(values)) if len(values) else NAN
    ),
    "leaves the most extreme inputs out of the means": parts(
        mean=lambda m, values: (
            float(np.mean(np.sort(values)[1:-1] if len(values) > 2 else values))
            if len(values)
            else NAN
        )
    ),
    "divides the sum over the inputs that stay by all inputs": parts(
        mean_of_kept=lambda m, values: m.mean(values[m.kept]) * m.kept.mean()
    ),
    "clips impossible distances instead of refusing them": parts(
        taken=lambda m, values: np.clip(values, 0, 2)
    ),
    "rounds characteristics to nine digits": parts(
        vanishing=lambda m, value: (
            round(Measuring.vanishing(m, value), 9) if not math.isnan(value) else value
        )
    ),
    "computes `paper`, whatever variant is asked for": parts(variant_of=lambda m, variant: "paper"),
    "computes `authors-2022`, whatever variant is asked for": parts(
        variant_of=lambda m, variant: "authors-2022"
    ),
}


def _padded(m: Measuring) -> Any:
    padded = np.pad(m.s, ((0, 0), (1, 0))) if m.paper else m.s
    return m.changes(padded, by_current=m.paper)


def _with_first(m: Measuring) -> Any:
    terms = Measuring.D_terms(m)
    return np.pad(terms, ((0, 0), (m.J - terms.shape[1], 0)), constant_values=1.0)


def _signed(m: Measuring) -> Any:
    terms = Measuring.D_terms(m)
    return terms if m.paper else terms * np.sign(np.diff(m.d))


def _previous_in_paper(values: Any, m: Measuring) -> Any:
    before, now = values[:, :-1], values[:, 1:]
    terms = np.abs(now - before) / np.where(before == 0, now, before)
    terms[(before == 0) & (now == 0)] = 0.0
    return terms


CHANGES: dict[str, dict[str, Any]] = {
    "divides the changes of D_RC by the previous displacement in `paper`": parts(
        D_terms=lambda m: (
            _previous_in_paper(np.pad(m.d, ((0, 0), (1, 0))), m)
            if m.paper
            else Measuring.D_terms(m)
        )
    ),
    "leaves the first change out of D_RC in `paper`": parts(
        D_terms=lambda m: m.changes(m.d, by_current=m.paper)
    ),
    "divides D_RC by J - 1 instead of J in `paper`": parts(D_divisor=lambda m: max(m.J - 1, 1)),
    "forgets the absolute value of the changes": parts(change=lambda m, before, now: now - before),
    "squares the changes": parts(change=lambda m, before, now: (now - before) ** 2),
    "divides changes by the larger of both distances": parts(
        changes=lambda m, values, *, by_current: np.minimum(
            Measuring.changes(m, values, by_current=by_current), 1.0
        )
    ),
    "divides changes by the mean of both distances": parts(
        below=lambda m, before, now, by_current: (before + now) / 2
    ),
    "divides the changes of D_RC by the mean of both displacements": parts(
        D_terms=lambda m: _by_mean(m)
    ),
    "divides the changes of D_RC by the current displacement in `authors-2022`": parts(
        D_by_current=lambda m: True
    ),
    "divides D_RC by J instead of J - 1 in `authors-2022`": parts(D_divisor=lambda m: m.J),
    "counts the first change, which is 1, in `authors-2022`": parts(
        D_terms=_with_first, D_divisor=lambda m: m.J
    ),
    "forgets the absolute value of the changes of D_RC in `authors-2022`": parts(D_terms=_signed),
    "divides the changes of P_RC by the previous step in `paper`": parts(
        P_by_current=lambda m: False
    ),
    "divides P_RC by J - 1 instead of J in `paper`": parts(P_divisor=lambda m: max(m.J - 1, 1)),
    "counts a change from a step of length zero to the first step in P_RC": parts(P_terms=_padded),
    "takes the changes of P_RC from the displacements": parts(
        P_terms=lambda m: m.changes(m.d, by_current=m.paper)
    ),
    "takes the displacements for the step lengths": parts(
        resolved=lambda m, values: Measuring.resolved(m, values),
        S_of_inputs=lambda m: m.d.mean(1),
        P_terms=lambda m: m.changes(m.d, by_current=m.paper),
    ),
    "divides the changes of P_RC by the current step in `authors-2022`": parts(
        P_by_current=lambda m: True
    ),
    "divides P_RC by J instead of J - 1 in `authors-2022`": parts(P_divisor=lambda m: m.J),
    "takes the mean of no change (J = 1) for undefined": parts(
        P_divisor=lambda m: Measuring.P_divisor(m) if m.J > 1 else 0
    ),
}


def _by_mean(m: Measuring) -> Any:
    d = np.pad(m.d, ((0, 0), (1, 0))) if m.paper else m.d
    before, now = d[:, :-1], d[:, 1:]
    terms = np.abs(now - before) / ((before + now) / 2)
    terms[(before == 0) & (now == 0)] = 0.0 if m.paper else NAN
    return terms


def of_characterize(mistakes: dict[str, dict[str, Any]]) -> dict[str, Answering]:
    """Return what `characterize` answers with each of some mistakes."""
    return {
        words: changed(Measuring, "characterize", **replaced)
        for words, replaced in mistakes.items()
    }
