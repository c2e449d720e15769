"""RMQM as a measure: how far encodings move, and how unevenly (clause families RMQM-DIST, -MET)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.characteristics import Characteristics, Variant, characterize
from rmqm_spec.characteristics.distances import DistanceMeter
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.resolution import at_resolution

__all__ = ["RMQM", "Movement"]


@frozen
class Movement:
    """
    The measure RMQM of one variant, at the resolution of an encoder's arithmetic.

    Parameters
    ----------
    variant : {"paper", "authors-2022"}
        Which formulas.
    resolution : float
        Distances below it count as zero.

    Examples
    --------
    >>> import numpy as np
    >>> meter = RMQM.start(1, 3, ["image"])
    >>> meter.update(np.array([[[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [-0.6, 0.8]]]))
    >>> round(RMQM.summarise(meter.columns()).value, 6)
    2.44329
    """

    name: ClassVar[str] = "rmqm"
    title: ClassVar[str] = "RMQM"
    summary: ClassVar[str] = "How far and how evenly encodings move under growing alterations."
    source: ClassVar[str] = "van der Merwe et al. 2022, section 3.2; clause RMQM-MET-001"
    units: ClassVar[str] = "1"
    direction: ClassVar[Direction] = "higher"
    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "altered"})
    kept: ClassVar[tuple[Column, ...]] = (
        Column(name="displacements", meaning="distance of each level to level 0, (J,)"),
        Column(name="step_lengths", meaning="distance of each level to the level before, (J,)"),
    )

    variant: Variant = "paper"
    resolution: float = 1e-12

    def start(self, n_inputs: int, n_levels: int, names: Sequence[str]) -> DistanceMeter:
        """Return a meter for the distances of n inputs at levels 0..J."""
        return DistanceMeter(n_inputs, n_levels, names)

    def characteristics(self, columns: Mapping[str, AnyArray]) -> Characteristics:
        """Return everything that follows from displacements and step lengths, each (N, J)."""
        return characterize(
            at_resolution(columns["displacements"], self.resolution),
            at_resolution(columns["step_lengths"], self.resolution),
            variant=self.variant,
            resolution=self.resolution,
        )

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the score with its interval and its parts."""
        scored = self.characteristics(columns)
        return Summary(
            value=scored.rmqm,
            interval=scored.interval if scored.n_inputs > 1 else None,
            status=scored.status,
            details={"D": scored.D, "D_RC": scored.D_RC, "P_RC": scored.P_RC},
        )


RMQM = Movement()
