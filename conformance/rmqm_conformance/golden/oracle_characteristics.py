"""Chapters 8 to 14 of the specification: from distances to the metric, at 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen

from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["ExactCharacteristics", "mean", "measure", "metric", "weighted_metric"]

Row = list[Exact]
Terms = list[Exact | None]


@frozen(kw_only=True)
class ExactCharacteristics:
    """Characteristics of an encoder, those of its inputs, and what was undefined."""

    D: Exact
    S: Exact
    D_RC: Exact
    P_RC: Exact
    rmqm: Exact
    weighted_rmqm: Exact
    status: str
    undefined_D_RC: int  # noqa: N815
    undefined_P_RC: int  # noqa: N815
    left_out: int
    per_input: tuple[Row, Row, Row, Row]
    kept: tuple[bool, ...]


def mean(values: Sequence[Exact]) -> Exact:
    """Return the mean, NaN if there are no values."""
    return mp.fsum(values) / len(values) if values else mp.nan


def metric(D: Exact, S: Exact, D_RC: Exact, P_RC: Exact, variant: str) -> Exact:
    """Return RMQM (RMQM-MET-001, RMQM-MET-002)."""
    distances = D if variant == "paper" else D + S
    return mp.log(1 + distances + 1 / D_RC + 1 / P_RC)


def weighted_metric(D: Exact, D_RC: Exact, P_RC: Exact) -> Exact:
    """Return the weighted RMQM (RMQM-MET-003)."""
    a, b, c = mp.mpf(95) / 100, mp.mpf(74) / 100, mp.mpf(11) / 100
    return mp.log(1 + a * D + b / D_RC + c / P_RC)


def measure(
    displacements: Any, step_lengths: Any, variant: str, resolution: float
) -> ExactCharacteristics:
    """Return what follows from displacements and step lengths (N, J)."""
    d, s = (_resolved(exact(distances), resolution) for distances in (displacements, step_lengths))
    if variant == "paper":
        terms_d = [_by_current([mp.zero, *row]) for row in d]
        terms_s = [_by_current(row) for row in s]
        divisor, kept = len(d[0]), [True] * len(d)
    else:
        terms_d, terms_s = ([_by_previous(row) for row in rows] for rows in (d, s))
        divisor = len(d[0]) - 1
        kept = [None not in both for both in map(list.__add__, terms_d, terms_s)]
    per_input = (
        [mean(row) for row in d],
        [mean(row) for row in s],
        [_per_input(row, divisor) for row in terms_d],
        [_per_input(row, divisor) for row in terms_s],
    )
    means = [mean(per_input[0]), mean(per_input[1])]
    means += [mean([v for v, k in zip(values, kept, strict=True) if k]) for values in per_input[2:]]
    D, S, D_RC, P_RC = means
    D, D_RC, P_RC = (mp.zero if value < resolution else value for value in (D, D_RC, P_RC))
    undefined = [_too_many(terms) for terms in (terms_d, terms_s)]
    status = _status(D, D_RC, P_RC, any(undefined) if variant == "paper" else not any(kept))
    ok = status == "ok"
    return ExactCharacteristics(
        D=D,
        S=S,
        D_RC=D_RC,
        P_RC=P_RC,
        rmqm=metric(D, S, D_RC, P_RC, variant) if ok else mp.nan,
        weighted_rmqm=weighted_metric(D, D_RC, P_RC) if ok and variant == "paper" else mp.nan,
        status=status,
        undefined_D_RC=_undefined(terms_d),
        undefined_P_RC=_undefined(terms_s),
        left_out=kept.count(False),
        per_input=per_input,
        kept=tuple(kept),
    )


def _resolved(rows: list[Row], resolution: float) -> list[Row]:
    """Set distances below the resolution to zero (RMQM-RES-002)."""
    return [[mp.zero if value < resolution else value for value in row] for row in rows]


def _by_current(row: Row) -> Terms:
    """Return changes divided by the current distance: 0/0 is 0, x/0 undefined."""
    return [
        abs(now - before) / now if now else (None if before else mp.zero)
        for before, now in pairwise(row)
    ]


def _by_previous(row: Row) -> Terms:
    """Return changes divided by the previous distance: x/0 and 0/0 are undefined."""
    return [abs(now - before) / before if before else None for before, now in pairwise(row)]


def _per_input(terms: Terms, divisor: int) -> Exact:
    """Return the mean of an input: each undefined term leaves sum and divisor (RMQM-DEG-002)."""
    remaining = divisor - terms.count(None)
    return mp.fsum(term for term in terms if term is not None) / remaining if remaining else mp.nan


def _undefined(terms: Sequence[Terms]) -> int:
    return sum(row.count(None) for row in terms)


def _too_many(terms: Sequence[Terms]) -> bool:
    """Return whether more than one per cent is undefined (RMQM-DEG-003)."""
    return 100 * _undefined(terms) > sum(map(len, terms))


def _status(D: Exact, D_RC: Exact, P_RC: Exact, undefined: bool) -> str:
    """Return the first status that holds (RMQM-DEG-008)."""
    if D == 0:
        return "collapsed"
    if undefined:
        return "undefined-terms"
    return "constant-steps" if D_RC == 0 or P_RC == 0 else "ok"
