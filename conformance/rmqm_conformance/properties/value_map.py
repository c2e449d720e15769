"""Laws of the value map: RMQM-ALT-008."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.require import require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "value-map"


@law(
    "RMQM-ALT-008/any-statistics",
    needs=NEEDS,
    draw=st.integers(0, 2**32 - 1),
    inputs=st.sampled_from(["<f4", "<f8"]),
    dtype=st.sampled_from(["float64", "float32", "float16", "uint8"]),
    channels=st.integers(1, 4),
    one_value=st.booleans(),
)
def any_statistics(
    subject: Subject, draw: int, inputs: str, dtype: str, channels: int, one_value: bool
) -> None:
    """Values are a product and a sum, each rounded by itself, in the type of the network."""
    rng = np.random.default_rng(draw)
    values = rng.uniform(0.01, 1.0, (2, channels, 3)).astype(inputs)
    scale = float(rng.choice([1.0, 255.0, rng.uniform(0.5, 3.0)]))
    counted = 1 if one_value else channels
    means = scale * rng.uniform(0.1, 0.9, counted)
    stds = scale * rng.uniform(0.1, 0.9, counted)
    asked: dict[str, Any] = {
        "inputs": values,
        "scale": scale,
        "means": means,
        "stds": stds,
        "dtype": dtype,
    }
    require_same_bits("values", subject.perform("map_values", **asked)["values"], _mapped(**asked))


def _mapped(inputs: Array, scale: float, means: Array, stds: Array, dtype: str) -> Array:
    """Return the values, one operation of NumPy after the other, which rounds each to nearest."""
    kind = "f8" if dtype == "float64" else "f4"
    factor = (scale / stds).astype(kind)[:, None]
    offset = (-means / stds).astype(kind)[:, None]
    values: Array = np.add(np.multiply(inputs, factor), offset)
    return (np.clip(np.rint(values), 0, 255) if dtype == "uint8" else values).astype(dtype)


CHECKS = (any_statistics,)
