"""Mistakes in aggregation and metric: chapters 13 and 14 of the specification."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain


class TakesMedianOverInputs(Plain):
    """Takes the median input, which is robust."""

    breaks = "RMQM-AGG-001"

    def mean_over_inputs(self, values):
        return float(np.median(values))


class TrimsInputs(Plain):
    """Leaves out the most extreme inputs before the mean."""

    breaks = "RMQM-AGG-001"

    def mean_over_inputs(self, values):
        return super().mean_over_inputs(np.sort(values)[1:-1] if len(values) > 2 else values)


class AveragesReciprocals(Plain):
    """Takes the reciprocals of single inputs and then their mean."""

    breaks = "RMQM-AGG-001"

    def reciprocals(self, m):
        inverses = (1 / np.maximum(x[m.kept], 1e-12) for x in (m.D_RC_i, m.P_RC_i))
        return tuple(self.mean_over_inputs(values) for values in inverses)


class AveragesScores(Plain):
    """Takes the metric of every input and then its mean."""

    breaks = "RMQM-AGG-001"

    def score(self, m):
        S_i = m.S_i if m.variant == "authors-2022" else 0.0
        inverses = 1 / np.maximum(m.D_RC_i, 1e-12) + 1 / np.maximum(m.P_RC_i, 1e-12)
        return self.mean_over_inputs(np.log(1 + m.D_i + S_i + inverses)[m.kept])


class DividesKeptSumByAllInputs(Plain):
    """Sums over the kept inputs and divides by all."""

    breaks = "RMQM-AGG-002"

    def mean_of_kept(self, values, kept):
        return super().mean_of_kept(values, kept) * kept.mean()


class TakesDecimalLogarithm(Plain):
    """Reads log as the logarithm to the base 10."""

    breaks = "RMQM-MET-001"

    def logarithm(self, value):
        return math.log10(value)


class TakesBinaryLogarithm(Plain):
    """Reads log as the logarithm to the base 2."""

    breaks = "RMQM-MET-001"

    def logarithm(self, value):
        return math.log2(value)


class ForgetsTheLogarithm(Plain):
    """Stops at the sum."""

    breaks = "RMQM-MET-001"

    def logarithm(self, value):
        return value


class ForgetsTheOne(Plain):
    """Takes the logarithm of the sum without the one."""

    breaks = "RMQM-MET-001"

    def one(self, m):
        return 0.0


class AddsTheOneTwice(Plain):
    """Hands a sum that holds the one to log1p."""

    breaks = "RMQM-MET-001"

    def logarithm(self, value):
        return math.log1p(value)


class ForgetsReciprocals(Plain):
    """Adds the relative changes themselves."""

    breaks = "RMQM-MET-001"

    def reciprocal(self, value):
        return value


class TakesReciprocalOfSum(Plain):
    """Adds the relative changes and takes one reciprocal."""

    breaks = "RMQM-MET-001"

    def reciprocals(self, m):
        return (self.reciprocal(m.D_RC + m.P_RC),)


class LeavesOutD(Plain):
    """Adds up the reciprocals only."""

    breaks = "RMQM-MET-001"

    def distance_terms(self, m):
        return self.S_in_metric(m)


class LeavesOutPRC(Plain):
    """Reads the misprints of Eq. 5 as one characteristic."""

    breaks = "RMQM-MET-001"

    def reciprocals(self, m):
        return (self.reciprocal(m.D_RC),)


class AddsStepLengthInPaper(Plain):
    """Adds the mean step length in `paper`, as the authors' code does."""

    breaks = "RMQM-MET-001"

    def S_in_metric(self, m):
        return m.S


class ScoresWithWeights(Plain):
    """Gives the weighted metric for the metric."""

    breaks = "RMQM-MET-001"

    def score(self, m):
        return self.weighted(m) if m.variant == "paper" else super().score(m)


class LeavesOutStepLengthInAuthors(Plain):
    """Leaves the mean step length out of `authors-2022`, as the paper does."""

    breaks = "RMQM-MET-002"

    def S_in_metric(self, m):
        return 0.0


class AddsStepLengthOfKeptInputs(Plain):
    """Takes S over the inputs that count in the relative changes."""

    breaks = "RMQM-MET-002"

    def S_in_metric(self, m):
        return self.mean_of_kept(m.S_i, m.kept) if m.variant == "authors-2022" else 0.0


class SwapsWeights(Plain):
    """Gives the weight of D_RC to P_RC and the other way round."""

    breaks = "RMQM-MET-003"

    weights = (0.95, 0.11, 0.74)


class WeighsEqually(Plain):
    """Forgets the weights."""

    breaks = "RMQM-MET-003"

    weights = (1.0, 1.0, 1.0)


class WeighsInAuthors(Plain):
    """Gives the weighted metric in `authors-2022` as well."""

    breaks = "RMQM-MET-003"

    def has_weighted(self, m):
        return m.status == "ok"


class WeighsTheOne(Plain):
    """Applies the weight of D to the one beside it."""

    breaks = "RMQM-MET-003"

    def weighted(self, m):
        return math.log(math.exp(super().weighted(m)) + self.weights[0] - 1)
