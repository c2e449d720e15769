"""Laws of distances that are given from outside: RMQM-DIST-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import (
    characterized,
)
from rmqm_conformance.require import require_refusal
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
REGULAR = ("smooth", "nice", "repeated")


@law(
    "RMQM-DIST-007/impossible-distances",
    needs=NEEDS,
    drawn=distances(kinds=REGULAR),
    variant=variants(),
    place=st.integers(0, 1000),
)
def impossible_distances(subject: Subject, drawn: Distances, variant: str, place: int) -> None:
    """A distance that is negative, above 2 or not a number is refused, wherever it stands."""
    spoilt = [drawn.displacements.copy(), drawn.step_lengths.copy()]
    arguments = Distances(spoilt[0], spoilt[1], drawn.resolution).arguments
    for bad in (-0.25, -1e-9, 2.0 + 1e-6, 2.5, 1e300, np.inf, -np.inf, np.nan):
        spoilt[place % 2].flat[place // 2 % spoilt[0].size] = bad
        why = f"a distance of {bad}"
        require_refusal(subject, "characterize", why=why, variant=variant, **arguments)


@law(
    "RMQM-DIST-007/mismatch",
    needs=NEEDS,
    drawn=distances(kinds=REGULAR, min_levels=3),
    variant=variants(),
)
def mismatch(subject: Subject, drawn: Distances, variant: str) -> None:
    """Distances of unlike shapes, and empty arrays, are refused."""
    d, s = drawn.displacements, drawn.step_lengths
    for why, displacements, step_lengths in (
        ("unlike numbers of levels", d, s[:, :-1]),
        ("unlike numbers of inputs", np.concatenate([d, d]), s),
        ("no inputs", d[:0], s[:0]),
        ("no levels", d[:, :0], s[:, :0]),
    ):
        odd = Distances(displacements, step_lengths, drawn.resolution).arguments
        require_refusal(subject, "characterize", why=why, variant=variant, **odd)


@law(
    "RMQM-DIST-007/tiny-excess",
    needs=NEEDS,
    drawn=distances(kinds=("nice",)),
    variant=variants(),
    excess=st.sampled_from([4.5e-16, 1e-12, 5e-10]),
)
def rounding_excess(subject: Subject, drawn: Distances, variant: str, excess: float) -> None:
    """A distance that exceeds 2 by less than 1e-9 is accepted."""
    d, s = (
        np.where(values == 2, 2 + excess, values)
        for values in (drawn.displacements, drawn.step_lengths)
    )
    characterized(subject, Distances(d, s, drawn.resolution), variant)


CHECKS = (
    impossible_distances,
    mismatch,
    rounding_excess,
)
