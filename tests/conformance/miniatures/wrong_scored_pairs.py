"""Mistakes in comparisons that depend on the scores: small differences, and none at all."""

from __future__ import annotations

import math

from .plain import Plain


class ShowsSmallDifferencesAsNothing(Plain):
    """Takes a difference of less than 1e-6 for none."""

    breaks = "RMQM-PRO-003"

    def difference_of(self, a, b):
        difference = super().difference_of(a, b)
        return 0.0 if abs(difference) < 1e-6 else difference


class RoundsDifferences(Plain):
    """Rounds a difference to ten digits."""

    breaks = "RMQM-PRO-003"

    def difference_of(self, a, b):
        return round(super().difference_of(a, b), 10)


class ComparesProtocolsOfScoresAlone(Plain):
    """Compares the protocols only where both results have a score."""

    breaks = "RMQM-PRO-003"

    def compare(self, *, first, second):
        if None in {self.read(text).get("rmqm") for text in (first, second)}:
            return {"difference": math.nan}
        return super().compare(first=first, second=second)
