"""Chapters 8 to 14 once more, in parts that a known mistake replaces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Measuring"]

Array = npt.NDArray[Any]
NAN = math.nan


class Measuring:
    """Characteristics and metric of displacements and step lengths (N, J)."""

    weights = (0.95, 0.74, 0.11)
    order = ("collapsed", "undefined-terms", "constant-steps")

    def characterize(
        self, displacements: Array, step_lengths: Array, variant: str, resolution: float
    ) -> dict[str, Any]:
        """Return the results of `characterize`."""
        self.measure(displacements, step_lengths, variant, resolution)
        ok = self.status == "ok"
        found: dict[str, Any] = {"D": self.D, "S": self.S, "D_RC": self.D_RC, "P_RC": self.P_RC}
        found |= {"rmqm": self.score() if ok else self.without_score(), "status": self.status}
        found["left_out"] = self.left_out()
        if self.paper:
            counts = self.undefined
            found |= {"undefined_D_RC": counts[0], "undefined_P_RC": counts[1]}
        return found

    def weighted(
        self, displacements: Array, step_lengths: Array, variant: str, resolution: float
    ) -> dict[str, Any]:
        """Return the weighted metric."""
        self.measure(displacements, step_lengths, variant, resolution)
        known = self.has_weighted() and self.status == "ok"
        return {"weighted_rmqm": self.weighted_score() if known else NAN}

    def measure(self, d: Array, s: Array, variant: str, resolution: float) -> None:
        """Compute what characteristics and interval share."""
        if (
            d.shape != s.shape
            or d.ndim != 2
            or not d.size
            or (d.shape[1] < 2 and variant != "paper")
        ):
            raise ValueError("no distances")
        self.paper, self.resolution = self.variant_of(variant) == "paper", resolution
        self.d, self.s = (self.resolved(self.taken(values)) for values in (d, s))
        self.n, self.J = self.d.shape
        D_terms, P_terms = self.D_terms(), self.P_terms()
        self.terms = (D_terms.size, P_terms.size)
        self.undefined = tuple(self.count(terms) for terms in (D_terms, P_terms))
        self.D_i, self.S_i = self.D_of_inputs(), self.S_of_inputs()
        self.D_RC_i = self.mean_of_terms(D_terms, self.D_divisor())
        self.P_RC_i = self.mean_of_terms(P_terms, self.P_divisor())
        self.kept = self.keeps(D_terms, P_terms)
        self.D, self.S = self.D_of_encoder(), self.mean(self.S_i)
        self.D_RC = self.vanishing(self.mean_of_kept(self.D_RC_i))
        self.P_RC = self.vanishing(self.mean_of_kept(self.P_RC_i))
        self.D = self.vanishing(self.D)
        self.status = self.status_of()

    def variant_of(self, variant: str) -> str:
        return variant

    def taken(self, values: Array) -> Array:
        return values

    def resolved(self, values: Array) -> Array:
        return np.where(values < self.resolution, 0.0, values)

    def vanishing(self, value: float) -> float:
        return 0.0 if value < self.resolution else value

    # Relative changes

    def D_terms(self) -> Array:
        d = np.pad(self.d, ((0, 0), (1, 0))) if self.paper else self.d
        return self.changes(d, by_current=self.D_by_current())

    def P_terms(self) -> Array:
        return self.changes(self.s, by_current=self.P_by_current())

    def D_by_current(self) -> bool:
        return self.paper

    def P_by_current(self) -> bool:
        return self.paper

    def changes(self, values: Array, *, by_current: bool) -> Array:
        before, now = values[:, :-1], values[:, 1:]
        below = self.below(before, now, by_current)
        terms: Array = self.change(before, now) / below
        still = (before == now) & (below == 0)
        terms[(below == 0) & ~still] = self.something_by_zero()
        terms[still] = self.zero_by_zero() if self.paper else NAN
        return terms

    def below(self, before: Array, now: Array, by_current: bool) -> Array:
        return now if by_current else before

    def change(self, before: Array, now: Array) -> Array:
        return np.abs(now - before)

    def zero_by_zero(self) -> float:
        return 0.0

    def something_by_zero(self) -> float:
        return NAN

    def D_divisor(self) -> int:
        return self.J - (not self.paper)

    def P_divisor(self) -> int:
        return self.J - (not self.paper)

    def mean_of_terms(self, terms: Array, divisor: int) -> Array:
        missing = np.isnan(terms).sum(axis=1)
        left = self.remaining(divisor, missing, terms)
        return np.where(left > 0, np.nansum(terms, axis=1) / left, NAN)

    def remaining(self, divisor: int, missing: Array, terms: Array) -> Array:
        return divisor - missing

    def count(self, terms: Array) -> int:
        return int(np.isnan(terms).sum())

    # Aggregation

    def D_of_inputs(self) -> Array:
        return self.d.mean(axis=1)

    def S_of_inputs(self) -> Array:
        return self.s.mean(axis=1)

    def mean(self, values: Array) -> float:
        return float(values.mean()) if len(values) else NAN

    def D_of_encoder(self) -> float:
        return self.mean(self.D_i)

    def mean_of_kept(self, values: Array) -> float:
        return self.mean(values[self.kept])

    def keeps(self, D_terms: Array, P_terms: Array) -> Array:
        if self.paper:
            return np.ones(self.n, bool)
        return np.asarray((self.d[:, :-1] * self.s[:, :-1] != 0).all(axis=1))

    def left_out(self) -> int:
        return int((~self.kept).sum())

    # Status and metric

    def status_of(self) -> str:
        holds = {
            "collapsed": self.collapsed(),
            "undefined-terms": self.too_many() if self.paper else self.nobody_left(),
            "constant-steps": self.constant(),
        }
        return next((name for name in self.order if holds[name]), "ok")

    def collapsed(self) -> bool:
        return self.D == 0

    def too_many(self) -> bool:
        return any(map(self.beyond, self.undefined, self.terms))

    def beyond(self, undefined: int, terms: int) -> bool:
        return 100 * undefined > terms

    def nobody_left(self) -> bool:
        return not self.kept.any()

    def constant(self) -> bool:
        return self.D_RC == 0 or self.P_RC == 0

    def without_score(self) -> float:
        return NAN

    def has_weighted(self) -> bool:
        return self.paper

    def score(self) -> float:
        return self.logarithm(self.one() + self.distance() + sum(self.reciprocals()))

    def one(self) -> float:
        return 1.0

    def distance(self) -> float:
        return self.D + self.S_added()

    def S_added(self) -> float:
        return 0.0 if self.paper else self.S

    def reciprocals(self) -> tuple[float, ...]:
        return 1 / self.D_RC, 1 / self.P_RC

    def logarithm(self, value: float) -> float:
        return float(np.log(value))

    def weighted_score(self) -> float:
        a, b, c = self.weights
        first, second = 1 / self.D_RC, 1 / self.P_RC
        return self.logarithm(self.one() + a * self.D + b * first + c * second)
