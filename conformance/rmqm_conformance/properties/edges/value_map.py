"""Laws of mapped values at the edge of types: RMQM-ALT-008."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.edges.values import small_of
from rmqm_conformance.require import require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "value-map"
MAPS = (
    (1.0, 0.0, 1.0),
    (1.0, 0.0, 1.0 + 3e-7),
    (1.0, 1e-9, 1.0),
    (1.0, 0.0, 1e-7),
    (1.0, 0.3, 1e-30),
    (255.0, 0.0, 1.0),
    (1e6, 0.5, 0.25),
    (-3.0, 0.1, 7.0),
)


def _mapped(x: Array, scale: float, mean: float, std: float, dtype: str) -> Array:
    kind = np.float64 if dtype == "float64" else np.float32
    a, b = kind(scale / std), kind(-mean / std)
    with np.errstate(all="ignore"):
        values = x if a == 1 and b == 0 else x * a + b
        return np.asarray(values.astype(dtype))


@walk("RMQM-ALT-008/ends-of-types", needs=NEEDS)
def ends_of_types(subject: Subject) -> None:
    """Values are rounded once to the type: past its range to infinity, near zero to subnormals."""
    halves = [65504, 65519, 65520, 65536, 1e6, 2e-6, 5.9e-8, 2.9e-8, 3e-8, 6e-5, 1 + 2**-11]
    for given in ("<f4", "<f8"):
        near = [1 + 2**-11 + 2**-23, 1 + 3 * 2**-11, 1 + 2**-11 + 2**-40]
        plain = np.array([*halves, *near], given)
        large = np.array([3e38, 1e39, 1e300] if given == "<f8" else [3e38], given)
        parts = [plain, -plain, large, -large, small_of("<f4").astype(given)]
        x = np.concatenate(parts)[None, None]
        for dtype in ("float64", "float32", "float16"):
            for scale, mean, std in MAPS:
                request: dict[str, Any] = {"scale": scale, "dtype": dtype}
                request |= {"means": np.array([mean]), "stds": np.array([std])}
                got = subject.perform("map_values", inputs=x, **request)["values"]
                what = f"values of {dtype} with {scale}, {mean}, {std}"
                require_same_bits(what, got, _mapped(x, scale, mean, std, dtype))


@walk("RMQM-ALT-008/channel-by-channel", needs=NEEDS)
def channel_by_channel(subject: Subject) -> None:
    """Each channel has its own mean and deviation, also where that of another changes nothing."""
    x = np.linspace(0, 1, 24).astype("<f4").reshape(2, 3, 4)
    for means, stds in (([0, 0.5, 0], [1, 0.5, 1]), ([0, 0, 0.1], [1, 1, 1]), ([0.5], [0.25])):
        request: dict[str, Any] = {"scale": 1.0, "dtype": "float32"}
        request |= {"means": np.array(means, float), "stds": np.array(stds, float)}
        got = subject.perform("map_values", inputs=x, **request)["values"]
        mean, std = (np.resize(np.array(row, float), 3)[:, None] for row in (means, stds))
        should = x * (1 / std).astype("<f4") + (-mean / std).astype("<f4")
        require_same_bits(f"values with {means} and {stds}", got, should)


CHECKS = (ends_of_types, channel_by_channel)
