"""Laws of rules at their very limits: what counts at it, and what does not any more."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.thresholds import (
    excess,
    intervals,
    resolutions,
    small_numbers,
    ties,
    undefined_terms,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *undefined_terms.CHECKS,
    *resolutions.CHECKS,
    *small_numbers.CHECKS,
    *intervals.CHECKS,
    *excess.CHECKS,
    *ties.CHECKS,
)
