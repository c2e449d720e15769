"""Cases of the families RMQM-ALT and, in part, RMQM-WN: levels, bounds, inputs and schedule."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.altered import noise_args, noise_case, spread, zeros
from rmqm_conformance.golden.case import Case, case, refuse

__all__ = ["cases"]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_contract(), *_formula(), *_coupling()]


def _contract() -> list[Case]:
    signed = np.array([[0.1, -0.0, 0.0, -1.0, 1.0, 1e-40]], "<f4")
    three = spread((3, 2, 2, 2), 0.3, 0.7)
    ids = ["first", "second", "third"]
    other = noise_args(three[[2, 0]], [ids[2], ids[0]], [4, 1])
    beyond = noise_args(three, ids, [0, 5])
    before = noise_args(three, ids, [-1, 1])
    none = noise_args(three, ids, [0], n_levels=0)
    return [
        noise_case(
            "RMQM-ALT-001/level-0",
            "Level 0 is the input bit for bit, -0.0 and subnormal values included",
            noise_args(signed, ["x"], [0], low=-1.0),
            "nothing is computed",
            needs="",
        ),
        case(
            "RMQM-ALT-001/level-beyond-the-last",
            "There is no level J + 1",
            "white_noise",
            beyond,
            refuse("level 5 of J = 4"),
        ),
        case(
            "RMQM-ALT-001/negative-level",
            "There is no level -1",
            "white_noise",
            before,
            refuse("level -1"),
        ),
        case(
            "RMQM-ALT-001/no-levels",
            "J is at least 1",
            "white_noise",
            none,
            refuse("J = 0"),
        ),
        noise_case(
            "RMQM-ALT-003/three-inputs",
            "Each input of a batch has the noise of its own id",
            noise_args(three, ids, [1, 4]),
        ),
        noise_case(
            "RMQM-ALT-003/other-batch",
            "In another batch, order and order of levels each input has the same noise",
            other,
        ),
        noise_case(
            "RMQM-ALT-003/equal-values",
            "Inputs with equal values and unlike ids have unlike noise",
            noise_args(np.full((2, 8), 0.5, "<f4"), ["a", "b"], [2]),
        ),
        noise_case(
            "RMQM-ALT-004/both-bounds",
            "What leaves the bounds [-0.5, 2] is clipped to them, at both ends",
            noise_args(spread((1, 24), -0.5, 2.0), ["clipped"], [3, 4], low=-0.5, high=2.0),
        ),
    ]


def _formula() -> list[Case]:
    x = spread((1, 2, 5), 1.0, 3.0)
    return [
        noise_case(
            "RMQM-WN-001/width-of-bounds",
            "The noise is scaled by high - low, not by high",
            noise_args(spread((1, 9), 9.0, 11.0), ["width"], [1], low=4.0, high=16.0, n_levels=32),
        ),
        noise_case(
            "RMQM-WN-001/unaltered-input",
            "Every level starts at the unaltered input, not at the level before",
            noise_args(x, ["walk"], [1, 2, 3], low=-30.0, high=34.0, n_levels=64),
        ),
        noise_case(
            "RMQM-WN-002/schedule",
            "The levels 1 to J have the deviations 1/J to 1",
            zeros(6, "schedule", [1, 2, 3, 4, 5], n_levels=5, low=-64.0, high=64.0),
        ),
        noise_case(
            "RMQM-WN-002/level-j-of-99",
            "With J = 99 level 33 has the deviation 33/99",
            zeros(8, "schedule", [33, 98], n_levels=99),
        ),
    ]


def _coupling() -> list[Case]:
    wide = {"n_levels": 5, "low": -64.0, "high": 64.0}
    common = zeros(10, "coupled", [0, 1, 2, 5], coupling="common", n_levels=5, low=-64.0, high=64.0)
    return [
        noise_case(
            "RMQM-WN-008/new-draws",
            "Every level has a draw of its own",
            zeros(10, "coupled", [1, 2, 5], **wide),
        ),
        noise_case(
            "RMQM-WN-009/draw-of-level-1",
            "With the coupling common every level has the draw of level 1",
            common,
            needs="common generator",
        ),
    ]
