"""Mistakes in degenerate cases: chapter 12 of the specification."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain


class CallsZeroByZeroUndefined(Plain):
    """Leaves 0/0 to the floating point, which makes it NaN."""

    breaks = "RMQM-DEG-001"

    def zero_by_zero(self):
        return math.nan


class CallsZeroByZeroOne(Plain):
    """Takes 0/0 for x/x."""

    breaks = "RMQM-DEG-001"

    def zero_by_zero(self):
        return 1.0


class AddsEpsilonToDenominators(Plain):
    """Adds 1e-8 to every denominator, so that none is zero."""

    breaks = "RMQM-DEG-002"

    def ratio(self, numerator, denominator):
        return numerator / (denominator + 1e-8)


class FloorsDenominators(Plain):
    """Divides by at least the smallest resolution, so that x/0 is a huge number."""

    breaks = "RMQM-DEG-002"

    def ratio(self, numerator, denominator):
        return numerator / np.maximum(denominator, 1e-12)


class CallsSomethingByZeroZero(Plain):
    """Sets x/0 to zero, as nan_to_num would."""

    breaks = "RMQM-DEG-002"

    def something_by_zero(self):
        return 0.0


class CallsSomethingByZeroOne(Plain):
    """Takes a change from or to zero for a change by one hundred per cent."""

    breaks = "RMQM-DEG-002"

    def something_by_zero(self):
        return 1.0


class KeepsDivisorOfUndefinedTerms(Plain):
    """Leaves undefined terms out of the sum but not out of the divisor."""

    breaks = "RMQM-DEG-002"

    def remaining(self, divisor, undefined):
        return divisor


class DividesByDefinedTerms(Plain):
    """Divides by the number of defined terms as soon as one is missing, one too few for P_RC."""

    breaks = "RMQM-DEG-002"

    def mean_of_defined(self, row, divisor):
        defined = row[~np.isnan(row)]
        if len(defined) == len(row):
            return super().mean_of_defined(row, divisor)
        return self.mean(defined) if len(defined) else 0.0


class DoesNotCountUndefinedTerms(Plain):
    """Skips NaN by nansum and never learns that there were any."""

    breaks = "RMQM-DEG-002"

    def count(self, terms):
        return 0


class CountsInputsForTerms(Plain):
    """Counts the inputs with undefined terms, not the terms."""

    breaks = "RMQM-DEG-002"

    def count(self, terms):
        return int(np.isnan(terms).any(1).sum())


class DropsInputsInPaper(Plain):
    """Drops a whole input of `paper` for one undefined term."""

    breaks = "RMQM-AGG-002"

    def kept(self, d, s, variant):
        undefined = np.isnan(self.D_RC_terms(d, variant)).any(1)
        return ~(undefined | np.isnan(self.P_RC_terms(s, variant)).any(1))


class KnowsNoLimit(Plain):
    """Scores `paper`, however many terms are undefined."""

    breaks = "RMQM-DEG-003"

    def beyond_limit(self, undefined, terms):
        return False


class ReachesLimitAtOnePerCent(Plain):
    """Refuses a score at one per cent, not above it."""

    breaks = "RMQM-DEG-003"

    def beyond_limit(self, undefined, terms):
        return 0 < terms <= 100 * undefined


class AllowsTenPerCent(Plain):
    """Slips by a factor of ten."""

    breaks = "RMQM-DEG-003"

    def beyond_limit(self, undefined, terms):
        return 10 * undefined > terms


class AllowsNoUndefinedTerm(Plain):
    """Gives up at the first undefined term."""

    breaks = "RMQM-DEG-003"

    def beyond_limit(self, undefined, terms):
        return undefined > 0


class LimitsPerInputs(Plain):
    """Takes one per cent of the inputs instead of the terms."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        if m.variant == "authors-2022":
            return super().too_many_undefined(m)
        return 100 * max(m.undefined) > len(m.D_i)


