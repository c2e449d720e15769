"""Curves over the levels: mean and spread of distances and relative changes (paper, Figs. 2-4)."""

from __future__ import annotations

import numpy as np
from attrs import fields, frozen

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.characteristics.relative_changes import RelativeChanges

__all__ = ["Curve", "Curves", "curves_of"]


@frozen(eq=False)
class Curve:
    """Mean and sample standard deviation over inputs at each level 1..J; NaN where undefined."""

    mean: Float64Array
    std: Float64Array


@frozen(kw_only=True, eq=False)
class Curves:
    """
    Distances and their changes from level to level, each a `Curve` of length J.

    Parameters
    ----------
    displacement, step_length : Curve
        Distances to the unaltered and to the previous encoding, dimensionless.
    displacement_change, step_length_change : Curve
        Terms of D_RC and P_RC, fractions; undefined terms are left out.
    """

    displacement: Curve
    step_length: Curve
    displacement_change: Curve
    step_length_change: Curve

    def to_dict(self) -> dict[str, dict[str, list[float]]]:
        """Return the curves as plain data."""
        curves = {field.name: getattr(self, field.name) for field in fields(Curves)}
        return {
            name: {"mean": curve.mean.tolist(), "std": curve.std.tolist()}
            for name, curve in curves.items()
        }


def curves_of(
    displacements: Float64Array,
    step_lengths: Float64Array,
    displacement_changes: RelativeChanges,
    step_length_changes: RelativeChanges,
) -> Curves:
    """Summarise (N, J) distances and their relative changes level by level."""
    n_levels = displacements.shape[1]
    everything = np.ones_like(displacements, dtype=bool)
    return Curves(
        displacement=_curve(displacements, everything, n_levels),
        step_length=_curve(step_lengths, everything, n_levels),
        displacement_change=_curve_of_changes(displacement_changes, n_levels),
        step_length_change=_curve_of_changes(step_length_changes, n_levels),
    )


def _curve_of_changes(changes: RelativeChanges, n_levels: int) -> Curve:
    return _curve(changes.terms, ~changes.undefined, n_levels)


def _curve(values: Float64Array, defined: BoolArray, n_levels: int) -> Curve:
    """Summarise K columns, which are the last of J levels: some terms lack the first levels."""
    counts = defined.sum(axis=0)
    means = np.where(defined, values, 0.0).sum(axis=0) / np.where(counts > 0, counts, np.nan)
    squares = np.where(defined, (values - means) ** 2, 0.0).sum(axis=0)
    stds = np.sqrt(squares / np.where(counts > 1, counts - 1, np.nan))
    missing = np.full(n_levels - values.shape[1], np.nan)
    return Curve(np.concatenate([missing, means]), np.concatenate([missing, stds]))
