"""Laws of PGD steps and paths: family RMQM-PGD."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.naming import InputNamed
from rmqm_conformance.require import require_equal, require_refusal, require_same_bits
from rmqm_conformance.strategies import Array, Batch, bounds, decimal_bounds, inputs
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd"
ALPHAS = st.sampled_from([None, 2 / 255, 1 / 255, 0.1, 0.3])
SEEDS = st.integers(0, 2**32)


def _gradient(batch: Batch, seed: int) -> Array:
    """Return a gradient of the type of the inputs, with some zeros and all sorts of sizes."""
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-30, 10, size=batch.values.shape)
    signs = rng.choice([-1.0, 1.0, 0.0], p=[0.4, 0.4, 0.2], size=sizes.shape)
    return np.asarray((sizes * signs).astype(batch.values.dtype))


def _step(subject: Subject, batch: Batch, gradient: Array, alpha: float | None) -> Array:
    stepped: Array = subject.perform(
        "pgd_step", gradient=gradient, level=1, alpha=alpha, **batch.arguments
    )["stepped"]
    require_equal("stepped.shape", stepped.shape, batch.values.shape)
    return stepped


@law(
    "RMQM-PGD-008/arithmetic",
    needs=NEEDS,
    also="RMQM-PGD-001 RMQM-PGD-002 RMQM-PGD-003 RMQM-PGD-004",
    batch=inputs(within=bounds() | decimal_bounds()),
    seed=SEEDS,
    alpha=ALPHAS,
)
def arithmetic(subject: Subject, batch: Batch, seed: int, alpha: float | None) -> None:
    """A step adds the rounded step size times the sign of the gradient, and clips, bit for bit."""
    gradient, type_ = _gradient(batch, seed), batch.values.dtype.type
    size = type_((2 / 255 if alpha is None else alpha) * (batch.high - batch.low))
    moved = batch.values + size * np.sign(gradient)
    should = np.clip(moved, type_(batch.low), type_(batch.high))
    require_same_bits("stepped", _step(subject, batch, gradient, alpha), should)


@law(
    "RMQM-PGD-001/sign-alone",
    needs=NEEDS,
    also="RMQM-PGD-003",
    batch=inputs(),
    seed=SEEDS,
    alpha=ALPHAS,
)
def sign_alone(subject: Subject, batch: Batch, seed: int, alpha: float | None) -> None:
    """A step depends on the signs of the gradient alone, and none is made where it is zero."""
    gradient = _gradient(batch, seed)
    got = _step(subject, batch, gradient, alpha)
    require_same_bits("stepped", _step(subject, batch, np.sign(gradient), alpha), got)
    still = gradient == 0
    require_same_bits("stepped where the gradient is 0", got[still], batch.values[still])


@law(
    "RMQM-PGD-009/broken-gradient",
    needs=NEEDS,
    batch=inputs(),
    seed=SEEDS,
    bad=st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    place=st.integers(0, 1000),
    level=st.integers(1, 30),
)
def broken_gradient(
    subject: Subject, batch: Batch, seed: int, bad: float, place: int, level: int
) -> None:
    """A gradient that is not finite is an error that names the input and the level."""
    batch = evolve(batch, ids=[f"photo-{name}" for name in "abc"[: len(batch.ids)]])
    gradient = _gradient(batch, seed)
    gradient.flat[place % gradient.size] = bad
    broken = InputNamed(batch.ids, place % gradient.size // gradient[0].size)
    require_refusal(
        subject,
        "pgd_step",
        why=f"a gradient with the value {bad}",
        naming=[broken, [str(level)]],
        gradient=gradient,
        level=level,
        alpha=None,
        **batch.arguments,
    )


CHECKS = (
    arithmetic,
    sign_alone,
    broken_gradient,
)
