"""Cases of the family RMQM-ENC: outputs of higher rank."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from rmqm_conformance.golden.altered import spread
from rmqm_conformance.golden.case import Case, case, within
from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["cases"]

Array = npt.NDArray[Any]


def cases() -> list[Case]:
    """Return the cases."""
    tokens = spread((2, 4, 3), -2.0, 2.0, "<f8")
    maps = spread((2, 3, 2, 2), -2.0, 2.0, "<f8")
    outputs = {
        "flatten-tokens": (tokens, "flatten", tokens.reshape(2, 12)),
        "flatten-map": (maps, "flatten", maps.reshape(2, 12)),
        "cls": (tokens, "cls", tokens[:, 0]),
        "mean-of-tokens": (tokens, "mean", _mean(tokens)),
        "mean-of-map": (maps, "mean", _mean(maps.reshape(2, 3, 4).transpose(0, 2, 1))),
    }
    titles = {
        "flatten": "The output is flattened in C order",
        "cls": "The first token stands for the output",
        "mean": "The mean is over tokens, or over rows and columns, never over channels",
    }
    return [
        case(
            f"RMQM-ENC-006/{slug}",
            titles[how],
            "pool",
            {"output": output, "how": how},
            {"encodings": within(pooled, 1e-15 * (how == "mean"), "four values below 2 added up")},
        )
        for slug, (output, how, pooled) in outputs.items()
    ]


def _mean(output: Array) -> list[list[Exact]]:
    """Return the mean over the middle axis."""
    return [
        [mp.fsum(column) / len(column) for column in zip(*rows, strict=True)]
        for rows in exact(output)
    ]
