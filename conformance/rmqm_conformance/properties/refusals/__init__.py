"""Laws of what must be refused: nothing unknown or impossible is taken for a default."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals import (
    arguments,
    choices,
    early,
    emptiness,
    images,
    losses,
    naming,
    networks,
    own_encoder,
    rows,
    shapes,
    spellings,
    surplus,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *arguments.CHECKS,
    *choices.CHECKS,
    *losses.CHECKS,
    *shapes.CHECKS,
    *spellings.CHECKS,
    *images.CHECKS,
    *rows.CHECKS,
    *naming.CHECKS,
    *emptiness.CHECKS,
    *own_encoder.CHECKS,
    *surplus.CHECKS,
    *networks.CHECKS,
    *early.CHECKS,
)