class LimitsBothTogether(Plain):
    """Adds up the undefined terms of D_RC and P_RC before it looks at the limit."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        if m.variant == "authors-2022":
            return super().too_many_undefined(m)
        return self.beyond_limit(sum(m.undefined), sum(m.terms))


class LimitsDisplacementChangesOnly(Plain):
    """Looks at the undefined terms of D_RC and forgets those of P_RC."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        if m.variant == "authors-2022":
            return super().too_many_undefined(m)
        return self.beyond_limit(m.undefined[0], m.terms[0])


class LimitsStepChangesOnly(Plain):
    """Looks at the undefined terms of P_RC and forgets those of D_RC."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        if m.variant == "authors-2022":
            return super().too_many_undefined(m)
        return self.beyond_limit(m.undefined[1], m.terms[1])


class CountsNJTermsOfPRC(Plain):
    """Takes NJ for the number of terms of P_RC as well."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        m.terms = (m.terms[0], m.terms[0])
        return super().too_many_undefined(m)


class KeepsInputsInAuthors(Plain):
    """Skips undefined terms in `authors-2022` and keeps their inputs."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        return np.ones(len(d), bool)


class LeavesOneMeanOnly(Plain):
    """Drops rows table by table, as the authors' code does."""

    breaks = "RMQM-DEG-004"

    def measure(self, displacements, step_lengths, variant, resolution):
        m = super().measure(displacements, step_lengths, variant, resolution)
        if variant == "authors-2022" and m.kept.any():
            d, s = (self.at_resolution(x, resolution) for x in (displacements, step_lengths))
            m.D_RC = self.mean_of_kept(m.D_RC_i, (d[:, :-1] != 0).all(1))
            m.P_RC = self.mean_of_kept(m.P_RC_i, (s[:, :-1] != 0).all(1))
        return m


class LooksAtTheLastDistanceToo(Plain):
    """Drops an input for a zero at level J, which is no denominator."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        return super().kept(d, s, variant) & (variant == "paper" or ((d != 0) & (s != 0)).all(1))


class LooksAtDisplacementsOnly(Plain):
    """Drops inputs for zero displacements and keeps those that stand still."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        return super().kept(d, np.ones_like(s), variant)


class LooksAtStepsOnly(Plain):
    """Drops inputs that stand still and keeps those that return to their origin."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        return super().kept(np.ones_like(d), s, variant)


class KeepsZeroByZeroInAuthors(Plain):
    """Drops inputs for x/0 but takes 0/0 for 0, as `paper` does."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        undefined = np.isnan(self.D_RC_terms(d, variant)).any(1)
        undefined |= np.isnan(self.P_RC_terms(s, variant)).any(1)
        return ~undefined if variant == "authors-2022" else super().kept(d, s, variant)


class ForgetsToCountTheLeftOut(Plain):
    """Drops inputs without a word."""

    breaks = "RMQM-DEG-004"

    def left_out(self, m):
        return 0


class CountsTheKept(Plain):
    """Counts the inputs that stay instead of those that leave."""

    breaks = "RMQM-DEG-004"

    def left_out(self, m):
        return int(m.kept.sum())


class LimitsAuthorsToOnePerCent(Plain):
    """Applies the limit of `paper` to the inputs that leave in `authors-2022`."""

    breaks = "RMQM-DEG-005"

    def too_many_undefined(self, m):
        return super().too_many_undefined(m) or 100 * self.left_out(m) > len(m.kept)


class CallsNoInputsOk(Plain):
    """Does not notice that no input is left in `authors-2022`."""

    breaks = "RMQM-DEG-005"

    def too_many_undefined(self, m):
        return m.variant == "paper" and super().too_many_undefined(m)


class OverlooksCollapse(Plain):
    """Knows no status `collapsed`: a constant encoder has constant steps."""

    breaks = "RMQM-DEG-006"

    def collapsed(self, m):
        return False


class ScoresCollapse(Plain):
    """Divides by small numbers instead of zeros, so that a constant encoder ranks first."""

    breaks = "RMQM-DEG-006"

    def status(self, m):
        return "ok" if m.D == 0 else super().status(m)

    def reciprocal(self, value):
        return super().reciprocal(max(value, 1e-12))


class CollapsesByOneInput(Plain):
    """Calls an encoder collapsed when one input does not move."""

    breaks = "RMQM-DEG-006"

    def collapsed(self, m):
        return bool((m.D_i == 0).any())


