"""Laws of Jacobians and their spectra: the family RMQM-JAC."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.jacobians import (
    autoencoders,
    chains,
    eigenvalues,
    invariances,
    products,
    readings,
    refusals,
    regressions,
    roundtrips,
    singular_matrices,
    singular_values,
)

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    *products.CHECKS,
    *chains.CHECKS,
    *autoencoders.CHECKS,
    *roundtrips.CHECKS,
    *eigenvalues.CHECKS,
    *invariances.CHECKS,
    *singular_matrices.CHECKS,
    *singular_values.CHECKS,
    *regressions.CHECKS,
    *readings.CHECKS,
    *refusals.CHECKS,
)
