"""All cases, family by family."""

from __future__ import annotations

from rmqm_conformance.golden import (
    cases_characteristics,
    cases_degenerate,
    cases_distances,
    cases_encoder,
    cases_inputs,
    cases_interval,
    cases_losses,
    cases_noise,
    cases_pgd,
)
from rmqm_conformance.golden.case import Case

__all__ = ["all_cases"]

_MODULES = (
    cases_inputs,
    cases_noise,
    cases_pgd,
    cases_losses,
    cases_encoder,
    cases_distances,
    cases_degenerate,
    cases_characteristics,
    cases_interval,
)


def all_cases() -> list[Case]:
    """Return every case, those of a module in its order."""
    return [one for module in _MODULES for one in module.cases()]
