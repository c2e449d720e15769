"""The kind of document that a score writes."""

from __future__ import annotations

from rmqm_spec.documents.converter import Misfit
from rmqm_spec.documents.kind import Kind
from rmqm_spec.results.record import ResultDocument

__all__ = ["RESULT"]

_CURVES = ("displacement", "step_length", "displacement_change", "step_length_change")


def _lengths_agree(result: ResultDocument) -> None:
    """Check the lengths of the curves against the number of levels."""
    n_levels = result.protocol.alteration.J
    if result.counts.levels != n_levels:
        raise Misfit("counts.levels", f"must be J = {n_levels}; got {result.counts.levels}")
    if len(result.curves.levels) != n_levels:
        raise Misfit(
            "curves.levels", f"must have J = {n_levels} items; got {len(result.curves.levels)}"
        )
    for name in _CURVES:
        curve = getattr(result.curves, name)
        for part in ("mean", "std"):
            length = len(getattr(curve, part))
            if length != n_levels:
                raise Misfit(
                    f"curves.{name}.{part}", f"must have J = {n_levels} items; got {length}"
                )


RESULT = Kind(schema="rmqm-result/1", name="result", record=ResultDocument, check=_lengths_agree)
