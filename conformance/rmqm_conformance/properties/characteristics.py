"""Laws of the characteristics: families RMQM-D, RMQM-DRC and RMQM-PRC."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import (
    characterized,
    characterized_without_doubt,
    require_agreement,
)
from rmqm_conformance.require import require_equal, require_near, require_refusal
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
REGULAR = ("smooth", "nice", "repeated")


def _require_mean(key: str, subject: Subject, drawn: Distances, variant: str) -> None:
    """Demand the exact value; a value that counts as zero may be given as it is or as zero."""
    if judged := characterized_without_doubt(subject, drawn, variant):
        got, exact = judged[0][key], getattr(judged[1], key)
        if not (got == 0 and exact < drawn.resolution and key != "S"):
            require_agreement(key, got, exact)


@law("RMQM-D-002/mean", needs=NEEDS, also="RMQM-D-001", drawn=distances(), variant=variants())
def mean_displacement(subject: Subject, drawn: Distances, variant: str) -> None:
    """D is the mean displacement of all inputs, also of those that leave the other means."""
    _require_mean("D", subject, drawn, variant)


@law("RMQM-D-003/mean", needs=NEEDS, drawn=distances())
def mean_step(subject: Subject, drawn: Distances) -> None:
    """S of `authors-2022` is the mean step length of all inputs."""
    _require_mean("S", subject, drawn, "authors-2022")


@law(
    "RMQM-DRC-001/current-distance",
    needs=NEEDS,
    also="RMQM-DEG-001 RMQM-DEG-002 RMQM-AGG-004",
    drawn=distances(min_levels=1),
)
def drc_of_paper(subject: Subject, drawn: Distances) -> None:
    """D_RC of `paper` is the mean change of displacement, relative to the current one."""
    _require_mean("D_RC", subject, drawn, "paper")


@law(
    "RMQM-DRC-002/previous-distance",
    needs=NEEDS,
    also="RMQM-DEG-004 RMQM-AGG-002 RMQM-AGG-004",
    drawn=distances(),
)
def drc_of_authors(subject: Subject, drawn: Distances) -> None:
    """D_RC of `authors-2022` is the mean change of displacement, relative to the previous one."""
    _require_mean("D_RC", subject, drawn, "authors-2022")


@law(
    "RMQM-PRC-001/current-step",
    needs=NEEDS,
    also="RMQM-DEG-001 RMQM-DEG-002 RMQM-AGG-004",
    drawn=distances(min_levels=1),
)
def prc_of_paper(subject: Subject, drawn: Distances) -> None:
    """P_RC of `paper` is the sum of the relative changes of the steps, divided by J."""
    _require_mean("P_RC", subject, drawn, "paper")


@law(
    "RMQM-PRC-002/previous-step",
    needs=NEEDS,
    also="RMQM-DEG-004 RMQM-AGG-002 RMQM-AGG-004",
    drawn=distances(),
)
def prc_of_authors(subject: Subject, drawn: Distances) -> None:
    """P_RC of `authors-2022` is the mean change of the steps, relative to the previous one."""
    _require_mean("P_RC", subject, drawn, "authors-2022")


@law(
    "RMQM-DRC-001/units",
    needs=NEEDS,
    also="RMQM-DRC-002 RMQM-PRC-001 RMQM-PRC-002",
    drawn=distances(kinds=REGULAR, resolutions=(1e-12,)),
    variant=variants(),
    powers=st.tuples(st.integers(0, 20), st.integers(0, 20)),
)
def units(subject: Subject, drawn: Distances, variant: str, powers: tuple[int, int]) -> None:
    """The units of displacements and of steps do not matter to their relative changes."""
    d, s = drawn.displacements, drawn.step_lengths
    smaller = Distances(np.ldexp(d, -powers[0]), np.ldexp(s, -powers[1]), drawn.resolution)
    before, after = (characterized(subject, sample, variant) for sample in (drawn, smaller))
    require_agreement("D_RC", after["D_RC"], before["D_RC"], times=2)
    require_agreement("P_RC", after["P_RC"], before["P_RC"], times=2)
    require_agreement("D", after["D"], float(np.ldexp(before["D"], -powers[0])), times=2)


@law(
    "RMQM-DRC-001/even-growth",
    needs=NEEDS,
    also="RMQM-DRC-002 RMQM-PRC-001 RMQM-PRC-002 RMQM-DEG-007",
    n=st.integers(1, 3),
    n_levels=st.integers(2, 30),
    variant=variants(),
)
def straight_path(subject: Subject, n: int, n_levels: int, variant: str) -> None:
    """Displacements proportional to the level give harmonic numbers; equal steps give P_RC = 0."""
    d = np.tile(np.arange(1.0, n_levels + 1) / 32, (n, 1))
    result = characterized(subject, Distances(d, np.full_like(d, 1 / 32), 1e-12), variant)
    last = n_levels if variant == "paper" else n_levels - 1
    require_agreement("D_RC", result["D_RC"], sum(1 / j for j in range(1, last + 1)) / last)
    require_near("P_RC", result["P_RC"], 0.0, atol=1e-12)
    require_equal("status", result["status"], "constant-steps")


@law(
    "RMQM-DRC-002/mirror",
    needs=NEEDS,
    also="RMQM-DRC-001 RMQM-PRC-001 RMQM-PRC-002",
    drawn=distances(kinds=REGULAR, resolutions=(1e-12,), max_inputs=2),
)
def mirror(subject: Subject, drawn: Distances) -> None:
    """Read backwards, the previous distance is the current one: the variants exchange terms."""
    n_levels = drawn.displacements.shape[1]
    back = Distances(drawn.displacements[:, ::-1], drawn.step_lengths[:, ::-1], drawn.resolution)
    paper, authors = (
        characterized(subject, drawn, "paper"),
        characterized(subject, back, "authors-2022"),
    )
    of_paper = n_levels * paper["D_RC"] - 1, n_levels * paper["P_RC"]
    for key, should in zip(("D_RC", "P_RC"), of_paper, strict=True):
        require_agreement(
            f"(J - 1) {key}", (n_levels - 1) * authors[key], should, times=3 * n_levels
        )


@law(
    "RMQM-PRC-003/single-level",
    needs=NEEDS,
    also="RMQM-DRC-002",
    drawn=distances(kinds=REGULAR, max_levels=1, min_levels=1),
)
def single_level(subject: Subject, drawn: Distances) -> None:
    """With one level P_RC of `paper` is 0 and D_RC is 1; `authors-2022` refuses."""
    result = characterized(subject, drawn, "paper")
    require_near("P_RC", result["P_RC"], 0.0, atol=1e-12)
    require_near("D_RC", result["D_RC"], 1.0, atol=1e-12)
    require_equal("status", result["status"], "constant-steps")
    require_refusal(
        subject,
        "characterize",
        why="J = 1 in authors-2022",
        variant="authors-2022",
        **drawn.arguments,
    )


CHECKS = (
    mean_displacement,
    mean_step,
    drc_of_paper,
    drc_of_authors,
    prc_of_paper,
    prc_of_authors,
    units,
    straight_path,
    mirror,
    single_level,
)
