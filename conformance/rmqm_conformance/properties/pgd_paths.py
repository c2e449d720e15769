"""Laws of PGD paths: RMQM-PGD-002 and RMQM-PGD-004 to RMQM-PGD-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.require import require, require_equal, require_same_bits
from rmqm_conformance.strategies import Array, Batch, Network, evaluations, seeds, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd"
ALPHAS = st.sampled_from([None, 2 / 255, 1 / 255, 0.1, 0.3])
SMALL = evaluations(max_inputs=2, max_values=16)


def _path(subject: Subject, drawn: tuple[Batch, Network], **chosen: Any) -> Array:
    batch, network = drawn
    usual = {"n_levels": 4, "alpha": None, "seed": 0, "variant": "paper"}
    arguments = usual | chosen | batch.arguments
    path: Array = subject.perform("pgd_path", network=network, **arguments)["altered"]
    n, *shape = batch.values.shape
    require_equal("altered.shape", path.shape, (n, path.shape[1] if path.ndim > 1 else 0, *shape))
    return path


def _reference_path(
    drawn: tuple[Batch, Network], n_levels: int, alpha: float | None, seed: int
) -> Array | None:
    """Return the path; None if rounding could decide about the sign of a gradient."""
    batch, network = drawn
    size = 2 / 255 if alpha is None else alpha
    path, doubt = oracle.path(
        batch.values, batch.ids, network, n_levels, size, seed, batch.low, batch.high
    )
    return None if doubt else path


@law(
    "RMQM-PGD-004/short-steps",
    needs=NEEDS,
    also="RMQM-PGD-001 RMQM-PGD-005 RMQM-PGD-006 RMQM-ALT-001 RMQM-ALT-004",
    drawn=SMALL,
    n_levels=st.integers(1, 6),
    alpha=ALPHAS,
    seed=seeds(),
    variant=variants(),
)
def short_steps(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int,
    alpha: float | None,
    seed: int,
    variant: str,
) -> None:
    """A path starts at the input, keeps its type and its bounds, and takes steps of equal size."""
    batch = drawn[0]
    path = _path(subject, drawn, n_levels=n_levels, alpha=alpha, seed=seed, variant=variant)
    n, *shape = batch.values.shape
    require_equal("altered.shape", path.shape, (n, n_levels + 1, *shape))
    require_same_bits("altered[:, 0]", path[:, 0], batch.values)
    require(((path >= batch.low) & (path <= batch.high)).all(), "altered must be in the bounds")
    size = (2 / 255 if alpha is None else alpha) * (batch.high - batch.low)
    moved = np.abs(np.diff(path.astype(np.float64), axis=1))
    slack = 4 * float(np.finfo(path.dtype).eps) * max(abs(batch.low), abs(batch.high))
    require((moved <= size + slack).all(), f"a step moves by {moved.max()}, more than {size}")
    inside = (path[:, 1:] > batch.low) & (path[:, 1:] < batch.high)
    whole = (moved >= size - slack) | (moved == 0)
    require(whole[inside].all(), f"a step within the bounds must move by {size} or not at all")


@law(
    "RMQM-PGD-005/successive",
    needs=NEEDS,
    also="RMQM-PGD-006 RMQM-ALT-003",
    drawn=SMALL,
    n_levels=st.integers(2, 6),
    alpha=ALPHAS,
    seed=seeds(),
    variants=st.tuples(variants(), variants()),
)
def successive(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int,
    alpha: float | None,
    seed: int,
    variants: tuple[str, str],
) -> None:
    """A path of fewer levels is the start of a longer path, and of that of the other variant."""
    if _reference_path(drawn, n_levels, alpha, seed) is None:
        return
    common = {"alpha": alpha, "seed": seed}
    long = _path(subject, drawn, n_levels=n_levels, variant=variants[0], **common)
    for shorter in (1, n_levels - 1):
        short = _path(subject, drawn, n_levels=shorter, variant=variants[1], **common)
        require_same_bits(f"the first {shorter} levels", short, long[:, : shorter + 1])


@law(
    "RMQM-ALT-003/path-alone",
    needs=NEEDS,
    drawn=evaluations(min_inputs=2, max_values=16),
    seed=seeds(),
    variant=variants(),
    order=st.integers(0),
)
def path_alone(
    subject: Subject, drawn: tuple[Batch, Network], seed: int, variant: str, order: int
) -> None:
    """The path of an input is the same alone, in any batch and at any place."""
    batch, network = drawn
    if _reference_path(drawn, 4, None, seed) is None:
        return
    rows = np.random.default_rng(order).permutation(len(batch.ids))[:-1]
    together = _path(subject, drawn, seed=seed, variant=variant)
    got = _path(subject, (batch.of(rows), network), seed=seed, variant=variant)
    require_same_bits("altered", got, together[rows])


@law(
    "RMQM-PGD-002/defaults",
    needs=NEEDS,
    also="RMQM-PGD-005 RMQM-PGD-006",
    drawn=evaluations(max_inputs=1, max_values=10),
    seed=seeds(),
    variant=variants(),
)
def defaults(subject: Subject, drawn: tuple[Batch, Network], seed: int, variant: str) -> None:
    """By default a path has 30 levels (29 in `authors-2022`) and steps of 2/255."""
    usual = _path(subject, drawn, n_levels=None, seed=seed, variant=variant)
    n_levels = 30 if variant == "paper" else 29
    require_equal("number of levels", usual.shape[1] - 1, n_levels)
    named = _path(subject, drawn, n_levels=n_levels, alpha=2 / 255, seed=seed, variant=variant)
    require_same_bits("altered", usual, named)


@law(
    "RMQM-PGD-007/whole-path",
    needs="pgd generator",
    also="RMQM-PGD-001 RMQM-PGD-003 RMQM-PGD-004 RMQM-PGD-005 RMQM-PGD-006 RMQM-PGD-008 "
    "RMQM-LOSS-001 RMQM-LOSS-002",
    drawn=SMALL,
    n_levels=st.integers(1, 6),
    alpha=ALPHAS,
    seed=seeds(),
    variant=variants(),
)
def whole_path(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int,
    alpha: float | None,
    seed: int,
    variant: str,
) -> None:
    """A path has the bits that follow from its random start, its gradients and its steps."""
    should = _reference_path(drawn, n_levels, alpha, seed)
    if should is not None:
        got = _path(subject, drawn, n_levels=n_levels, alpha=alpha, seed=seed, variant=variant)
        require_same_bits("altered", got, should)


CHECKS = (
    short_steps,
    successive,
    path_alone,
    defaults,
    whole_path,
)
