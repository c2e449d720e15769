"""Measures of the Jacobian of encoders: added to the rows of a study that have none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import rmqm_spec
from studies.measuring.measuring import MATCHED_SIZE, less
from studies.measuring.table import ResultTable
from studies.training.recipe import Recipe

__all__ = ["MEASURES", "jacobian_values", "without_jacobians"]

MEASURES: Final = ("jacobian-norm", "jacobian-rank", "jacobian-condition", "jacobian-volume")

_MEASURED: Final = "jacobian-rank:numerical"
"""A detail that is there even where no measure has a value."""

N_INPUTS: Final = 100
"""Images: a row of the Jacobian of each is a product with it."""


def without_jacobians(table: ResultTable, recipes: Sequence[Recipe]) -> list[Recipe]:
    """Return the recipes whose row lacks these measures, or that have no row."""
    return [recipe for recipe in recipes if not table.rows.get(recipe.name, {}).get(_MEASURED)]


def jacobian_values(
    encoder: Path, source: Path, folder: Path, *, n: int = N_INPUTS, **options: Any
) -> dict[str, float | None]:
    """
    Return the measures of the Jacobian of an encoder, by name.

    Parameters
    ----------
    encoder : Path
        The model.
    source : Path
        An .npz with ``images``; the first of them are taken.
    folder : Path
        Receives the result.
    n : int
        Number of images.
    **options
        Preprocessing, as ``rmqm_spec.score`` takes it.

    Returns
    -------
    dict
        ``NAME`` and ``NAME@16`` of every measure, ``NAME:DETAIL`` of its details, ``NAME-null``
        less that of permuted weights; None where a value is undefined.
    """
    scored = rmqm_spec.score(
        str(encoder),
        data=f"{source}:images",
        n=n,
        levels=1,
        measure=[*MEASURES, *(f"{name}@{MATCHED_SIZE}" for name in MEASURES)],
        out=str(folder),
        force=True,
        **options,
    )
    of_null = (scored.stored.document["null"] or {}).get("measures") or {}
    values: dict[str, float | None] = {}
    for name, measured in scored.measures.items():
        values[name] = measured["value"]
        values[f"{name}-null"] = less(measured["value"], of_null.get(name, {}).get("value"))
        for detail, value in measured["details"].items():
            values[f"{name}:{detail}"] = value
    return values
