"""Laws of generators, own ones above all: what RMQM-WN-010 demands of their draws."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.generators import (
    chance,
    company,
    dependence,
    moments,
    repeats,
    unlike,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *company.CHECKS,
    *unlike.CHECKS,
    *repeats.CHECKS,
    *moments.CHECKS,
    *chance.CHECKS,
    *dependence.CHECKS,
)
