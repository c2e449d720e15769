"""Mistakes in D, S and the relative changes: chapters 9 to 11 of the specification."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain


class CountsLevelZeroInD(Plain):
    """Averages over J + 1 levels, the displacement 0 of level 0 among them."""

    breaks = "RMQM-D-001"

    def D_i(self, d):
        return super().D_i(np.pad(d, ((0, 0), (1, 0))))


class DividesDByJMinus1(Plain):
    """Takes the divisor of the changes for D as well."""

    breaks = "RMQM-D-001"

    def D_i(self, d):
        return super().D_i(d) * d.shape[1] / max(d.shape[1] - 1, 1)


class TakesTotalDisplacement(Plain):
    """Follows the word "total" of section 3.2 and does not divide."""

    breaks = "RMQM-D-001"

    def D_i(self, d):
        return super().D_i(d) * d.shape[1]


class TakesLastDisplacement(Plain):
    """Takes the displacement of level J for how far an input moves."""

    breaks = "RMQM-D-001"

    def D_i(self, d):
        return d[:, -1]


class TakesMedianOverLevels(Plain):
    """Takes the median displacement, which is robust."""

    breaks = "RMQM-D-001"

    def mean_over_levels(self, values):
        return np.median(values, axis=1)


class TakesDOfKeptInputs(Plain):
    """Leaves the inputs that left the means of the changes out of D too."""

    breaks = "RMQM-D-002"

    def encoder_D(self, m):
        return self.mean_over_inputs(m.D_i[m.kept]) if m.kept.any() else super().encoder_D(m)


class LeavesFirstStepOutOfS(Plain):
    """Averages the steps from level 2 on, as in P_RC."""

    breaks = "RMQM-D-003"

    def S_i(self, s):
        return super().S_i(s[:, 1:] if s.shape[1] > 1 else s)


class TakesTotalPathForS(Plain):
    """Adds up the steps to the length of the path."""

    breaks = "RMQM-D-003"

    def S_i(self, s):
        return super().S_i(s) * s.shape[1]


class DividesDisplacementChangesByPrevious(Plain):
    """Divides by the previous displacement in `paper`, as the authors' code does."""

    breaks = "RMQM-DRC-001"

    def D_RC_denominators(self, before, now, variant):
        return np.where(before == 0, now, before) if variant == "paper" else before


class DropsFirstDisplacementChange(Plain):
    """Starts the sum of `paper` at level 2, since its first term is always 1."""

    breaks = "RMQM-DRC-001"

    def D_RC_pairs(self, d, variant):
        return d[:, :-1], d[:, 1:]


class DividesPaperDRCByJMinus1(Plain):
    """Counts the differences between J displacements and finds J - 1."""

    breaks = "RMQM-DRC-001"

    def D_RC_divisor(self, n_levels, variant):
        return max(n_levels - 1, 1)


class ForgetsAbsoluteValue(Plain):
    """Lets falls cancel rises."""

    breaks = "RMQM-DRC-001"

    def change(self, before, now):
        return now - before


class SquaresChanges(Plain):
    """Squares the changes to make them positive."""

    breaks = "RMQM-DRC-001"

    def change(self, before, now):
        return (now - before) ** 2


class DividesByLargerDistance(Plain):
    """Divides by the larger of both distances, so that no term exceeds 1."""

    breaks = "RMQM-DRC-001"

    def ratio(self, numerator, denominator):
        return np.minimum(super().ratio(numerator, denominator), 1.0)


class DividesByMeanOfBothDistances(Plain):
    """Makes the relative change symmetric."""

    breaks = "RMQM-DRC-001"

    def D_RC_denominators(self, before, now, variant):
        return (before + now) / 2


class DividesDisplacementChangesByCurrent(Plain):
    """Divides by the current displacement in `authors-2022`, as the paper does."""

    breaks = "RMQM-DRC-002"

    def D_RC_denominators(self, before, now, variant):
        return now


class DividesAuthorsDRCByJ(Plain):
    """Divides J - 1 terms by J in `authors-2022`."""

    breaks = "RMQM-DRC-002"

    def D_RC_divisor(self, n_levels, variant):
        return n_levels


