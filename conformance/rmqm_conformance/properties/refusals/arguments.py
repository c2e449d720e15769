"""Laws of numbers that no argument can have: bounds, levels, seeds, step sizes, resolutions."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused

__all__ = ["CHECKS"]

BOUNDED: Final = ("white_noise", "evaluate", "pgd_step", "pgd_path", "document")
LEVELLED: Final = ("white_noise", "evaluate", "pgd_path", "document")
MEASURING: Final = ("characterize", "interval")
INF, NAN = math.inf, math.nan
SAME = {"inputs": np.full((2, 4), 0.5)}
IMPOSSIBLE = ((1.0, 0.0), (0.5, 0.5), (-INF, 1.0), (0.0, INF), (-INF, INF), (NAN, 1.0), (0.0, NAN))


def _named(name: str) -> str:
    return name.replace("_", "-")


def _bounds(name: str) -> Check:
    return refused(
        f"RMQM-INP-001/bounds-of-{_named(name)}",
        "Bounds that are not finite or not in order are refused, even around equal values.",
        name,
        [SAME | {"low": low, "high": high} for low, high in IMPOSSIBLE],
    )


def _outside(name: str) -> Check:
    far = [
        np.array([[0.5] * 4, [0.5, bad, 0.5, 0.5]]) for bad in (1.5, -0.5, 300.0, NAN, INF, -INF)
    ]
    return refused(
        f"RMQM-INP-008/inputs-of-{_named(name)}",
        "Inputs with a value outside the bounds, or not a number, are refused.",
        name,
        [{"inputs": values} for values in far],
    )


def _levels(name: str) -> Check:
    first: Spoilt = {"levels": [0]} if name == "white_noise" else {}
    return refused(
        f"RMQM-ALT-001/levels-of-{_named(name)}",
        "A number of levels below 1 is refused, not taken for the default.",
        name,
        [first | {"n_levels": n_levels} for n_levels in (0, -1, -99)],
        or_error=True,
        also="RMQM-PGD-005" if name == "pgd_path" else "RMQM-WN-002",
    )


def _seed(name: str) -> Check:
    clause = "RMQM-PGD-007" if name == "pgd_path" else "RMQM-WN-003"
    return refused(
        f"{clause}/seed-of-{_named(name)}",
        "A seed below 0 is refused.",
        name,
        [{"seed": seed} for seed in (-1, -2, -(2**64))],
    )


def _resolution(name: str) -> Check:
    values = (-1e-12, -1.0, 1.0, 1.0 + 1e-15, 1.5, 2.0, 1e12, INF, -INF, NAN)
    return refused(
        f"RMQM-RES-005/resolution-of-{_named(name)}",
        "A resolution below 0, of 1 and more, or not a number is refused.",
        name,
        [{"resolution": value} for value in values],
    )


def _impossible_distances(name: str) -> Check:
    sides = ("displacements", "step_lengths")
    bad = (-5e-324, -1e-12, -0.5, 2.0 + 2e-9, 2.5, 1e300, NAN, INF, -INF)
    rows = [np.array([[0.25, 0.5, 0.375], [0.25, value, 0.75]]) for value in bad]
    return refused(
        f"RMQM-DIST-007/distances-of-{_named(name)}",
        "A distance below 0, beyond 2 or not a number is refused, wherever it stands.",
        name,
        [{side: values} for side in sides for values in rows],
    )


def _one_level(name: str) -> Check:
    one = {"displacements": np.array([[0.5], [0.25]]), "step_lengths": np.array([[0.5], [0.25]])}
    return refused(
        f"RMQM-DRC-002/one-level-of-{_named(name)}",
        "With J = 1 the variant authors-2022 is refused.",
        name,
        [one | {"variant": "authors-2022"}],
        also="RMQM-PRC-003",
    )


ALPHA: Final = tuple(
    refused(
        f"RMQM-PGD-002/alpha-of-{_named(name)}",
        "A step size below 0 or not finite is refused.",
        name,
        [{"alpha": alpha} for alpha in (-2 / 255, -1e-300, -1.0, NAN, INF, -INF)],
    )
    for name in ("pgd_step", "pgd_path")
)

LEVEL: Final = refused(
    "RMQM-ALT-001/level-beyond",
    "A level below 0 or beyond J is refused, alone and beside others.",
    "white_noise",
    [
        {"levels": levels}
        for levels in ([-1], [4], [0, 4], [3, 2, -1], [1, 4, 2], [0, -1, 3], [2**64], [-(2**64)])
    ],
)

DEVIATIONS: Final = refused(
    "RMQM-ALT-008/deviations",
    "Standard deviations that are not above zero are refused, in any channel.",
    "map_values",
    [{"stds": np.array(stds)} for stds in ([0.0], [-0.0], [-0.5], [NAN], [0.5, 0.0], [-1.0, 0.5])],
    or_error=True,
)

CHECKS = (
    *map(_bounds, BOUNDED),
    *map(_outside, BOUNDED),
    *map(_levels, LEVELLED),
    *map(_seed, LEVELLED),
    *map(_resolution, MEASURING),
    *map(_impossible_distances, MEASURING),
    *map(_one_level, MEASURING),
    *ALPHA,
    LEVEL,
    DEVIATIONS,
)
