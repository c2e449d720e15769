"""Laws of the whole way from inputs to a score: RMQM-ALT-002, RMQM-ENC-005 and RMQM-ENC-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.naming import InputNamed
from rmqm_conformance.properties.expectation import evaluated, expected, require_evaluation
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import require_refusal
from rmqm_conformance.strategies import Batch, Levels, Network, evaluations, seeds, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "encoder"
LEVELS = st.integers(2, 6)


@law(
    "RMQM-ENC-007/whole-way",
    needs="encoder noise",
    also="RMQM-ALT-001 RMQM-ALT-002 RMQM-DIST-001 RMQM-AGG-001",
    drawn=evaluations(),
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def whole_way(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """An evaluation characterises the representations of the altered inputs, all levels alike."""
    if should := expected(subject, drawn, n_levels, seed, variant):
        require_evaluation(evaluated(subject, drawn, n_levels, seed, variant), should)


@law(
    "RMQM-ALT-002/mapped-after-noise",
    needs="encoder noise",
    also="RMQM-ENC-007",
    drawn=evaluations(),
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def value_map(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """Scale, mean and standard deviation act after the alteration, as if they were weights."""
    batch, network = drawn
    if should := expected(subject, drawn, n_levels, seed, variant):
        shift = network["weight"].sum(axis=1) * network["mean"] / network["std"]
        folded = network | {
            "weight": network["weight"] * network["scale"] / network["std"],
            "bias": network["bias"] - shift,
            "scale": 1.0,
            "mean": 0.0,
            "std": 1.0,
        }
        result = evaluated(subject, (batch, folded), n_levels, seed, variant)
        require_evaluation(result, should, times=1000)


@law(
    "RMQM-INP-004/copies",
    needs="encoder noise",
    also="RMQM-ALT-003 RMQM-AGG-001",
    drawn=evaluations(),
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
    order=st.integers(0),
)
def copies(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int,
    seed: int,
    variant: str,
    order: int,
) -> None:
    """Copies of inputs count once, and the order of the inputs does not matter."""
    batch, network = drawn
    if should := expected(subject, drawn, n_levels, seed, variant):
        n = len(batch.ids)
        rng = np.random.default_rng(order)
        rows = rng.permutation(np.concatenate([np.arange(n), rng.integers(0, n, size=2)]))
        result = evaluated(subject, (batch.of(rows), network), n_levels, seed, variant)
        require_evaluation(result, should)


@law(
    "RMQM-ENC-005/vanishing-vector",
    needs="encoder noise",
    n_levels=st.integers(3, 9),
    seed=seeds(),
    dtype=st.sampled_from(["<f4", "<f8"]),
)
def vanishing_vector(subject: Subject, n_levels: int, seed: int, dtype: str) -> None:
    """A representation of norm zero is an error that names the input and the level."""
    batch = Batch(np.full((1, 1), 0.5, dtype), ["alpha"], 0.0, 1.0)
    levels = list(range(n_levels + 1))
    values = altered(subject, batch, Levels(n_levels, levels), seed)[0, :, 0]
    culprits = [str(level) for level in levels if values[level] == 0]
    if culprits:
        require_refusal(
            subject,
            "evaluate",
            why=f"a representation of norm zero at level {' or '.join(culprits)}",
            naming=[InputNamed(batch.ids, 0), culprits],
            n_levels=n_levels,
            seed=seed,
            variant="paper",
            network=_linear([[1.0], [2.0], [-1.0]]),
            **batch.arguments,
        )


@law(
    "RMQM-ENC-005/overflowing-vector",
    needs=NEEDS,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def overflowing_vector(subject: Subject, n_levels: int, seed: int, variant: str) -> None:
    """A representation that is not finite is an error that names the input and the level."""
    batch = Batch(np.ones((2, 3)), ["alpha", "beta"], 0.0, 1.0)
    require_refusal(
        subject,
        "evaluate",
        why="representations that overflow",
        naming=[
            [InputNamed(batch.ids, place) for place in range(2)],
            [str(level) for level in range(n_levels + 1)],
        ],
        n_levels=n_levels,
        seed=seed,
        variant=variant,
        network=_linear([[1e308] * 3, [1.0] * 3]),
        **batch.arguments,
    )


def _linear(weight: list[list[float]]) -> Network:
    plain = {"scale": 1.0, "mean": 0.0, "std": 1.0, "activation": "identity"}
    return {"weight": np.array(weight), "bias": np.zeros(len(weight)), **plain}


CHECKS = (
    whole_way,
    value_map,
    copies,
    vanishing_vector,
    overflowing_vector,
)
