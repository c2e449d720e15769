"""Cases of the family RMQM-WN: the generator, the table and single roundings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rmqm_conformance.golden.altered import noise_args, noise_case, spread, zeros
from rmqm_conformance.golden.case import Case, case, refuse
from rmqm_conformance.golden.oracle_inputs import content_id, nearest, of_bytes
from rmqm_conformance.golden.oracle_noise import altered, lanes, table

__all__ = ["cases"]

_BYTES = np.arange(18, dtype="|u1").reshape(1, 3, 6)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_generator(), *_table(), *_arithmetic()]


def _generator() -> list[Case]:
    divided = of_bytes(_BYTES)[None]
    whole = (np.arange(3 * 32 * 32) * 37 % 256).astype("|u1").reshape(32, 32, 3)
    image = of_bytes(whole).transpose(2, 0, 1)[None]
    return [
        noise_case(
            "RMQM-WN-003/annex-a",
            "The altered inputs whose digests Annex A gives",
            noise_args(divided, [content_id(_BYTES)], [1, 2, 99], n_levels=99),
        ),
        noise_case(
            "RMQM-WN-003/seed",
            "Another seed gives another key",
            zeros(16, "seed", [1], seed=1),
        ),
        noise_case(
            "RMQM-WN-003/large-seed",
            "A seed beyond 64 bits is written in decimal, all of it",
            zeros(16, "seed", [1], seed=2**70),
        ),
        case(
            "RMQM-WN-003/negative-seed",
            "A seed is at least 0",
            "white_noise",
            zeros(16, "seed", [1], seed=-1),
            refuse("the seed -1"),
        ),
        noise_case(
            "RMQM-WN-003/id-beyond-ascii",
            "The id enters the key in UTF-8",
            zeros(16, "Größe/猫.png", [1]),
        ),
        noise_case(
            "RMQM-WN-003/image",
            "An image of 3 x 32 x 32 values, at a level in the middle",
            noise_args(image, [content_id(whole)], [57], n_levels=99),
            also="RMQM-WN-004 RMQM-WN-005",
        ),
        noise_case(
            "RMQM-WN-004/level-alone",
            "A level has its place in the counter, also when it is asked for alone",
            zeros(40, "place", [7]),
        ),
        noise_case(
            "RMQM-WN-004/sixteen-values",
            "16 values take one block",
            zeros(16, "sixteen", [1, 2, 16]),
        ),
        noise_case(
            "RMQM-WN-004/seventeen-values",
            "17 values take two blocks, whose surplus lanes are dropped",
            zeros(17, "seventeen", [1, 2, 16]),
        ),
        noise_case(
            "RMQM-WN-005/lanes",
            "Lanes are read from the lowest bits of the first word on",
            zeros(12, "lanes", [1]),
        ),
        noise_case(
            "RMQM-WN-005/c-order",
            "Lane k belongs to the k-th value in C order",
            zeros((2, 3, 4), "order", [1]),
        ),
    ]


def _table() -> list[Case]:
    """Return cases whose seeds were chosen to draw lanes where tables go wrong."""
    seeds = {
        "outermost-cells": (254, [0], "The lowest cell has a mean, though its edge is infinite"),
        "uppermost-cell": (646, [65535], "The table is antisymmetric: T[65535] = -T[0]"),
        "cancellation": (
            3011,
            [32754, 32762],
            "Entries near the middle, where densities cancel, are rounded correctly",
        ),
    }
    made = []
    for slug, (seed, places, title) in seeds.items():
        drawn = lanes(f"rmqm-white-noise/1\n{seed}\nedge", 1, 48)
        if not set(places) <= set(drawn):
            raise ValueError(f"seed {seed} must draw the lanes {places}")
        why = f"among the lanes are {' and '.join(map(str, places))}; the scale is exactly 1"
        made.append(
            noise_case(f"RMQM-WN-006/{slug}", title, zeros(48, "edge", [1], seed=seed), why)
        )
    return made


def _arithmetic() -> list[Case]:
    single = noise_args(spread((1, 32), 0.4, 0.6), ["rounding"], [13], n_levels=99)
    double = noise_args(
        spread((1, 24), -0.3, 0.3, "<f8"), ["rounding"], [5, 10], n_levels=49, low=-9.5, high=9.3
    )
    scale = zeros(24, "scale", [5, 10, 15], n_levels=37, low=-9.3, high=9.6)
    return [
        noise_case(
            "RMQM-WN-007/no-fused-multiply-add",
            "The product is rounded before the sum, and both are float32",
            single,
            _differing(single),
        ),
        noise_case(
            "RMQM-WN-007/float64",
            "Inputs of float64 are altered in float64, product and sum rounded each",
            double,
            _differing(double),
        ),
        noise_case(
            "RMQM-WN-007/one-rounding-of-the-scale",
            "j / J times high - low is rounded to float32 once, at its end",
            scale,
            _scales(scale),
        ),
    ]


def _differing(args: dict[str, Any]) -> str:
    """Say how many values a fused operation changes; a case without such values is useless."""
    x, level = args["inputs"][0], args["levels"][0]
    rest = {key: args[key] for key in ("n_levels", "seed", "low", "high")}
    right = altered(x, args["ids"][0], level, **rest)
    places = lanes(f"rmqm-white-noise/1\n{args['seed']}\n{args['ids'][0]}", level, x.size)
    scale = x.dtype.type(level / args["n_levels"] * (args["high"] - args["low"]))
    fused = [
        nearest(Fraction(float(value)) + Fraction(float(scale)) * Fraction(float(t)), x.dtype.type)
        for value, t in zip(x, table()[places], strict=True)
    ]
    count = int((right != np.array(fused)).sum())
    if not count:
        raise ValueError("a fused multiply-add must change the case")
    return f"a fused multiply-add changes {count} of the first {x.size} values"


def _scales(args: dict[str, Any]) -> str:
    """Make sure that factors rounded to float32 first give another scale at every level."""
    width = args["high"] - args["low"]
    for level in args["levels"]:
        rounded = np.float32(level / args["n_levels"]) * np.float32(width)
        if np.float32(level / args["n_levels"] * width) == rounded:
            raise ValueError(f"level {level} must show a rounding of the factors")
    return "the product of factors rounded to float32 is another scale at every level"
