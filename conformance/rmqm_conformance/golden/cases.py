"""All cases, family by family."""

from __future__ import annotations

from rmqm_conformance.golden import (
    cases_alterations,
    cases_autoencoders,
    cases_characteristics,
    cases_degenerate,
    cases_distances,
    cases_encoder,
    cases_inputs,
    cases_interval,
    cases_jacobians,
    cases_losses,
    cases_metric,
    cases_nnk,
    cases_nnk_shapes,
    cases_noise,
    cases_paths,
    cases_pooling,
    cases_prepared,
    cases_regressions,
    cases_resolution,
    cases_spectra,
    cases_statuses,
    cases_steps,
    cases_types,
    cases_value_map,
)
from rmqm_conformance.golden.case import Case

__all__ = ["all_cases"]

_MODULES = (
    cases_inputs,
    cases_prepared,
    cases_alterations,
    cases_noise,
    cases_value_map,
    cases_steps,
    cases_paths,
    cases_losses,
    cases_encoder,
    cases_pooling,
    cases_distances,
    cases_types,
    cases_resolution,
    cases_degenerate,
    cases_statuses,
    cases_characteristics,
    cases_metric,
    cases_interval,
    cases_nnk,
    cases_nnk_shapes,
    cases_jacobians,
    cases_autoencoders,
    cases_spectra,
    cases_regressions,
)


def all_cases() -> list[Case]:
    """Return every case in the order of its clause, and then of its module."""
    unordered = [case for module in _MODULES for case in module.cases()]
    return sorted(unordered, key=lambda case: str(case["clauses"][0]))
