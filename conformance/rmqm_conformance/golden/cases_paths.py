"""Cases of the family RMQM-PGD: whole paths."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.altered import spread
from rmqm_conformance.golden.case import Case, bits, case
from rmqm_conformance.golden.oracle_pgd import DEFAULT_ALPHA, Network, path

__all__ = ["NETWORK", "cases"]

Array = npt.NDArray[Any]

_DEFAULT_J = {"paper": 30, "authors-2022": 29}

NETWORK: Network = {
    "weight": np.array(
        [[0.9, -0.4, 0.3, 0.6], [-0.5, 0.8, 0.7, -0.2], [0.4, 0.5, -0.9, 0.8]], "<f8"
    ),
    "bias": np.array([0.3, -0.2, 0.1]),
    "scale": 1.0,
    "mean": 0.0,
    "std": 1.0,
    "activation": "tanh",
}
"""Three values of four."""


def cases() -> list[Case]:
    """Return the cases."""
    return [*_paths()]


def _path(name: str, title: str, x: Array, also: str = "", **more: Any) -> Case:
    usual = {
        "ids": [f"input-{i}" for i in range(len(x))],
        "network": NETWORK,
        "n_levels": 3,
        "alpha": None,
        "seed": 0,
        "low": 0.0,
        "high": 1.0,
        "variant": "paper",
    }
    args = {"inputs": x, **usual, **more}
    rules = {"altered": bits(_walked(args), "no slope is near zero: signs are clear")}
    return case(name, title, "pgd_path", args, rules, also=also)


def _walked(args: dict[str, Any]) -> Array:
    """Return what `pgd_path` gives."""
    default = _DEFAULT_J[args["variant"]]
    rest = {key: args[key] for key in ("network", "seed", "low", "high")}
    rest["n_levels"] = default if args["n_levels"] is None else args["n_levels"]
    rest["alpha"] = DEFAULT_ALPHA if args["alpha"] is None else args["alpha"]
    pairs = zip(args["inputs"], args["ids"], strict=True)
    return np.stack([path(x, name, **rest) for x, name in pairs])


def _paths() -> list[Case]:
    two = spread((2, 2, 2), 0.2, 0.8)
    six = spread((6, 4), 0.2, 0.8)
    equal = np.tile(spread((1, 4), 0.3, 0.7), (4, 1))
    corners = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1]], "<f4")
    mapped = NETWORK | {"scale": -2.0, "mean": 0.5, "std": 0.25, "activation": "identity"}
    blind = NETWORK | {"weight": NETWORK["weight"] * np.array([1.0, 0.0, 1.0, 1.0])}
    return [
        _path(
            "RMQM-PGD-001/on-from-the-clip",
            "A path goes on from the clipped values, not from those before the clip",
            spread((2, 4), 0.0, 1.0),
            n_levels=8,
            alpha=0.15,
            seed=1,
        ),
        _path(
            "RMQM-PGD-003/value-map",
            "The gradient is that of the input, through a value map with a negative factor",
            spread((2, 4), 0.2, 0.8),
            network=mapped,
        ),
        _path(
            "RMQM-PGD-003/zero-slope",
            "A value that the encoder does not look at stays where it is",
            spread((2, 4), 0.2, 0.8),
            network=blind,
        ),
        _path(
            "RMQM-PGD-004/beyond-the-clamp",
            "A path of eight steps of 0.05 is not held within 0.3 of its start",
            spread((2, 4), -1.0, 1.0),
            n_levels=8,
            alpha=0.05,
            low=-4.0,
            high=4.0,
        ),
        _path(
            "RMQM-PGD-005/iterates",
            "Level 0 is the input, each step starts where the one before ended",
            two,
            n_levels=5,
            also="RMQM-ALT-001",
        ),
        _path(
            "RMQM-PGD-005/thirty-levels",
            "J is 30 in paper unless another is asked for",
            spread((1, 4), 0.2, 0.8),
            n_levels=None,
        ),
        _path(
            "RMQM-PGD-006/same-path",
            "In authors-2022 level j is the end of j steps, each path with the same start",
            two,
            n_levels=5,
            variant="authors-2022",
        ),
        _path(
            "RMQM-PGD-006/twenty-nine-levels",
            "J is 29 in authors-2022 unless another is asked for",
            spread((1, 4), 0.2, 0.8),
            n_levels=None,
            variant="authors-2022",
        ),
        _path(
            "RMQM-PGD-007/seeded-start",
            "The first gradient is taken at the seeded start, the first step starts at the input",
            six,
            n_levels=1,
        ),
        _path(
            "RMQM-PGD-007/seed",
            "Another seed has another start",
            six,
            n_levels=1,
            seed=2**70,
        ),
        _path(
            "RMQM-PGD-007/ids",
            "Equal inputs with unlike ids have unlike starts; ids enter in UTF-8",
            equal,
            n_levels=2,
            ids=["a", "b", "ä", "日"],
        ),
        _path(
            "RMQM-PGD-007/start-within-bounds",
            "The start is clipped: at a corner of the bounds nothing pulls beyond them",
            corners,
            n_levels=1,
        ),
        _path(
            "RMQM-PGD-008/path-in-float64",
            "A path of float64 stays in float64",
            spread((2, 4), -1.0, 1.0, "<f8"),
            alpha=0.01,
            low=-3.1,
            high=3.3,
        ),
    ]
