"""Mistakes at the very limits of rules."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class AllowsTheNextTerm(Plain):
    """Cuts one per cent down to whole terms and allows one more."""

    breaks = "RMQM-DEG-003"

    def beyond_limit(self, undefined, terms):
        return undefined > terms // 100 + 1


class CountsBothKindsTogether(Plain):
    """Compares undefined terms of both kinds with one per cent of one kind."""

    breaks = "RMQM-DEG-003"

    def too_many_undefined(self, m):
        both = sum(m.undefined)
        return super().too_many_undefined(m) or (m.variant == "paper" and 100 * both > m.terms[0])


class LimitsAuthorsToHalf(Plain):
    """Gives authors-2022 no score when more than half of the inputs leave."""

    breaks = "RMQM-DEG-005"

    def too_many_undefined(self, m):
        few = m.variant == "authors-2022" and 2 * m.kept.sum() < len(m.kept)
        return few or super().too_many_undefined(m)


class LooksAtZerosFromLevelTwo(Plain):
    """Overlooks a denominator of zero at level 1."""

    breaks = "RMQM-DEG-004"

    def kept(self, d, s, variant):
        return super().kept(d[:, 1:], s[:, 1:], variant)


class CountsStillnessAsUndefined(Plain):
    """Counts 0/0 after the first level as undefined."""

    breaks = "RMQM-DEG-001"

    def count(self, terms):
        return super().count(terms) + int((terms[:, 1:] == 0).sum())


class ZeroesUpToTheResolution(Plain):
    """Takes a distance that equals the resolution for zero."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return np.where(distances <= resolution, 0.0, distances)


class ZeroesMeansUpToTheResolution(Plain):
    """Takes a mean that equals the resolution for zero."""

    breaks = "RMQM-RES-003"

    def at_resolution_of_encoder(self, value, resolution):
        return 0.0 if value <= resolution else value


class ZeroesTheMeanStep(Plain):
    """Takes an S below the resolution for zero."""

    breaks = "RMQM-RES-003"

    def measure(self, displacements, step_lengths, variant, resolution):
        m = super().measure(displacements, step_lengths, variant, resolution)
        m.S = self.at_resolution_of_encoder(m.S, resolution)
        return m


class NeverFinerThanSingle(Plain):
    """Takes a resolution of at least 1e-6 for all distances."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return super().at_resolution(distances, max(resolution, 1e-6))


class ResolvesByStorage(Plain):
    """Takes the resolution of the type in which representations are stored."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        stored = {"f2": "float16", "f4": "float32"}.get(trajectories.dtype.str[1:], arithmetic)
        return super().resolution_of(stored, trajectories)


class ResolvesByInputs(Plain):
    """Takes the resolution of the type of the inputs, on the whole way."""

    breaks = "RMQM-RES-001"

    def whole_way(self, inputs, *rest):
        names, found = super().whole_way(inputs, *rest)
        if inputs.dtype == np.float32:
            found = {
                key: self.at_resolution(found[key], 1e-6)
                for key in ("displacements", "step_lengths")
            } | {"resolution": 1e-6}
        return names, found


class NeedsTwoLevels(Plain):
    """Calls the steps of a single level undefined, not constant."""

    breaks = "RMQM-PRC-003"

    def beyond_limit(self, undefined, terms):
        return terms == 0 or super().beyond_limit(undefined, terms)


class NumbersLevelsByPlace(Plain):
    """Draws the noise of a level by its place in the list of levels."""

    breaks = "RMQM-ALT-001"

    def level_of_draw(self, level, levels, setting):
        return super().level_of_draw(levels.index(level) + 1, levels, setting)


class CollapsesBelowAMillionth(Plain):
    """Calls an encoder collapsed that moves by less than a millionth, and such changes constant."""

    breaks = "RMQM-DEG-006"

    def collapsed(self, m):
        return m.D < 1e-6

    def constant_steps(self, m):
        return super().constant_steps(m) or m.P_RC < 1e-6 or m.D_RC < 1e-6


class CollapsesAtItsStart(Plain):
    """Calls an encoder collapsed that returns to its start in the end."""

    breaks = "RMQM-DEG-006"

    def measure(self, displacements, step_lengths, variant, resolution):
        m = super().measure(displacements, step_lengths, variant, resolution)
        if not displacements[:, -1].any():
            m.status = "collapsed"
        return m


class RefusesExcess(Plain):
    """Refuses a distance that rounding lifted above 2."""

    breaks = "RMQM-DIST-007"

    largest_distance = 2.0


class CountsFreedomOfThoseThatStay(Plain):
    """Scales the standard error by the number of inputs that stay."""

    breaks = "RMQM-INT-001"

    def weight_of_kept(self, m):
        return np.sqrt(super().weight_of_kept(m))


class NeedsThreeInputs(Plain):
    """Gives two inputs no interval."""

    breaks = "RMQM-INT-003"

    def has_interval(self, m):
        return super().has_interval(m) and len(m.D_i) > 2


class CutsIntervalsAtZero(Plain):
    """Lets no interval reach below zero."""

    breaks = "RMQM-INT-002"

    def interval(self, **distances):
        found = super().interval(**distances)
        return found | {"low": max(found["low"], 0.0) if found["low"] == found["low"] else np.nan}


class CountsTies(Plain):
    """Counts a triplet whose negative is exactly as far as its positive."""

    breaks = "RMQM-LOSS-004"

    def counts(self, gap):
        return 0 <= gap <= 0.5 and self.margin - gap > 0


class CountsTheMargin(Plain):
    """Counts a triplet whose negative is farther by exactly the margin."""

    breaks = "RMQM-LOSS-004"

    def counts(self, gap):
        return 0 < gap <= self.margin


class CountsEasyTriplets(Plain):
    """Counts hard triplets as well as semi-hard ones."""

    breaks = "RMQM-LOSS-004"

    def counts(self, gap):
        return self.margin - gap > 0
