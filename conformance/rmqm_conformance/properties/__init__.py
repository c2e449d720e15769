"""Laws that hold for every correct implementation; a module for each family."""

from __future__ import annotations

from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.properties import (
    aggregation,
    alterations,
    batch_losses,
    characteristics,
    comparison,
    degenerate,
    distances,
    document_numbers,
    documented_encoders,
    documents,
    documents_of_others,
    edges,
    encoder,
    evaluation,
    foreign_distances,
    generators,
    gradients,
    inputs,
    interval,
    jacobians,
    large,
    losses,
    metric,
    near_protocols,
    nnk,
    noise_statistics,
    pgd,
    pgd_paths,
    prepared_inputs,
    protocol_fields,
    protocols,
    refusals,
    resolution,
    scored_pairs,
    statuses,
    thresholds,
    untouched,
    value_map,
    white_noise,
)

__all__ = ["PROPERTIES"]

_FAMILIES = (
    inputs,
    prepared_inputs,
    alterations,
    white_noise,
    noise_statistics,
    generators,
    value_map,
    pgd,
    pgd_paths,
    losses,
    batch_losses,
    encoder,
    gradients,
    evaluation,
    distances,
    foreign_distances,
    resolution,
    characteristics,
    degenerate,
    statuses,
    aggregation,
    metric,
    interval,
    protocols,
    documents,
    document_numbers,
    documented_encoders,
    documents_of_others,
    comparison,
    protocol_fields,
    near_protocols,
    scored_pairs,
    nnk,
    jacobians,
    large,
    edges,
    refusals,
    thresholds,
    untouched,
)

PROPERTIES: Final[tuple[Check, ...]] = tuple(
    check for family in _FAMILIES for check in family.CHECKS
)
"""Every law, in the order of the data."""
