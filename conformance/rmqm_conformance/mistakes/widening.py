"""Chapter 15 once more, in parts that a known mistake replaces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from rmqm_conformance.mistakes.measuring import Measuring

__all__ = ["Widening"]

Array = npt.NDArray[Any]


class Widening(Measuring):
    """The interval of the metric."""

    least = 2

    def interval(
        self, displacements: Array, step_lengths: Array, variant: str, resolution: float
    ) -> dict[str, Any]:
        """Return the ends of the interval."""
        self.measure(displacements, step_lengths, variant, resolution)
        if self.status != "ok" or self.n < self.least:
            return self.no_interval()
        half = self.quantile() * self.error(self.influences())
        return self.ends(self.score(), half)

    def no_interval(self) -> dict[str, Any]:
        return {"low": math.nan, "high": math.nan}

    def ends(self, score: float, half: float) -> dict[str, Any]:
        return {"low": score - half, "high": score + half}

    def quantile(self) -> float:
        return float(stats.t.ppf(0.975, self.n - 1))

    def influences(self) -> Array:
        return np.asarray((self.moved() - self.weight() * self.spikes()) / self.U())

    def moved(self) -> Array:
        return self.D_i - self.D + self.S_moved()

    def S_moved(self) -> Any:
        return 0.0 if self.paper else self.S_i - self.S

    def spikes(self) -> Array:
        spikes = (self.D_RC_i - self.D_RC) / self.D_RC**2
        spikes = spikes + (self.P_RC_i - self.P_RC) / self.P_RC**2
        return np.where(self.kept, spikes, 0.0)

    def weight(self) -> float:
        return self.n / float(self.kept.sum())

    def U(self) -> float:
        return 1 + self.D + (0.0 if self.paper else self.S) + 1 / self.D_RC + 1 / self.P_RC

    def error(self, influences: Array) -> float:
        return math.sqrt(float((influences**2).sum()) / self.divisor())

    def divisor(self) -> float:
        return self.n * (self.n - 1)
