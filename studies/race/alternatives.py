"""Other rules that a race could have: what they would cost on the same races."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rmqm_spec.ranking.race import Rules, limit, looks
from studies.race.races import MOST

__all__ = ["alternatives"]


class _OneStep(Rules):
    """The bound of all pairs from the first look to the last, decided or not."""

    def to_decide(self, n_open: int, n_active: int, n_encoders: int, n: int) -> float:  # noqa: ARG002
        return self.of_all_pairs(n_encoders, n)


class _ConfidenceSequence(Rules):
    """
    Valid at every number of inputs, without a plan of looks; the error is shared by all pairs.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central limit theory and
    asymptotic confidence sequences, Annals of Statistics 52, 2024, equation (8), tightest at four
    times the inputs of the first look.
    """

    def to_decide(self, n_open: int, n_active: int, n_encoders: int, n: int) -> float:  # noqa: ARG002
        error = self.error / max(n_encoders * (n_encoders - 1) // 2, 1)
        tightest = 4 * self.looks[0]
        rho = (-2 * math.log(error) + math.log(1 - 2 * math.log(error))) / tightest
        width = 2 * (n * rho + 1) / (n * rho) * math.log(math.sqrt(n * rho + 1) / error)
        return limit(math.sqrt(width), n)


def alternatives() -> Mapping[str, Rules]:
    """Return rules by name; those of the product are the first."""

    def plan(growth: float) -> tuple[int, ...]:
        return looks(MOST, growth=growth)

    return {
        "Holm, looks at 1.25 times the inputs (in use)": Rules(until="order", looks=looks(MOST)),
        "Holm, looks at 1.1 times the inputs": Rules(until="order", looks=plan(1.1)),
        "Holm, looks at 1.5 times the inputs": Rules(until="order", looks=plan(1.5)),
        "Holm, looks at twice the inputs": Rules(until="order", looks=plan(2)),
        "one bound for all pairs": _OneStep(until="order", looks=looks(MOST)),
        "confidence sequence": _ConfidenceSequence(until="order", looks=looks(MOST)),
    }