class CountsFirstChangeInAuthors(Plain):
    """Gives `authors-2022` the first term 1 of `paper`."""

    breaks = "RMQM-DRC-002"

    def D_RC_terms(self, d, variant):
        terms = super().D_RC_terms(d, variant)
        return np.pad(terms, ((0, 0), (d.shape[1] - terms.shape[1], 0)), constant_values=1.0)

    def D_RC_divisor(self, n_levels, variant):
        return n_levels


class TakesSignedChangesInAuthors(Plain):
    """Takes pandas' pct_change and forgets its sign."""

    breaks = "RMQM-DRC-002"

    def D_RC_terms(self, d, variant):
        terms = super().D_RC_terms(d, variant)
        return terms * np.sign(np.diff(d)) if variant == "authors-2022" else terms


class IgnoresVariant(Plain):
    """Computes `paper`, whatever variant is asked for."""

    breaks = "RMQM-MET-004"

    def measure(self, displacements, step_lengths, variant, resolution):
        return super().measure(displacements, step_lengths, "paper", resolution)


class DividesStepChangesByPrevious(Plain):
    """Divides by the previous step in `paper`, as the authors' code does."""

    breaks = "RMQM-PRC-001"

    def P_RC_denominators(self, before, now, variant):
        return before


class DividesPaperPRCByJMinus1(Plain):
    """Divides J - 1 terms by J - 1, as a mean would."""

    breaks = "RMQM-PRC-001"

    def P_RC_divisor(self, n_levels, variant):
        return max(n_levels - 1, 1)


class CountsFirstStepAsChange(Plain):
    """Lets the steps start from a step of length zero, as the displacements do."""

    breaks = "RMQM-PRC-001"

    def P_RC_pairs(self, s, variant):
        padded = np.pad(s, ((0, 0), (1, 0))) if variant == "paper" else s
        return padded[:, :-1], padded[:, 1:]


class TakesStepChangesFromDisplacements(Plain):
    """Hands the displacements to both relative changes."""

    breaks = "RMQM-PRC-001"

    def measure(self, displacements, step_lengths, variant, resolution):
        self.check_distances(displacements, step_lengths, variant)
        return super().measure(displacements, displacements, variant, resolution)


class DividesStepChangesByCurrent(Plain):
    """Divides by the current step in `authors-2022`, as the paper does."""

    breaks = "RMQM-PRC-002"

    def P_RC_denominators(self, before, now, variant):
        return now


class DividesAuthorsPRCByJ(Plain):
    """Divides J - 1 terms by J in `authors-2022`."""

    breaks = "RMQM-PRC-002"

    def P_RC_divisor(self, n_levels, variant):
        return n_levels


class FindsNoMeanOfOneStep(Plain):
    """Takes the mean of no change for undefined."""

    breaks = "RMQM-PRC-003"

    def P_RC_divisor(self, n_levels, variant):
        return super().P_RC_divisor(n_levels, variant) if n_levels > 1 else 0


class RefusesOneLevel(Plain):
    """Asks for two levels in both variants."""

    breaks = "RMQM-PRC-003"

    def too_few_levels(self, n_levels, variant):
        return n_levels < 2


class AcceptsOneLevelInAuthors(Plain):
    """Divides by J - 1 = 0 and calls the result undefined."""

    breaks = "RMQM-DRC-002"

    def too_few_levels(self, n_levels, variant):
        return False


class TreatsOneLevelInAuthorsAsPaper(Plain):
    """Divides by at least one and so finds a characteristic where there is none."""

    breaks = "RMQM-DRC-002"

    def too_few_levels(self, n_levels, variant):
        return False

    def P_RC_divisor(self, n_levels, variant):
        return max(super().P_RC_divisor(n_levels, variant), 1)

    def D_RC_divisor(self, n_levels, variant):
        return max(super().D_RC_divisor(n_levels, variant), 1)


class MeansInFloat32(Plain):
    """Adds up in float32."""

    breaks = "RMQM-AGG-004"

    def total(self, values):
        return float(np.sum(np.asarray(values, np.float32), dtype=np.float32))


class RoundsCharacteristics(Plain):
    """Rounds characteristics to nine digits, enough for any table."""

    breaks = "RMQM-AGG-004"

    def at_resolution_of_encoder(self, value, resolution):
        found = super().at_resolution_of_encoder(value, resolution)
        return found if math.isnan(found) else round(found, 9)
