"""Known mistakes of `characterize`: distances, relative changes and degenerate cases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.mistakes.known import Answering, changed
from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["CHANGES", "DEGENERATE", "MEANS", "parts"]

NAN = math.nan


def parts(**replaced: Any) -> dict[str, Any]:
    """Return parts of `Measuring` under their names."""
    return replaced


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
        mean=lambda m, values: float(np.mean(np.sort(values)[1:-1] if len(values) > 2 else values))
        if len(values)
        else NAN
    ),
    "divides the sum over the inputs that stay by all inputs": parts(
        mean_of_kept=lambda m, values: m.mean(values[m.kept]) * m.kept.mean()
    ),
    "clips impossible distances instead of refusing them": parts(
        taken=lambda m, values: np.clip(values, 0, 2)
    ),
    "rounds characteristics to nine digits": parts(
        vanishing=lambda m, value: round(Measuring.vanishing(m, value), 9)
        if not math.isnan(value)
        else value
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
        D_terms=lambda m: _previous_in_paper(np.pad(m.d, ((0, 0), (1, 0))), m)
        if m.paper
        else Measuring.D_terms(m)
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


def _either(**of_paper: Any) -> dict[str, Any]:
    """Return parts that replace a limit of `paper`."""
    return parts(too_many=of_paper["too_many"])


def _undefined_inputs(D_terms: Any, P_terms: Any) -> Any:
    return np.isnan(D_terms).any(1) | np.isnan(P_terms).any(1)


DEGENERATE: dict[str, dict[str, Any]] = {
    "takes 0/0 for undefined in `paper`, where it is 0": parts(zero_by_zero=lambda m: NAN),
    "takes 0/0 for 1": parts(zero_by_zero=lambda m: 1.0),
    "takes x/0 for 0, where it is undefined": parts(something_by_zero=lambda m: 0.0),
    "takes x/0 for 1, where it is undefined": parts(something_by_zero=lambda m: 1.0),
    "takes x/0 for infinite, where it is undefined": parts(something_by_zero=lambda m: math.inf),
    "adds a small number (1e-8) to denominators": parts(
        below=lambda m, before, now, by_current: (now if by_current else before) + 1e-8
    ),
    "lifts denominators to a small number (1e-12), so that x/0 is huge": parts(
        below=lambda m, before, now, by_current: np.maximum(now if by_current else before, 1e-12)
    ),
    "leaves undefined terms out of the sum but not out of the divisor": parts(
        remaining=lambda m, divisor, missing, terms: divisor
    ),
    "divides by the number of defined terms where some are undefined": parts(
        remaining=lambda m, divisor, missing, terms: np.where(
            missing > 0, terms.shape[1] - missing, divisor
        )
    ),
    "does not count undefined terms": parts(count=lambda m, terms: 0),
    "counts inputs with undefined terms instead of the terms": parts(
        count=lambda m, terms: int(np.isnan(terms).any(axis=1).sum())
    ),
    "counts undefined terms in a byte": parts(count=lambda m, terms: Measuring.count(m, terms) % 256),
    "drops whole inputs for an undefined term in `paper`": parts(
        keeps=lambda m, D, P: ~_undefined_inputs(D, P) if m.paper else Measuring.keeps(m, D, P)
    ),
    "knows no limit of one per cent of undefined terms": _either(too_many=lambda m: False),
    "gives no score at one per cent of undefined terms already": parts(
        beyond=lambda m, undefined, terms: 0 < terms <= 100 * undefined
    ),
    "allows ten per cent of undefined terms instead of one": parts(
        beyond=lambda m, undefined, terms: 10 * undefined > terms
    ),
    "allows one undefined term more than one per cent": parts(
        beyond=lambda m, undefined, terms: undefined > terms // 100 + 1
    ),
    "gives no score as soon as a term is undefined": parts(
        beyond=lambda m, undefined, terms: undefined > 0
    ),
    "takes one per cent of the inputs instead of the terms": _either(
        too_many=lambda m: 100 * max(m.undefined) > m.n
    ),
    "adds up the undefined terms of D_RC and P_RC before the limit": _either(
        too_many=lambda m: 100 * sum(m.undefined) > sum(m.terms)
    ),
    "holds the undefined terms of both kinds against one per cent of one kind": _either(
        too_many=lambda m: 100 * sum(m.undefined) > max(m.terms)
    ),
    "looks at the undefined terms of D_RC alone": _either(
        too_many=lambda m: 100 * m.undefined[0] > m.terms[0]
    ),
    "looks at the undefined terms of P_RC alone": _either(
        too_many=lambda m: 100 * m.undefined[1] > m.terms[1]
    ),
    "takes N J for the number of terms of P_RC, which is N (J - 1)": _either(
        too_many=lambda m: any(100 * count > m.terms[0] for count in m.undefined)
    ),
    "keeps inputs with undefined terms in `authors-2022`": parts(
        keeps=lambda m, D, P: np.ones(m.n, bool)
    ),
    "drops inputs for each mean on its own in `authors-2022`": parts(
        mean_of_kept=lambda m, values: m.mean(values[_own_kept(m, values)])
    ),
    "drops inputs for a zero at the last level, which is no denominator": parts(
        keeps=lambda m, D, P: Measuring.keeps(m, D, P) & (m.paper | (m.d * m.s != 0).all(1))
    ),
    "drops inputs for zero displacements alone": parts(
        keeps=lambda m, D, P: np.ones(m.n, bool) if m.paper else (m.d[:, :-1] != 0).all(1)
    ),
    "drops inputs for zero steps alone": parts(
        keeps=lambda m, D, P: np.ones(m.n, bool) if m.paper else (m.s[:, :-1] != 0).all(1)
    ),
    "keeps inputs with 0/0 in `authors-2022`": parts(
        zero_by_zero=lambda m: 0.0,
        changes=lambda m, values, *, by_current: _zero_kept(m, values, by_current),
        keeps=lambda m, D, P: np.ones(m.n, bool) if m.paper else ~_undefined_inputs(D, P),
    ),
    "overlooks zeros at level 1 when it drops inputs": parts(
        keeps=lambda m, D, P: np.ones(m.n, bool)
        if m.paper
        else (m.d[:, 1:-1] * m.s[:, 1:-1] != 0).all(1)
    ),
    "does not count the inputs that leave": parts(left_out=lambda m: 0),
    "counts the inputs that stay instead of those that leave": parts(
        left_out=lambda m: int(m.kept.sum())
    ),
    "applies the limit of one per cent in `authors-2022`, too": parts(
        nobody_left=lambda m: 100 * (~m.kept).sum() > m.n
    ),
    "gives no score where more than half of the inputs leave": parts(
        nobody_left=lambda m: 2 * (~m.kept).sum() > m.n
    ),
    "does not notice that no input is left": parts(nobody_left=lambda m: False),
    "overlooks that an encoder is collapsed": parts(collapsed=lambda m: False),
    "calls an encoder collapsed as soon as an input does not move": parts(
        collapsed=lambda m: bool((m.D_i < m.resolution).any())
    ),
    "calls an encoder collapsed that returns to its start": parts(
        collapsed=lambda m: bool((m.d[:, -1] == 0).all())
    ),
    "calls steps constant only where D_RC and P_RC are both zero": parts(
        constant=lambda m: m.D_RC == 0 and m.P_RC == 0
    ),
    "looks for constant steps in P_RC alone": parts(constant=lambda m: m.P_RC == 0),
    "asks for undefined terms before it asks for a collapse": parts(
        order=("undefined-terms", "collapsed", "constant-steps")
    ),
    "asks for constant steps before it asks for undefined terms": parts(
        order=("collapsed", "constant-steps", "undefined-terms")
    ),
    "gives a score of zero where there is none": parts(without_score=lambda m: 0.0),
    "gives a score where there is none": parts(without_score=lambda m: m.score()),
    "gives an infinite score where there is none": parts(without_score=lambda m: math.inf),
    "uses other names for statuses": parts(
        status_of=lambda m: Measuring.status_of(m).replace("-", "_")
    ),
    "does not set distances below the resolution to zero": parts(resolved=lambda m, values: values),
    "sets distances that equal the resolution to zero": parts(
        resolved=lambda m, values: np.where(values <= m.resolution, 0.0, values)
    ),
    "lifts distances below the resolution to it": parts(
        resolved=lambda m, values: np.maximum(values, m.resolution)
    ),
    "rounds distances to multiples of the resolution": parts(
        resolved=lambda m, values: np.round(values / m.resolution) * m.resolution
    ),
    "takes a resolution of at least 1e-6": parts(
        resolved=lambda m, values: np.where(values < max(m.resolution, 1e-6), 0.0, values)
    ),
    "does not set characteristics below the resolution to zero": parts(
        vanishing=lambda m, value: value
    ),
    "sets characteristics that equal the resolution to zero": parts(
        vanishing=lambda m, value: 0.0 if value <= m.resolution else value
    ),
    "sets characteristics below 1e-6 to zero": parts(
        vanishing=lambda m, value: 0.0 if value < max(m.resolution, 1e-6) else value
    ),
    "sets small characteristics of single inputs to zero": parts(
        mean_of_terms=lambda m, terms, divisor: m.resolved(
            Measuring.mean_of_terms(m, terms, divisor)
        )
    ),
    "sets an S below the resolution to zero": parts(
        S_of_inputs=lambda m: m.s.mean(1) * (m.s.mean() >= m.resolution)
    ),
}


def _own_kept(m: Measuring, values: Any) -> Any:
    if m.paper:
        return m.kept
    own = m.d if values is m.D_RC_i else m.s
    return (own[:, :-1] != 0).all(1)


def _zero_kept(m: Measuring, values: Any, by_current: bool) -> Any:
    terms = Measuring.changes(m, values, by_current=by_current)
    terms[(values[:, 1:] == 0) & (values[:, :-1] == 0)] = 0.0
    return terms


def of_characterize(mistakes: dict[str, dict[str, Any]]) -> dict[str, Answering]:
    """Return what `characterize` answers with each of some mistakes."""
    return {
        words: changed(Measuring, "characterize", **replaced) for words, replaced in mistakes.items()
    }
