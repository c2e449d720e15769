"""What is expected of `white_noise`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.case import Case, bits, case
from rmqm_conformance.golden.oracle_noise import altered

__all__ = ["noise_args", "noise_case", "noised", "spread", "zeros"]

Array = npt.NDArray[Any]

_WIDE = {"low": -8.0, "high": 8.0, "n_levels": 16}
"""Here the scale of level 1 is exactly 1."""


def spread(shape: tuple[int, ...], low: float, high: float, dtype: str = "<f4") -> Array:
    """Return values of four digits all over [low, high]."""
    parts = (np.arange(1, 1 + np.prod(shape)) * 0.6180339887) % 1
    return np.round(low + (high - low) * parts, 4).reshape(shape).astype(dtype)


def noised(args: dict[str, Any]) -> Array:
    """Return what `white_noise` gives."""
    rest = {key: args[key] for key in ("n_levels", "seed", "low", "high", "coupling")}
    return np.array(
        [
            [altered(x, name, level, **rest) for level in args["levels"]]
            for x, name in zip(args["inputs"], args["ids"], strict=True)
        ]
    )


def noise_args(inputs: Array, ids: list[str], levels: list[int], **more: Any) -> dict[str, Any]:
    """Return the arguments of `white_noise`, by default of J = 4 in [0, 1]."""
    usual = {"n_levels": 4, "seed": 0, "low": 0.0, "high": 1.0, "coupling": "independent"}
    return {"inputs": inputs, "ids": ids, "levels": levels, **usual, **more}


def zeros(
    shape: int | tuple[int, ...], name: str, levels: list[int], **more: Any
) -> dict[str, Any]:
    """Return arguments that turn zeros into the values of the table, at level 1 by default."""
    return noise_args(np.zeros(shape, "<f4")[np.newaxis], [name], levels, **(_WIDE | more))


def noise_case(
    name: str,
    title: str,
    args: dict[str, Any],
    why: str = "RMQM-WN-007",
    needs: str = "generator",
    also: str = "",
) -> Case:
    """Return a case of `white_noise` that judges every bit."""
    rules = {"altered": bits(noised(args), why)}
    return case(name, title, "white_noise", args, rules, needs=needs, also=also)
