"""Laws of requests with an easy answer: what is impossible is refused there as well."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused
from rmqm_conformance.properties.requests import sound

__all__ = ["CHECKS"]

_ONE: Final[Spoilt] = {"inputs": sound("evaluate")["inputs"][:1], "ids": ["alpha"]}
_TWICE: Final[Spoilt] = {"inputs": np.full((2, 4), 0.5), "ids": ["alpha", "alpha"]}
_STILL: Final[Spoilt] = {"network": sound("evaluate")["network"] | {"weight": np.zeros((5, 4))}}
_WHOLE: Final[tuple[Spoilt, ...]] = (_ONE, _TWICE, _STILL, {"n_levels": 1})
_FLAT: Final[tuple[Spoilt, ...]] = tuple(
    {"displacements": values, "step_lengths": values}
    for values in (np.zeros((2, 3)), np.full((1, 3), 0.5), np.full((2, 1), 0.5))
)
_EASY: Final[dict[str, tuple[Spoilt, ...]]] = {
    "white_noise": (
        _ONE,
        {"levels": [0]},
        {"levels": []},
        {"levels": [1]},
        {"n_levels": 1, "levels": [0, 1]},
    ),
    "pgd_step": (
        _ONE | {"gradient": np.ones((1, 4))},
        {"gradient": np.zeros((2, 4))},
        {"alpha": 0.0},
    ),
    "pgd_path": (*_WHOLE, {"alpha": 0.0}, {"n_levels": None}),
    "evaluate": _WHOLE,
    "document": (*_WHOLE, {"n_levels": None}, {"seed": None}),
    "characterize": (*_FLAT, {"resolution": 0.0}),
    "interval": (*_FLAT, {"resolution": 0.0}),
    "distances": tuple(
        {"trajectories": np.ones(shape)} for shape in ((2, 3, 3), (1, 2, 3), (1, 2, 1))
    ),
    "pool": tuple({"output": np.ones(shape)} for shape in ((2, 1, 4), (1, 3, 1), (2, 4, 1, 1))),
    "prepare": (
        {"input": np.array([[0, 1], [1, 0]], "<i4")},
        {"input": np.array([True, False])},
        {"input": np.array(0.5)},
        {"input": np.zeros((2, 0, 3))},
        {"input": np.full((2, 2, 1), 7, "|u1"), "kind": "image"},
    ),
    "map_values": (
        {"means": np.zeros(1), "stds": np.ones(1)},
        {"means": np.zeros(2), "stds": np.ones(2)},
    ),
}
"""Requests that an implementation may answer at once: nothing moves, or there is little to do."""

_BOUNDS: Final = [
    {"low": low, "high": high}
    for low, high in ((1.0, 0.0), (0.5, 0.5), (0.0, math.inf), (math.nan, 1.0))
]
_VARIANTS: Final = [{"variant": variant} for variant in ("", "Paper", "authors", "none")]
_SEEDS: Final = [{"seed": -1}]
_ALPHAS: Final = [{"alpha": alpha} for alpha in (-0.5, math.nan, math.inf)]
_LEVELS: Final = [{"n_levels": 0}, {"n_levels": -3}]
_DISTANCES: Final = [{"resolution": value} for value in (-1e-12, 1.0, math.nan)]
_BAD: Final[dict[str, list[Spoilt]]] = {
    "white_noise": [*_BOUNDS, *_SEEDS, *_LEVELS, {"coupling": "none"}, {"ids": []}],
    "pgd_step": [*_BOUNDS, *_ALPHAS, {"ids": []}],
    "pgd_path": [*_BOUNDS, *_ALPHAS, *_SEEDS, *_VARIANTS, *_LEVELS, {"ids": []}],
    "evaluate": [*_BOUNDS, *_SEEDS, *_VARIANTS, *_LEVELS, {"ids": []}],
    "document": [*_BOUNDS, *_SEEDS, *_VARIANTS, *_LEVELS, {"ids": []}],
    "characterize": [*_VARIANTS, *_DISTANCES],
    "interval": [*_VARIANTS, *_DISTANCES],
    "distances": [{"arithmetic": name} for name in ("", "Float64", "float8", "double")],
    "pool": [{"how": how} for how in ("", "Mean", "max", "none", "first")],
    "prepare": [*_BOUNDS, {"kind": ""}, {"kind": "text"}],
    "map_values": [{"stds": np.array([std])} for std in (0.0, -1.0, math.nan)],
}
_CLAUSES: Final = {
    "white_noise": "RMQM-WN-008",
    "pgd_step": "RMQM-PGD-002",
    "pgd_path": "RMQM-PGD-006",
    "evaluate": "RMQM-ALT-001",
    "document": "RMQM-MET-004",
    "characterize": "RMQM-MET-004",
    "interval": "RMQM-RES-005",
    "distances": "RMQM-RES-001",
    "pool": "RMQM-ENC-006",
    "prepare": "RMQM-INP-001",
    "map_values": "RMQM-ALT-008",
}


def _early(name: str) -> Check:
    spoilt: list[dict[str, Any]] = [easy | bad for easy in _EASY[name] for bad in _BAD[name]]
    if name == "pool":
        spoilt.append({"output": np.ones((2, 4, 1, 1)), "how": "cls"})
    return refused(
        f"{_CLAUSES[name]}/early-answer-of-{name.replace('_', '-')}",
        "What is impossible is refused where the answer is easy as well.",
        name,
        spoilt,
        or_error=True,
    )


CHECKS = tuple(map(_early, _EASY))
