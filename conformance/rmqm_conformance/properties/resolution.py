"""Laws of the resolution: family RMQM-RES."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import characterized, require_agreement
from rmqm_conformance.require import require_equal
from rmqm_conformance.strategies import Array, Distances, distances, trajectories, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
KEYS = ("D", "S", "D_RC", "P_RC")


@law(
    "RMQM-RES-001/table",
    needs=NEEDS,
    trajectories=trajectories(kinds=("free",), max_inputs=1, max_levels=1),
    arithmetic=st.sampled_from(sorted(oracle.RESOLUTION)),
)
def table(subject: Subject, trajectories: Array, arithmetic: str) -> None:
    """The resolution is that of the arithmetic, whatever the type of the representations."""
    result = subject.perform("distances", trajectories=trajectories, arithmetic=arithmetic)
    require_equal("resolution", result["resolution"], oracle.RESOLUTION[arithmetic])


@law(
    "RMQM-RES-002/zeroed",
    needs=NEEDS,
    drawn=distances(kinds=("resolution", "zeros", "smooth")),
    variant=variants(),
)
def zeroed(subject: Subject, drawn: Distances, variant: str) -> None:
    """Distances below the resolution can be replaced by zero, and nothing changes."""
    d, s = (
        np.where(values < drawn.resolution, 0.0, values)
        for values in (drawn.displacements, drawn.step_lengths)
    )
    before = characterized(subject, drawn, variant)
    after = characterized(subject, Distances(d, s, drawn.resolution), variant)
    require_equal("status", before["status"], after["status"])
    require_equal("left_out", before["left_out"], after["left_out"])
    for key in KEYS:
        require_agreement(key, before[key], after[key], times=2)


@law(
    "RMQM-RES-002/threshold",
    needs=NEEDS,
    drawn=distances(kinds=("smooth",), resolutions=(2.0**-39, 2.0**-10), max_inputs=2),
    place=st.integers(0, 1000),
)
def at_the_resolution(subject: Subject, drawn: Distances, place: int) -> None:
    """A distance that equals the resolution is not zero; the next smaller number counts as zero."""
    level = place % (drawn.displacements.shape[1] - 1)
    for value, left_out in (
        (drawn.resolution, 0),
        (float(np.nextafter(drawn.resolution, 0)), len(drawn.displacements)),
    ):
        d = drawn.displacements.copy()
        d[:, level] = value
        changed = Distances(d, drawn.step_lengths, drawn.resolution)
        result = characterized(subject, changed, "authors-2022")
        require_equal(
            f"left_out for distances of {value!r} at resolution {drawn.resolution!r}",
            result["left_out"],
            left_out,
        )


@law(
    "RMQM-RES-003/vanishing-mean",
    needs=NEEDS,
    also="RMQM-DEG-006 RMQM-DEG-007 RMQM-DEG-008",
    key=st.sampled_from(["D", "D_RC", "P_RC"]),
    variant=variants(),
    resolution=st.sampled_from([1e-6, 1e-3]),
    n=st.integers(1, 3),
    share=st.floats(0.1, 0.8),
)
def vanishing_mean(
    subject: Subject, key: str, variant: str, resolution: float, n: int, share: float
) -> None:
    """A D, D_RC or P_RC below the resolution counts as zero: the status says so."""
    n_levels = 4
    d = np.tile([0.5, 1.0, 0.75, 1.25], (n, 1))
    s = np.tile([0.5, 0.75, 0.5, 1.0], (n, 1))
    if key == "D":
        d = np.zeros((n, n_levels))
        d[:, 1] = resolution * (1 + share)
    elif key == "D_RC":  # the first term of `paper` is 1, unless nothing moves at all
        variant = "authors-2022"
        d = np.tile(1 + share * resolution * np.array([0, 1, 0, 1]), (n, 1))
    else:
        s = np.tile(1 + share * resolution * np.array([0, 1, 0, 1]), (n, 1))
    result = characterized(subject, Distances(d, s, resolution), variant)
    require_equal("status", result["status"], "collapsed" if key == "D" else "constant-steps")


@law(
    "RMQM-RES-003/equal-mean",
    needs=NEEDS,
    power=st.integers(-20, -4),
    n=st.sampled_from([1, 2, 4]),
)
def mean_at_the_resolution(subject: Subject, power: int, n: int) -> None:
    """A D, or a P_RC, that equals the resolution is not zero."""
    resolution = 2.0**power  # all sums and means are exact
    d, s = np.full((n, 4), resolution), np.tile([0.5, 1.0, 0.5, 1.0], (n, 1))
    result = characterized(subject, Distances(d, s, resolution), "paper")
    require_equal(f"status for D = {resolution!r}", result["status"], "ok")
    d, s = np.tile([0.5, 1.0, 0.5], (n, 1)), np.tile([1.0, 1.0, 1 + 2 * resolution], (n, 1))
    result = characterized(subject, Distances(d, s, resolution), "authors-2022")
    require_equal(f"status for P_RC = {resolution!r}", result["status"], "ok")


@law(
    "RMQM-RES-003/small-singles",
    needs=NEEDS,
    variant=variants(),
    resolution=st.sampled_from([1e-6, 1e-3]),
    share=st.floats(0.1, 0.9),
)
def single_inputs(subject: Subject, variant: str, resolution: float, share: float) -> None:
    """The values of single inputs are left as they are, even below the resolution."""
    d = np.array([[0.5, 1.0], [0.25, 1.0]])
    later = np.array([1 + share * resolution, 2.0])
    s = np.column_stack([[1.0, 1.0], later])
    result = characterized(subject, Distances(d, s, resolution), variant)
    changes = (later - 1) / (2 * later if variant == "paper" else 1)
    require_agreement("P_RC", result["P_RC"], float(changes.mean()), times=2)


CHECKS = (
    table,
    zeroed,
    at_the_resolution,
    vanishing_mean,
    mean_at_the_resolution,
    single_inputs,
)
