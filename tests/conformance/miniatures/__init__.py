"""A correct implementation in miniature, variants with one mistake each, and allowed variants."""

from __future__ import annotations

from types import ModuleType

from . import (
    allowed,
    allowed_answers,
    allowed_documents,
    allowed_forms,
    allowed_generators,
    allowed_messages,
    allowed_nnk,
    allowed_refusals,
    allowed_spectra,
    wrong_autoencoders,
    wrong_changes,
    wrong_comparison,
    wrong_degenerate,
    wrong_digits,
    wrong_distances,
    wrong_documents,
    wrong_draws,
    wrong_early,
    wrong_edges,
    wrong_encoder,
    wrong_generators,
    wrong_inputs,
    wrong_interval,
    wrong_jacobians,
    wrong_lookalikes,
    wrong_losses,
    wrong_metric,
    wrong_names,
    wrong_neighbours,
    wrong_nnk,
    wrong_nnk_shapes,
    wrong_noise,
    wrong_pgd,
    wrong_refusals,
    wrong_regressions,
    wrong_scored_pairs,
    wrong_sizes,
    wrong_spectra,
    wrong_stretches,
    wrong_thresholds,
    wrong_value_map,
)
from .plain import Plain

__all__ = ["ALLOWED", "WRONG", "Plain"]


def _miniatures(*modules: ModuleType) -> tuple[type[Plain], ...]:
    return tuple(
        found
        for module in modules
        for name, found in vars(module).items()
        if getattr(found, "__module__", None) == module.__name__
        and isinstance(found, type)
        and issubclass(found, Plain)
        and not name.startswith("_")
    )


WRONG: tuple[type[Plain], ...] = _miniatures(
    wrong_inputs,
    wrong_noise,
    wrong_generators,
    wrong_draws,
    wrong_distances,
    wrong_changes,
    wrong_degenerate,
    wrong_metric,
    wrong_interval,
    wrong_encoder,
    wrong_losses,
    wrong_pgd,
    wrong_documents,
    wrong_comparison,
    wrong_scored_pairs,
    wrong_value_map,
    wrong_edges,
    wrong_lookalikes,
    wrong_digits,
    wrong_refusals,
    wrong_names,
    wrong_early,
    wrong_neighbours,
    wrong_thresholds,
    wrong_sizes,
    wrong_nnk,
    wrong_nnk_shapes,
    wrong_jacobians,
    wrong_autoencoders,
    wrong_spectra,
    wrong_stretches,
    wrong_regressions,
)
"""Each breaks the clause that its attribute `breaks` names."""

ALLOWED: tuple[type[Plain], ...] = _miniatures(
    allowed,
    allowed_answers,
    allowed_documents,
    allowed_forms,
    allowed_generators,
    allowed_messages,
    allowed_nnk,
    allowed_refusals,
    allowed_spectra,
)
"""Correct; each decides otherwise what the specification leaves open."""
