"""Laws of value maps with plain constants: factors of 1 and 2, offsets of 0 and 1. RMQM-ALT-008."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.require import require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

FACTORS: Final = ([1.0], [2.0], [-1.0], [1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [1 - 2.0**-24])
OFFSETS: Final = ([0.0], [-0.0], [1.0], [-1.0], [0.0, 1.0], [-0.0, 0.0], [1e-11])
TYPES: Final = (("<f4", "float32"), ("<f4", "float16"), ("<f4", "uint8"), ("<f8", "float64"))
VALUES: Final = (-0.0, 0.0, 1.0, -1.0, 0.1, 0.7, 1e-30, 254.5)


def _mapped(x: Array, factors: Array, offsets: Array, dtype: str) -> Array:
    if (factors == 1).all() and (offsets == 0).all():
        values = x
    else:
        kind = "f8" if dtype == "float64" else "f4"
        values = x * factors.astype(kind)[:, None] + offsets.astype(kind)[:, None]
    return np.asarray((np.clip(np.rint(values), 0, 255) if dtype == "uint8" else values), dtype)


@walk("RMQM-ALT-008/plain-constants", needs="value-map")
def plain_constants(subject: Subject) -> None:
    """Values stay as they are, the sign of zero too, where all factors are 1 and all offsets 0."""
    for given, dtype in TYPES:
        x = np.array([[VALUES, VALUES[::-1]]], given)
        for factors, offsets in product(FACTORS, OFFSETS):
            stds, means = 1 / np.array(factors), -np.array(offsets)
            if (stds < 0).any():  # a factor below zero is a scale below zero
                scale, stds = -1.0, -stds
            else:
                scale = 1.0
            if len(stds) == len(means) or 1 in (len(stds), len(means)):
                request: dict[str, Any] = {"scale": scale, "means": means * stds, "stds": stds}
                got = subject.perform("map_values", inputs=x, dtype=dtype, **request)["values"]
                should = _mapped(x, scale / stds, -request["means"] / stds, dtype)
                what = f"values of {dtype} with the factors {factors} and the offsets {offsets}"
                require_same_bits(what, got, should)


CHECKS = (plain_constants,)
