"""When the numbers of a geometry say little, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.geometries.columns import Columns

__all__ = ["geometry_doubts"]

_SATURATED: Final = 0.9
"""Share of the candidates that are neighbours, from which on their number says little."""

_EQUAL: Final = 1e-12
"""Error up to which an input is its only neighbour."""


def geometry_doubts(columns: Columns) -> list[Finding]:
    """
    Return what makes the numbers of a geometry say little.

    Parameters
    ----------
    columns : Columns
        What was kept of an encoder.

    Returns
    -------
    list of Finding
        GEO001, GEO004, GEO005, GEO006, as far as they apply.
    """
    doubts = (_saturated(columns), _equal(columns), _alone(columns), _one_level(columns))
    return [doubt for doubt in doubts if doubt is not None]


def _saturated(columns: Columns) -> Finding | None:
    mean = float(columns.found.counts.mean())
    if columns.k == 1 or mean <= _SATURATED * columns.k:
        return None
    return Finding(
        code="GEO001",
        level="warn",
        message=f"{mean:.1f} of {columns.k} candidates are neighbours on average: k limits "
        "their number",
        fix="Give a larger --k, or give a Gaussian kernel a larger bandwidth. Do not "
        "compare encoders by this number of neighbours.",
    )


def _equal(columns: Columns) -> Finding | None:
    n_inputs = len(columns.ids)
    n_equal = int(np.count_nonzero((columns.found.counts == 1) & (columns.found.errors < _EQUAL)))
    if 2 * n_equal <= n_inputs:
        return None
    return Finding(
        code="GEO004",
        level="warn",
        message=f"the kernel cannot tell {n_equal:,} of {n_inputs:,} inputs from their nearest "
        "candidate: one neighbour and a diameter of 0 say nothing about them",
        fix="Look at the encodings: is this the right --output? Give a Gaussian kernel a smaller "
        "bandwidth.",
    )


def _alone(columns: Columns) -> Finding | None:
    n_alone = int(np.count_nonzero(columns.found.counts == 0))
    if not n_alone:
        return None
    return Finding(
        code="GEO005",
        level="warn",
        message=f"{n_alone:,} of {len(columns.ids):,} inputs have no neighbours: no candidate has "
        "a kernel value above 0",
        fix="Give a larger bandwidth, or take --kernel cosine.",
    )


def _one_level(columns: Columns) -> Finding | None:
    if columns.altered is None or columns.altered.levels[-1] > 1:
        return None
    return Finding(
        code="GEO006",
        level="warn",
        message="the altered versions of an input must be at least 2 to make a polytope; got 1: "
        "its diameter is 0 for every encoder",
        fix="Give --levels at least 2; a flip has one level alone, so choose another alteration.",
    )