class GivesConstantStepsInfinity(Plain):
    """Scores perfectly even steps as the limit of the formula."""

    breaks = "RMQM-DEG-007"

    def constant_steps(self, m):
        return False

    def reciprocal(self, value):
        return super().reciprocal(value) if value else math.inf


class LeavesOutInfiniteReciprocals(Plain):
    """Scores perfectly even steps without the reciprocal of zero."""

    breaks = "RMQM-DEG-007"

    def constant_steps(self, m):
        return False

    def reciprocal(self, value):
        return super().reciprocal(value) if value else 0.0


class NeedsBothToBeConstant(Plain):
    """Asks for both relative changes to vanish."""

    breaks = "RMQM-DEG-007"

    def constant_steps(self, m):
        return m.D_RC == 0 and m.P_RC == 0

    def reciprocal(self, value):
        return super().reciprocal(max(value, 1e-12))


class LooksAtPRCOnly(Plain):
    """Looks for constant steps in P_RC, where D_RC vanishes on a circle about the origin."""

    breaks = "RMQM-DEG-007"

    def constant_steps(self, m):
        return m.P_RC == 0

    def reciprocal(self, value):
        return super().reciprocal(max(value, 1e-12))


class LooksForUndefinedTermsFirst(Plain):
    """Asks for undefined terms before it asks for a collapse."""

    breaks = "RMQM-DEG-008"

    order_of_statuses = ("undefined-terms", "collapsed", "constant-steps")


class LooksForConstantStepsEarly(Plain):
    """Asks for constant steps before it asks for undefined terms."""

    breaks = "RMQM-DEG-008"

    order_of_statuses = ("collapsed", "constant-steps", "undefined-terms")


class WritesStatusesWithUnderscores(Plain):
    """Writes names of statuses as names of variables."""

    breaks = "RMQM-DEG-008"

    def status(self, m):
        return super().status(m).replace("-", "_")


class ScoresWithTooManyUndefinedTerms(Plain):
    """Warns of undefined terms by the status and gives the score all the same."""

    breaks = "RMQM-DEG-009"

    def has_score(self, m):
        return super().has_score(m) or (m.status == "undefined-terms" and m.D_RC * m.P_RC > 0)


class WeighsWithTooManyUndefinedTerms(Plain):
    """Keeps the weighted metric where the metric is undefined."""

    breaks = "RMQM-DEG-009"

    def has_weighted(self, m):
        return m.variant == "paper" and m.D_RC * m.P_RC > 0


class GivesIntervalWithoutScore(Plain):
    """Gives an interval where the metric is undefined."""

    breaks = "RMQM-DEG-009"

    def has_interval(self, m):
        return m.D_RC * m.P_RC > 0 and len(m.D_i) >= 2


class GivesZeroWithoutScore(Plain):
    """Scores zero where the metric is undefined."""

    breaks = "RMQM-DEG-009"

    def characterize(self, **arguments):
        found = super().characterize(**arguments)
        return found if found["status"] == "ok" else found | {"rmqm": 0.0}


class RefusesWithoutScore(Plain):
    """Treats a degenerate encoder as an error of its user."""

    breaks = "RMQM-DEG-009"

    def status(self, m):
        found = super().status(m)
        if found != "ok":
            raise self.refusals[0](f"no score: {found}")
        return found


class HidesCharacteristicsWithoutScore(Plain):
    """Gives no D where there is no score."""

    breaks = "RMQM-DEG-009"

    def characterize(self, **arguments):
        found = super().characterize(**arguments)
        hidden = dict.fromkeys(("D", "S", "D_RC", "P_RC"), math.nan)
        return found if found["status"] == "ok" else found | hidden


class GivesInfinityWithoutInputs(Plain):
    """Calls the mean of no input infinite."""

    breaks = "RMQM-DEG-010"

    def mean_of_kept(self, values, kept):
        return super().mean_of_kept(values, kept) if kept.any() else math.inf


class GivesInfiniteTerms(Plain):
    """Leaves x/0 to the floating point, which makes it infinite."""

    breaks = "RMQM-DEG-010"

    def something_by_zero(self):
        return math.inf
