"""Known mistakes of `characterize` in degenerate cases: chapters 8 and 12."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.mistakes.known import parts
from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["DEGENERATE"]

NAN = math.nan


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
    "counts undefined terms in a byte": parts(
        count=lambda m, terms: Measuring.count(m, terms) % 256
    ),
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
        keeps=lambda m, D, P: (
            np.ones(m.n, bool) if m.paper else (m.d[:, 1:-1] * m.s[:, 1:-1] != 0).all(1)
        )
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
