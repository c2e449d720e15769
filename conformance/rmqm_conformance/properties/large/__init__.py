"""Laws at the sizes at which implementations change their way: long sums, full batches, buffers."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.large import batches, counters, inputs, losses, means, vectors

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *inputs.CHECKS,
    *counters.CHECKS,
    *batches.CHECKS,
    *vectors.CHECKS,
    *means.CHECKS,
    *losses.CHECKS,
)
