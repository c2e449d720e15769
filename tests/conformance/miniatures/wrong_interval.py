"""Mistakes in intervals: chapter 15 of the specification."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain
from .plain_inputs import Refused
from .plain_metric import student


class ForgetsWeightOfKept(Plain):
    """Gives a mean over the kept inputs the weight of a mean over all."""

    breaks = "RMQM-INT-001"

    def weight_of_kept(self, m):
        return 1.0


class TurnsWeightOfKept(Plain):
    """Divides N_K by N instead of N by N_K."""

    breaks = "RMQM-INT-001"

    def weight_of_kept(self, m):
        return 1 / super().weight_of_kept(m)


class TakesInfluencesOfKeptOnly(Plain):
    """Leaves the inputs that left the means of the changes out of the variance."""

    breaks = "RMQM-INT-001"

    def influences(self, m):
        return super().influences(m) * m.kept


class AddsInfluenceOfStepsInPaper(Plain):
    """Lets S influence `paper`."""

    breaks = "RMQM-INT-001"

    def influence_of_S(self, m):
        return m.S_i - m.S


class ForgetsInfluenceOfSteps(Plain):
    """Forgets that S varies in `authors-2022`."""

    breaks = "RMQM-INT-001"

    def influence_of_S(self, m):
        return 0.0


class LeavesStepsOutOfU(Plain):
    """Takes the U of `paper` in `authors-2022`."""

    breaks = "RMQM-INT-001"

    def U(self, m):
        return super().U(m) - self.S_in_metric(m)


class ForgetsToDivideByU(Plain):
    """Forgets the derivative of the logarithm."""

    breaks = "RMQM-INT-001"

    def U(self, m):
        return 1.0


class AddsInfluenceOfChanges(Plain):
    """Forgets the sign of the derivative of a reciprocal."""

    breaks = "RMQM-INT-001"

    def weight_of_kept(self, m):
        return -super().weight_of_kept(m)


class DoesNotSquareChanges(Plain):
    """Divides by the relative changes instead of their squares."""

    breaks = "RMQM-INT-001"

    def influences(self, m):
        moved = (m.D_i - m.D) + self.influence_of_S(m)
        spikes = m.D_RC_i / m.D_RC + m.P_RC_i / m.P_RC - 2
        return (moved - self.weight_of_kept(m) * np.where(m.kept, spikes, 0.0)) / self.U(m)


class IgnoresInfluenceOfD(Plain):
    """Looks at the reciprocals, which vary most, and forgets D."""

    breaks = "RMQM-INT-001"

    def influences(self, m):
        return super().influences(m) - (m.D_i - m.D) / self.U(m)


class TakesScatterOfScores(Plain):
    """Takes the scatter of the metrics of single inputs for the influences."""

    breaks = "RMQM-INT-001"

    def influences(self, m):
        inverses = 1 / np.maximum(m.D_RC_i, 1e-12) + 1 / np.maximum(m.P_RC_i, 1e-12)
        scores = np.log(1 + m.D_i + inverses)
        return np.where(m.kept, scores - scores[m.kept].mean(), 0.0)


class DividesByNSquared(Plain):
    """Takes the variance with the divisor N, the default of NumPy."""

    breaks = "RMQM-INT-002"

    def divisor_of_variance(self, n):
        return n * n


class ForgetsRootOfN(Plain):
    """Takes the standard deviation for the standard error."""

    breaks = "RMQM-INT-002"

    def divisor_of_variance(self, n):
        return n - 1


class TakesVarianceForStandardError(Plain):
    """Forgets the root."""

    breaks = "RMQM-INT-002"

    def standard_error(self, influences):
        return super().standard_error(influences) ** 2


class TakesNormalQuantile(Plain):
    """Multiplies by 1.96, whatever N is."""

    breaks = "RMQM-INT-002"

    def quantile(self, n):
        return 1.959963984540054


class TakesOneSidedQuantile(Plain):
    """Takes the quantile of 0.95, which makes an interval of 90 %."""

    breaks = "RMQM-INT-002"

    confidence = 0.90


class TakesNFreedoms(Plain):
    """Takes N degrees of freedom."""

    breaks = "RMQM-INT-002"

    def quantile(self, n):
        return student(0.975, n)


class GivesHalfTheWidth(Plain):
    """Gives the interval about zero."""

    breaks = "RMQM-INT-002"

    def interval(self, **arguments):
        ends = super().interval(**arguments)
        half = (ends["high"] - ends["low"]) / 2
        return {"low": -half, "high": half}


class SwapsEnds(Plain):
    """Puts the upper end first."""

    breaks = "RMQM-INT-002"

    def interval(self, **arguments):
        ends = super().interval(**arguments)
        return {"low": ends["high"], "high": ends["low"]}


class Bootstraps(Plain):
    """Draws inputs anew a thousand times and takes quantiles."""

    breaks = "RMQM-INT-002"

    def interval(self, **arguments):
        ends = super().interval(**arguments)
        if math.isnan(ends["low"]):
            return ends
        m = self.measure(**arguments)
        drawn = np.random.default_rng(0).choice(self.influences(m), (1000, len(m.D_i))).mean(1)
        low, high = self.score(m) + np.quantile(drawn, [0.025, 0.975])
        return {"low": low, "high": high}


class GivesPointForOneInput(Plain):
    """Finds no scatter in one input and calls it certain."""

    breaks = "RMQM-INT-003"

    def has_interval(self, m):
        return self.has_score(m)

    def divisor_of_variance(self, n):
        return max(super().divisor_of_variance(n), 1)

    def quantile(self, n):
        return super().quantile(n) if n > 1 else 0.0


class RefusesIntervalOfOneInput(Plain):
    """Treats a single input as an error of its user."""

    breaks = "RMQM-INT-003"

    def has_interval(self, m):
        if len(m.D_i) < 2:
            raise Refused("an interval needs two inputs")
        return super().has_interval(m)


class NeedsThirtyTwoInputs(Plain):
    """Takes the remark on stopping early for a rule of the interval."""

    breaks = "RMQM-INT-002"

    def has_interval(self, m):
        return super().has_interval(m) and len(m.D_i) >= 32
