"""Dense layers that serve as encoders, and inputs for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.batches import Batch, inputs
from rmqm_conformance.strategies.choices import Network, randomness

__all__ = ["evaluations", "networks"]


def networks(*, n_values: int, max_length: int = 6) -> SearchStrategy[Network]:
    """
    Draw encoders of a single dense layer for inputs of `n_values` values.

    Their representations are well away from the origin, and ``tanh`` is not saturated, so that
    rounding decides nothing.

    Parameters
    ----------
    n_values : int
        Number of values of an input.
    max_length : int
        Largest E; the smallest is 3.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(n_values=4), lambda network: True)["weight"].shape
    (3, 4)
    """
    return st.builds(
        lambda length, seed, activation: _network(n_values, length, seed, activation),
        st.integers(3, max_length),
        randomness(),
        st.sampled_from(["identity", "tanh"]),
    )


def _network(
    n_values: int, length: int, seed: int, activation: str, low: float = 0.0, high: float = 1.0
) -> Network:
    rng = np.random.default_rng([seed, 2])
    scale = rng.uniform(0.5, 2.0) * rng.choice([-1.0, 1.0])
    return {
        "weight": rng.normal(size=(length, n_values)) / np.sqrt(n_values),
        "bias": rng.normal(size=length) / 2,
        "scale": float(scale / (high - low)),
        "mean": float(scale * (low + high) / (high - low) / 2 + rng.normal() / 4),
        "std": float(rng.uniform(0.5, 1.5)),
        "activation": activation,
    }


def evaluations(
    *,
    max_inputs: int = 3,
    min_inputs: int = 1,
    max_values: int = 24,
    min_values: int = 8,
    dtypes: Sequence[str] = ("<f4", "<f8"),
    within: SearchStrategy[tuple[float, float]] | None = None,
) -> SearchStrategy[tuple[Batch, Network]]:
    """
    Draw inputs together with an encoder for them.

    Parameters
    ----------
    max_inputs, min_inputs, max_values, min_values, dtypes, within
        As in `inputs`.

    Examples
    --------
    >>> from hypothesis import find
    >>> batch, network = find(evaluations(), lambda drawn: True)
    >>> batch.values[0].size == network["weight"].shape[1]
    True
    """

    def make(batch: Batch, length: int, seed: int, activation: str) -> tuple[Batch, Network]:
        size = batch.values[0].size
        return batch, _network(size, length, seed, activation, batch.low, batch.high)

    return st.builds(
        make,
        inputs(
            dtypes=dtypes,
            max_inputs=max_inputs,
            min_inputs=min_inputs,
            max_values=max_values,
            min_values=min_values,
            within=within,
        ),
        st.integers(3, 6),
        randomness(),
        st.sampled_from(["identity", "tanh"]),
    )
