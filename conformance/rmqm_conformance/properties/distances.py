"""Laws of distances: family RMQM-DIST."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import ROUNDING, measured, require_distances
from rmqm_conformance.require import require, require_refusal
from rmqm_conformance.strategies import Array, trajectories
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
REGULAR = ("free", "axes", "walk", "near", "repeated")


@law(
    "RMQM-DIST-003/definition",
    needs=NEEDS,
    also="RMQM-DIST-001 RMQM-DIST-004 RMQM-DIST-005 RMQM-DIST-006",
    trajectories=trajectories(),
)
def definition(subject: Subject, trajectories: Array) -> None:
    """Displacements and step lengths are distances of unit vectors, exact up to rounding."""
    d, s = measured(subject, trajectories)
    exact_d, exact_s = oracle.distances(trajectories)
    require_distances("displacements", d, exact_d)
    require_distances("step_lengths", s, exact_s)


@law("RMQM-DIST-001/whole-numbers", needs=NEEDS, trajectories=trajectories(kinds=("axes",)))
def whole_numbers(subject: Subject, trajectories: Array) -> None:
    """Representations of whole numbers have the same distances in every type."""
    exact_d, exact_s = oracle.distances(trajectories)
    for dtype, arithmetic in (("<i4", "integer"), ("|i1", "integer"), ("<f2", "float16")):
        d, s = measured(subject, trajectories.astype(dtype), arithmetic)
        require_distances(f"displacements ({dtype})", d, exact_d, oracle.RESOLUTION[arithmetic])
        require_distances(f"step_lengths ({dtype})", s, exact_s, oracle.RESOLUTION[arithmetic])


@law(
    "RMQM-DIST-001/scale",
    needs=NEEDS,
    trajectories=trajectories(kinds=REGULAR, dtypes=("<f8",)),
    seed=st.integers(0, 2**32),
)
def scale(subject: Subject, trajectories: Array, seed: int) -> None:
    """A positive factor for each representation changes no distance."""
    shape = (*trajectories.shape[:2], 1)
    factors = 10.0 ** np.random.default_rng(seed).uniform(-3, 3, size=shape)
    before, after = measured(subject, trajectories), measured(subject, trajectories * factors)
    require_distances("displacements", after[0], before[0])
    require_distances("step_lengths", after[1], before[1])


@law(
    "RMQM-DIST-002/extreme-norms",
    needs=NEEDS,
    trajectories=trajectories(kinds=REGULAR, dtypes=("<f8",)),
    power=st.sampled_from([-960, -700, -540, 540, 700, 960]),
)
def extreme_norms(subject: Subject, trajectories: Array, power: int) -> None:
    """Representations whose squares overflow or underflow have the right distances."""
    before = measured(subject, trajectories)
    after = measured(subject, np.ldexp(trajectories, power))
    require_distances("displacements", after[0], before[0])
    require_distances("step_lengths", after[1], before[1])


@law(
    "RMQM-DIST-003/rotation",
    needs=NEEDS,
    also="RMQM-DIST-004",
    trajectories=trajectories(kinds=("free", "axes", "walk", "repeated"), dtypes=("<f8",)),
    seed=st.integers(0, 2**32),
)
def rotation(subject: Subject, trajectories: Array, seed: int) -> None:
    """Turning, mirroring and permuting the dimensions changes no distance."""
    length = trajectories.shape[-1]
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(length, length)))[0]
    before, after = measured(subject, trajectories), measured(subject, trajectories @ turn)
    require_distances("displacements", after[0], before[0])
    require_distances("step_lengths", after[1], before[1])


@law("RMQM-DIST-003/range", needs=NEEDS, also="RMQM-DIST-004", trajectories=trajectories())
def range_(subject: Subject, trajectories: Array) -> None:
    """Distances are of shape (N, J), have the digits of float64, and lie in [0, 2]."""
    for what, got in zip(
        ("displacements", "step_lengths"), measured(subject, trajectories), strict=True
    ):
        wide = got.dtype.kind == "f" and got.dtype.itemsize >= 8
        require(wide, f"{what} must be of float64, or of more digits; got {got.dtype}")
        inside = (got >= 0) & (got <= 2 + 1e-9)
        require(inside.all(), f"{what} must lie in [0, 2]; got {got[~inside][:1].tolist()}")


@law("RMQM-DIST-004/triangle", needs=NEEDS, also="RMQM-DIST-003", trajectories=trajectories())
def triangle(subject: Subject, trajectories: Array) -> None:
    """The first step is the first displacement; no step is shorter than what it adds to it."""
    d, s = measured(subject, trajectories)
    require_distances("step_lengths", s[:, :1], d[:, :1])
    before = np.pad(d, ((0, 0), (1, 0)))[:, :-1]
    slack = 2e-12 + ROUNDING
    require(
        (np.abs(d - before) <= s + slack).all(), "a step must be at least as long as the change"
    )
    require((s <= d + before + slack).all(), "a step must be at most the sum of its displacements")


@law("RMQM-DIST-004/reversal", needs=NEEDS, trajectories=trajectories())
def reversal(subject: Subject, trajectories: Array) -> None:
    """Read backwards, a path has the same step lengths and the same last displacement."""
    d, s = measured(subject, trajectories)
    back_d, back_s = measured(subject, trajectories[:, ::-1])
    require_distances("step_lengths backwards", back_s[:, ::-1], s)
    require_distances("displacements backwards", back_d[:, -1:], d[:, -1:])


@law(
    "RMQM-DIST-005/standstill",
    needs=NEEDS,
    trajectories=trajectories(kinds=("free", "walk"), max_levels=3),
    factor=st.floats(0.1, 10.0),
)
def standstill(subject: Subject, trajectories: Array, factor: float) -> None:
    """Equal and parallel representations are less than the resolution apart, opposite ones 2."""
    first = trajectories[:, :1].astype(np.float64)
    path = np.concatenate([first, first, factor * first, -factor * first], axis=1)
    d, s = measured(subject, path)
    near = np.concatenate([d[:, :2], s[:, :2]], axis=1)
    require((near < 1e-12).all(), "equal directions must have distance 0", got=float(near.max()))
    require_distances("displacements", d[:, 2:], np.full_like(d[:, 2:], 2.0))


@law(
    "RMQM-DIST-006/rows",
    needs=NEEDS,
    trajectories=trajectories(min_inputs=2),
    seed=st.integers(0, 2**32),
)
def rows(subject: Subject, trajectories: Array, seed: int) -> None:
    """The distances of an input depend neither on the others nor on their order."""
    order = np.random.default_rng(seed).permutation(len(trajectories))[:-1]
    whole, part = measured(subject, trajectories), measured(subject, trajectories[order])
    require_distances("displacements", part[0], whole[0][order])
    require_distances("step_lengths", part[1], whole[1][order])


@law(
    "RMQM-ENC-005/unusable-vectors",
    needs=NEEDS,
    trajectories=trajectories(kinds=("free",)),
    place=st.integers(0, 1000),
    bad=st.sampled_from([0.0, np.nan, np.inf, -np.inf]),
)
def unusable_vectors(subject: Subject, trajectories: Array, place: int, bad: float) -> None:
    """A representation that is not finite, or has norm zero, is refused."""
    spoilt = trajectories.copy()
    i, level = divmod(place % (spoilt.shape[0] * spoilt.shape[1]), spoilt.shape[1])
    spoilt[i, level, slice(None) if bad == 0 else place % spoilt.shape[2]] = bad
    what = "norm zero" if bad == 0 else str(bad)
    require_refusal(
        subject,
        "distances",
        why=f"a representation with {what}",
        trajectories=spoilt,
        arithmetic="float64",
    )


CHECKS = (
    definition,
    whole_numbers,
    scale,
    extreme_norms,
    rotation,
    range_,
    triangle,
    reversal,
    standstill,
    rows,
    unusable_vectors,
)
