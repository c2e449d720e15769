"""Cases of the families RMQM-ALT and RMQM-WN: altered inputs, bit by bit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.case import Case, bits, case, refuse
from rmqm_conformance.golden.oracle_inputs import content_id, nearest, of_bytes
from rmqm_conformance.golden.oracle_noise import altered, lanes, table

__all__ = ["cases", "noised", "spread"]

Array = npt.NDArray[Any]

_BYTES = np.arange(18, dtype="|u1").reshape(1, 3, 6)
_WIDE = {"low": -8.0, "high": 8.0, "n_levels": 16}
"""Here the scale of level 1 is exactly 1: zeros become the values of the table."""


def cases() -> list[Case]:
    """Return the cases."""
    return [*_contract(), *_formula(), *_generator(), *_table(), *_arithmetic(), *_coupling()]


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


def _asked(inputs: Array, ids: list[str], levels: list[int], **more: Any) -> dict[str, Any]:
    usual = {"n_levels": 4, "seed": 0, "low": 0.0, "high": 1.0, "coupling": "independent"}
    return {"inputs": inputs, "ids": ids, "levels": levels, **usual, **more}


def _zeros(n_values: int, name: str, levels: list[int], **more: Any) -> dict[str, Any]:
    return _asked(np.zeros((1, n_values), "<f4"), [name], levels, **(_WIDE | more))


def _case(
    name: str,
    title: str,
    args: dict[str, Any],
    why: str = "RMQM-WN-007",
    needs: str = "generator",
    also: str = "",
) -> Case:
    rules = {"altered": bits(noised(args), why)}
    return case(name, title, "white_noise", args, rules, needs=needs, also=also)


def _contract() -> list[Case]:
    signed = np.array([[0.1, -0.0, 0.0, -1.0, 1.0, 1e-40]], "<f4")
    three = spread((3, 2, 2, 2), 0.3, 0.7)
    ids = ["first", "second", "third"]
    other = _asked(three[[2, 0]], [ids[2], ids[0]], [4, 1])
    beyond = _asked(three, ids, [0, 5])
    before = _asked(three, ids, [-1, 1])
    none = _asked(three, ids, [0], n_levels=0)
    return [
        _case(
            "RMQM-ALT-001/level-0",
            "Level 0 is the input bit for bit, -0.0 and subnormal values included",
            _asked(signed, ["x"], [0], low=-1.0),
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
        _case(
            "RMQM-ALT-003/three-inputs",
            "Each input of a batch has the noise of its own id",
            _asked(three, ids, [1, 4]),
        ),
        _case(
            "RMQM-ALT-003/other-batch",
            "In another batch, order and order of levels each input has the same noise",
            other,
        ),
        _case(
            "RMQM-ALT-003/equal-values",
            "Inputs with equal values and unlike ids have unlike noise",
            _asked(np.full((2, 8), 0.5, "<f4"), ["a", "b"], [2]),
        ),
        _case(
            "RMQM-ALT-004/both-bounds",
            "What leaves the bounds [-0.5, 2] is clipped to them, at both ends",
            _asked(spread((1, 24), -0.5, 2.0), ["clipped"], [3, 4], low=-0.5, high=2.0),
        ),
    ]


def _formula() -> list[Case]:
    x = spread((1, 2, 5), 1.0, 3.0)
    return [
        _case(
            "RMQM-WN-001/width-of-bounds",
            "The noise is scaled by high - low, not by high",
            _asked(spread((1, 9), 9.0, 11.0), ["width"], [1], low=4.0, high=16.0, n_levels=32),
        ),
        _case(
            "RMQM-WN-001/unaltered-input",
            "Every level starts at the unaltered input, not at the level before",
            _asked(x, ["walk"], [1, 2, 3], low=-30.0, high=34.0, n_levels=64),
        ),
        _case(
            "RMQM-WN-002/schedule",
            "The levels 1 to J have the deviations 1/J to 1",
            _zeros(6, "schedule", [1, 2, 3, 4, 5], n_levels=5, low=-64.0, high=64.0),
        ),
        _case(
            "RMQM-WN-002/level-j-of-99",
            "With J = 99 level 33 has the deviation 33/99",
            _zeros(8, "schedule", [33, 98], n_levels=99),
        ),
    ]


def _generator() -> list[Case]:
    divided = of_bytes(_BYTES)[None]
    whole = (np.arange(3 * 32 * 32) * 37 % 256).astype("|u1").reshape(32, 32, 3)
    image = of_bytes(whole).transpose(2, 0, 1)[None]
    return [
        _case(
            "RMQM-WN-003/annex-a",
            "The altered inputs whose digests Annex A gives",
            _asked(divided, [content_id(_BYTES)], [1, 2, 99], n_levels=99),
        ),
        _case(
            "RMQM-WN-003/seed",
            "Another seed gives another key",
            _zeros(16, "seed", [1], seed=1),
        ),
        _case(
            "RMQM-WN-003/large-seed",
            "A seed beyond 64 bits is written in decimal, all of it",
            _zeros(16, "seed", [1], seed=2**70),
        ),
        case(
            "RMQM-WN-003/negative-seed",
            "A seed is at least 0",
            "white_noise",
            _zeros(16, "seed", [1], seed=-1),
            refuse("the seed -1"),
        ),
        _case(
            "RMQM-WN-003/id-beyond-ascii",
            "The id enters the key in UTF-8",
            _zeros(16, "Größe/猫.png", [1]),
        ),
        _case(
            "RMQM-WN-003/image",
            "An image of 3 x 32 x 32 values, at a level in the middle",
            _asked(image, [content_id(whole)], [57], n_levels=99),
            also="RMQM-WN-004 RMQM-WN-005",
        ),
        _case(
            "RMQM-WN-004/level-alone",
            "A level has its place in the counter, also when it is asked for alone",
            _zeros(40, "place", [7]),
        ),
        _case(
            "RMQM-WN-004/sixteen-values",
            "16 values take one block",
            _zeros(16, "sixteen", [1, 2, 16]),
        ),
        _case(
            "RMQM-WN-004/seventeen-values",
            "17 values take two blocks, whose surplus lanes are dropped",
            _zeros(17, "seventeen", [1, 2, 16]),
        ),
        _case(
            "RMQM-WN-005/lanes",
            "Lanes are read from the lowest bits of the first word on",
            _zeros(12, "lanes", [1]),
        ),
        _case(
            "RMQM-WN-005/c-order",
            "Lane k belongs to the k-th value in C order",
            _asked(np.zeros((1, 2, 3, 4), "<f4"), ["order"], [1], **_WIDE),
        ),
    ]


def _table() -> list[Case]:
    """Return cases with seeds that were searched for lanes where tables go wrong."""
    found = {
        "outermost-cells": (254, [0], "The lowest cell has a mean, though its edge is infinite"),
        "uppermost-cell": (646, [65535], "The table is antisymmetric: T[65535] = -T[0]"),
        "cancellation": (
            3011,
            [32754, 32762],
            "Entries near the middle, where densities cancel, are rounded correctly",
        ),
    }
    made = []
    for slug, (seed, wanted, title) in found.items():
        drawn = lanes(f"rmqm-white-noise/1\n{seed}\nedge", 1, 48)
        if not set(wanted) <= set(drawn):
            raise ValueError(f"seed {seed} must draw the lanes {wanted}")
        why = f"among the lanes are {' and '.join(map(str, wanted))}; the scale is exactly 1"
        made.append(_case(f"RMQM-WN-006/{slug}", title, _zeros(48, "edge", [1], seed=seed), why))
    return made


def _arithmetic() -> list[Case]:
    single = _asked(spread((1, 32), 0.4, 0.6), ["rounding"], [13], n_levels=99)
    double = _asked(
        spread((1, 24), -0.3, 0.3, "<f8"), ["rounding"], [5, 10], n_levels=49, low=-9.5, high=9.3
    )
    scale = _zeros(24, "scale", [5, 10, 15], n_levels=37, low=-9.3, high=9.6)
    return [
        _case(
            "RMQM-WN-007/no-fused-multiply-add",
            "The product is rounded before the sum, and both are float32",
            single,
            _differing(single),
        ),
        _case(
            "RMQM-WN-007/float64",
            "Inputs of float64 are altered in float64, product and sum rounded each",
            double,
            _differing(double),
        ),
        _case(
            "RMQM-WN-007/one-rounding-of-the-scale",
            "j / J times high - low is rounded to float32 once, at its end",
            scale,
            _scales(scale),
        ),
    ]


def _differing(args: dict[str, Any]) -> str:
    """Tell how many values a fused operation changes; a case without such values is useless."""
    x, level = args["inputs"][0], args["levels"][0]
    rest = {key: args[key] for key in ("n_levels", "seed", "low", "high")}
    right = altered(x, args["ids"][0], level, **rest)
    places = lanes(f"rmqm-white-noise/1\n{args['seed']}\n{args['ids'][0]}", level, x.size)
    scale = x.dtype.type(level / args["n_levels"] * (args["high"] - args["low"]))
    fused = [
        nearest(Fraction(float(one)) + Fraction(float(scale)) * Fraction(float(t)), x.dtype.type)
        for one, t in zip(x, table()[places], strict=True)
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


def _coupling() -> list[Case]:
    wide = {"n_levels": 5, "low": -64.0, "high": 64.0}
    common = _zeros(
        10, "coupled", [0, 1, 2, 5], coupling="common", n_levels=5, low=-64.0, high=64.0
    )
    return [
        _case(
            "RMQM-WN-008/new-draws",
            "Every level has a draw of its own",
            _zeros(10, "coupled", [1, 2, 5], **wide),
        ),
        _case(
            "RMQM-WN-009/draw-of-level-1",
            "With the coupling common every level has the draw of level 1",
            common,
            needs="common generator",
        ),
    ]
