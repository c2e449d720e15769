"""Laws that hold for every correct implementation; one module for each family."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties import (
    aggregation,
    characteristics,
    degenerate,
    distances,
    inputs,
    interval,
    metric,
    noise_statistics,
    resolution,
    white_noise,
)

__all__ = ["PROPERTIES"]

PROPERTIES: Final[tuple[Check, ...]] = (
    *inputs.CHECKS,
    *white_noise.CHECKS,
    *noise_statistics.CHECKS,
    *distances.CHECKS,
    *resolution.CHECKS,
    *characteristics.CHECKS,
    *degenerate.CHECKS,
    *aggregation.CHECKS,
    *metric.CHECKS,
    *interval.CHECKS,
)
"""Every law, in the order of the data."""
