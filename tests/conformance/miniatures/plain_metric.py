"""Chapters 7 to 15 of the specification: distances, characteristics, metric, interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from .plain_inputs import Refused

RESOLUTION = {
    "float64": 1e-12,
    "integer": 1e-12,
    "float32": 1e-6,
    "float16": 1e-3,
    "bfloat16": 1e-3,
}


@dataclass
class Measured:
    """The characteristics of single inputs and of the encoder."""

    variant: str
    D_i: np.ndarray
    S_i: np.ndarray
    D_RC_i: np.ndarray
    P_RC_i: np.ndarray
    kept: np.ndarray
    undefined: tuple[int, int]
    terms: tuple[int, int]
    D: float = 0.0
    S: float = 0.0
    D_RC: float = 0.0
    P_RC: float = 0.0
    status: str = ""


@lru_cache
def student(probability, freedom):
    return float(stats.t.ppf(probability, freedom))


class Metric:
    """Capabilities `characteristics` and `interval`, extension `weighted`."""

    weights = (0.95, 0.74, 0.11)
    order_of_statuses = ("collapsed", "undefined-terms", "constant-steps")
    confidence = 0.95
    largest_distance = 2.0 + 1e-9

    # Distances

    @np.errstate(all="ignore")  # miniatures overflow and divide by zero
    def distances(self, *, trajectories, arithmetic):
        resolution = self.resolution_of(arithmetic, trajectories)
        z = self.representations(trajectories)
        phi = self.unit(z)
        return {
            "displacements": self.at_resolution(self.displacements(phi), resolution),
            "step_lengths": self.at_resolution(self.step_lengths(phi), resolution),
            "resolution": resolution,
        }

    def resolution_of(self, arithmetic, trajectories):
        if arithmetic not in RESOLUTION:
            raise Refused(f"arithmetic {arithmetic!r} is none of {list(RESOLUTION)}")
        return RESOLUTION[arithmetic]

    def representations(self, trajectories):
        z = self.floating(np.asarray(trajectories))
        if z.ndim != 3 or z.shape[1] < 2 or not z.size:
            raise Refused(f"shape {z.shape} is not (N, J + 1, E)")
        self.check_representations(z, range(len(z)))
        return z

    def floating(self, trajectories):
        return trajectories.astype(np.float64)

    def check_representations(self, z, names, first_level=0):
        for bad, what in ((self.not_finite(z), "not finite"), (self.without_norm(z), "of norm 0")):
            for i, level in np.argwhere(bad):
                place = names, i, first_level + level
                raise Refused(self.words_for_place("representation", *place, what))

    def words_for_place(self, thing, names, i, level, what):
        return f"the {thing} of input {names[i]} at level {level} is {what}"

    def not_finite(self, z):
        return ~np.isfinite(z).all(-1)

    def without_norm(self, z):
        return (z == 0).all(-1)

    def unit(self, z):
        largest = np.abs(z).max(-1, keepdims=True)
        scaled = z / largest
        return scaled / self.norm(scaled)

    def norm(self, vectors):
        return np.sqrt((vectors**2).sum(-1, keepdims=True))

    def displacements(self, phi):
        return self.distance(phi[:, :1], phi[:, 1:])

    def step_lengths(self, phi):
        return self.distance(phi[:, :-1], phi[:, 1:])

    def distance(self, a, b):
        return self.norm(b - a)[..., 0]

    def at_resolution(self, distances, resolution):
        return np.where(distances < resolution, 0.0, distances)

    # Characteristics

    @np.errstate(all="ignore")  # miniatures overflow and divide by zero
    def characterize(self, *, displacements, step_lengths, variant, resolution):
        m = self.measure(displacements, step_lengths, variant, resolution)
        return {
            "D": m.D,
            "S": m.S,
            "D_RC": m.D_RC,
            "P_RC": m.P_RC,
            "rmqm": self.score(m) if self.has_score(m) else math.nan,
            "status": m.status,
            "undefined_D_RC": m.undefined[0],
            "undefined_P_RC": m.undefined[1],
            "left_out": self.left_out(m),
            "weighted_rmqm": self.weighted(m) if self.has_weighted(m) else math.nan,
        }

    def measure(self, displacements, step_lengths, variant, resolution):
        self.check_choices(variant, resolution)
        self.check_distances(displacements, step_lengths, variant)
        d = self.at_resolution(displacements, resolution)
        s = self.at_resolution(step_lengths, resolution)
        D_RC_terms = self.D_RC_terms(d, variant)
        P_RC_terms = self.P_RC_terms(s, variant)
        n_levels = d.shape[1]
        m = Measured(
            variant,
            self.D_i(d),
            self.S_i(s),
            self.at_resolution_of_inputs(
                self.mean_of_terms(D_RC_terms, self.D_RC_divisor(n_levels, variant)), resolution
            ),
            self.at_resolution_of_inputs(
                self.mean_of_terms(P_RC_terms, self.P_RC_divisor(n_levels, variant)), resolution
            ),
            self.kept(d, s, variant),
            (self.count(D_RC_terms), self.count(P_RC_terms)),
            (D_RC_terms.size, P_RC_terms.size),
        )
        m.D = self.at_resolution_of_encoder(self.encoder_D(m), resolution)
        m.S = self.mean_over_inputs(m.S_i)
        m.D_RC = self.at_resolution_of_encoder(self.mean_of_kept(m.D_RC_i, m.kept), resolution)
        m.P_RC = self.at_resolution_of_encoder(self.mean_of_kept(m.P_RC_i, m.kept), resolution)
        m.status = self.status(m)
        return m

    def check_choices(self, variant, resolution):
        if variant not in {"paper", "authors-2022"}:
            raise Refused(f"variant {variant!r} is neither paper nor authors-2022")
        if not 0 <= resolution < 1:
            raise Refused(f"resolution {resolution} is not within [0, 1)")

    def check_distances(self, d, s, variant):
        if d.shape != s.shape or d.ndim != 2 or not d.size:
            raise Refused(f"shapes {d.shape} and {s.shape} are not one shape (N, J)")
        for values in (d, s):
            if not self.acceptable(values).all():
                bad = values[~self.acceptable(values)][0]
                raise Refused(f"distance {bad} is not within [0, 2]")
        if self.too_few_levels(d.shape[1], variant):
            raise Refused("authors-2022 needs J of at least 2; got J = 1")

    def acceptable(self, distances):
        return (distances >= 0) & (distances <= self.largest_distance)

    def too_few_levels(self, n_levels, variant):
        return variant == "authors-2022" and n_levels < 2

    def total(self, values):
        return math.fsum(values)

    def mean(self, values):
        return self.total(values) / len(values)

    def mean_over_levels(self, values):
        return np.array([self.mean(row) for row in values])

    def mean_over_inputs(self, values):
        return self.mean(values)

    def mean_of_kept(self, values, kept):
        return self.mean_over_inputs(values[kept]) if kept.any() else math.nan

    def D_i(self, d):
        return self.mean_over_levels(d)

    def S_i(self, s):
        return self.mean_over_levels(s)

    def encoder_D(self, m):
        return self.mean_over_inputs(m.D_i)

    def D_RC_terms(self, d, variant):
        before, now = self.D_RC_pairs(d, variant)
        return self.ratio(self.change(before, now), self.D_RC_denominators(before, now, variant))

    def D_RC_pairs(self, d, variant):
        if variant == "paper":
            d = np.pad(d, ((0, 0), (1, 0)))
        return d[:, :-1], d[:, 1:]

    def P_RC_terms(self, s, variant):
        before, now = self.P_RC_pairs(s, variant)
        return self.ratio(self.change(before, now), self.P_RC_denominators(before, now, variant))

    def P_RC_pairs(self, s, variant):
        return s[:, :-1], s[:, 1:]

    def change(self, before, now):
        return np.abs(now - before)

    def D_RC_denominators(self, before, now, variant):
        return now if variant == "paper" else before

    def P_RC_denominators(self, before, now, variant):
        return now if variant == "paper" else before

    def ratio(self, numerator, denominator):
        zero = denominator == 0
        ratios = numerator / np.where(zero, 1.0, denominator)
        ratios[zero & (numerator == 0)] = self.zero_by_zero()
        ratios[zero & (numerator != 0)] = self.something_by_zero()
        return ratios

    def zero_by_zero(self):
        return 0.0

    def something_by_zero(self):
        return math.nan

    def D_RC_divisor(self, n_levels, variant):
        return n_levels if variant == "paper" else n_levels - 1

    def P_RC_divisor(self, n_levels, variant):
        return n_levels if variant == "paper" else n_levels - 1

    def mean_of_terms(self, terms, divisor):
        return np.array([self.mean_of_defined(row, divisor) for row in terms])

    def mean_of_defined(self, row, divisor):
        defined = row[~np.isnan(row)]
        remaining = self.remaining(divisor, len(row) - len(defined))
        return self.total(defined) / remaining if remaining else math.nan

    def remaining(self, divisor, undefined):
        return divisor - undefined

    def count(self, terms):
        return int(np.isnan(terms).sum())

    def kept(self, d, s, variant):
        if variant == "paper":
            return np.ones(len(d), bool)
        return (d[:, :-1] != 0).all(1) & (s[:, :-1] != 0).all(1)

    def left_out(self, m):
        return int((~m.kept).sum())

    def at_resolution_of_inputs(self, values, resolution):
        return values

    def at_resolution_of_encoder(self, value, resolution):
        return 0.0 if value < resolution else value

    # Status and metric

    def status(self, m):
        holds = {
            "collapsed": self.collapsed(m),
            "undefined-terms": self.too_many_undefined(m),
            "constant-steps": self.constant_steps(m),
        }
        return next((name for name in self.order_of_statuses if holds[name]), "ok")

    def collapsed(self, m):
        return m.D == 0

    def too_many_undefined(self, m):
        if m.variant == "authors-2022":
            return not m.kept.any()
        return any(map(self.beyond_limit, m.undefined, m.terms))

    def beyond_limit(self, undefined, terms):
        return 100 * undefined > terms

    def constant_steps(self, m):
        return m.D_RC == 0 or m.P_RC == 0

    def has_score(self, m):
        return m.status == "ok"

    def has_weighted(self, m):
        return m.variant == "paper" and m.status == "ok"

    def score(self, m):
        return self.logarithm(self.one(m) + self.distance_terms(m) + sum(self.reciprocals(m)))

    def one(self, m):
        return 1.0

    def distance_terms(self, m):
        return m.D + self.S_in_metric(m)

    def S_in_metric(self, m):
        return m.S if m.variant == "authors-2022" else 0.0

    def reciprocals(self, m):
        return self.reciprocal(m.D_RC), self.reciprocal(m.P_RC)

    def reciprocal(self, value):
        return 1 / value

    def logarithm(self, value):
        return math.log(value)

    def weighted(self, m):
        by_D, by_D_RC, by_P_RC = self.weights
        return self.logarithm(
            self.one(m)
            + by_D * m.D
            + by_D_RC * self.reciprocal(m.D_RC)
            + by_P_RC * self.reciprocal(m.P_RC)
        )

    # Interval

    @np.errstate(all="ignore")  # miniatures overflow and divide by zero
    def interval(self, *, displacements, step_lengths, variant, resolution):
        m = self.measure(displacements, step_lengths, variant, resolution)
        if not self.has_interval(m):
            return {"low": math.nan, "high": math.nan}
        n = len(m.D_i)
        half = self.quantile(n) * self.standard_error(self.influences(m))
        return {"low": self.score(m) - half, "high": self.score(m) + half}

    def has_interval(self, m):
        return self.has_score(m) and len(m.D_i) >= 2

    def influences(self, m):
        moved = (m.D_i - m.D) + self.influence_of_S(m)
        spikes = (m.D_RC_i - m.D_RC) / m.D_RC**2 + (m.P_RC_i - m.P_RC) / m.P_RC**2
        spikes = self.weight_of_kept(m) * np.where(m.kept, spikes, 0.0)
        return (moved - spikes) / self.U(m)

    def influence_of_S(self, m):
        return m.S_i - m.S if m.variant == "authors-2022" else 0.0

    def weight_of_kept(self, m):
        return len(m.kept) / m.kept.sum()

    def U(self, m):
        return 1 + m.D + self.S_in_metric(m) + 1 / m.D_RC + 1 / m.P_RC

    def standard_error(self, influences):
        n = len(influences)
        return math.sqrt(self.total(influences**2) / self.divisor_of_variance(n))

    def divisor_of_variance(self, n):
        return n * (n - 1)

    def quantile(self, n):
        return student((1 + self.confidence) / 2, n - 1)
