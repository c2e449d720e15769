"""Laws of values at the edge: of types, of bounds, of what numbers and names can be."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.edges import (
    bounds,
    contents,
    digits,
    lengths,
    lookalikes,
    names,
    plain_maps,
    prepared,
    representations,
    seeds,
    starts,
    steps,
    value_map,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *contents.CHECKS,
    *prepared.CHECKS,
    *bounds.CHECKS,
    *names.CHECKS,
    *seeds.CHECKS,
    *steps.CHECKS,
    *representations.CHECKS,
    *value_map.CHECKS,
    *plain_maps.CHECKS,
    *starts.CHECKS,
    *lengths.CHECKS,
    *lookalikes.CHECKS,
    *digits.CHECKS,
)
