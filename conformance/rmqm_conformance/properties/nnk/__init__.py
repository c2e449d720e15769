"""Laws of non-negative kernel regression: the family RMQM-NNK."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.nnk import (
    candidates,
    classes,
    graphs,
    optimum,
    pairs,
    polytopes,
    refusals,
    symmetries,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *symmetries.CHECKS,
    *candidates.CHECKS,
    *optimum.CHECKS,
    *pairs.CHECKS,
    *graphs.CHECKS,
    *polytopes.CHECKS,
    *classes.CHECKS,
    *refusals.CHECKS,
)
