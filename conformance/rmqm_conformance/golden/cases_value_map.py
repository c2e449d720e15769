"""Cases of RMQM-ALT-008: from altered inputs to the values that a network takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.case import Case, bits, case, refuse
from rmqm_conformance.golden.oracle_value_map import mapped

__all__ = ["cases"]

_IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
_BYTES = (np.arange(256, dtype="<f4") / np.float32(255)).reshape(1, 1, 16, 16)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_networks(), *_bytes(), *_zeros()]


def _args(
    inputs: npt.NDArray[Any], dtype: str, scale: float, mean: list[float], std: list[float]
) -> dict[str, Any]:
    constants = {"means": np.array(mean, "<f8"), "stds": np.array(std, "<f8")}
    return {"inputs": inputs, "dtype": dtype, "scale": scale, **constants}


def _mapped(slug: str, title: str, args: dict[str, Any], why: str = "") -> Case:
    expected = mapped(**args)
    rule = bits(expected, why or "a product and a sum, each rounded by itself")
    return case(f"RMQM-ALT-008/{slug}", title, "map_values", args, {"values": rule})


def _networks() -> list[Case]:
    colours = np.repeat(_BYTES, 3, axis=1)
    args = _args(colours, "float32", 1.0, *_IMAGENET)
    mean, std = (np.array(values, "<f4").reshape(1, 3, 1, 1) for values in _IMAGENET)
    differing = int(((colours - mean) / std != mapped(**args)).sum())
    doubles = np.linspace(-0.9, 1.1, 60).reshape(2, 3, 2, 5)
    return [
        _mapped(
            "imagenet",
            "Three channels of bytes by the statistics of ImageNet, for a network of float32",
            args,
            f"(x - mean) / std in float32 differs for {differing} of {colours.size} values",
        ),
        _mapped(
            "scaled",
            "Mean and standard deviation are in units after the scale; one value serves all",
            _args(colours[..., ::3, :], "float32", 255.0, [117.3], [57.375]),
        ),
        _mapped(
            "float64-network",
            "For a network of float64 nothing is rounded to float32",
            _args(doubles, "float64", 1.0, *_IMAGENET),
        ),
        _mapped(
            "float64-inputs",
            "Inputs of float64 are not rounded before the product",
            _args(doubles, "float32", 3.0, *_IMAGENET),
        ),
        _mapped(
            "float16-network",
            "For a network of float16, float32 is rounded once, to nearest",
            _args(colours, "float16", 1.0, *_IMAGENET),
        ),
    ]


def _bytes() -> list[Case]:
    beyond = np.array([[[-1.0, -0.01, 0.0, 0.5, 1.0, 1.002, 2.0]]], "<f4")
    halves = (np.arange(16, dtype="<f4") / 2).reshape(1, 1, 16)
    return [
        _mapped(
            "bytes",
            "k / 255 becomes k again for a network of bytes",
            _args(_BYTES, "uint8", 255.0, [0.0], [1.0]),
        ),
        _mapped(
            "halves",
            "Halves become even bytes",
            _args(halves, "uint8", 1.0, [-2.0], [1.0]),
            "to the nearest integer, ties to even",
        ),
        _mapped(
            "clipped-bytes",
            "Values beyond 0 to 255 become 0 and 255",
            _args(beyond, "uint8", 255.0, [0.0], [1.0]),
        ),
    ]


def _zeros() -> list[Case]:
    signed = np.array([[[-0.0, 0.0, 1e-40, -1.0]]], "<f4")
    nothing = _args(signed, "float32", 1.0, [0.0], [1.0])
    return [
        case(
            "RMQM-ALT-008/nothing-to-map",
            "Where the factor is 1 and the offset 0, values stay as they are, -0.0 included",
            "map_values",
            nothing,
            {"values": bits(signed, "nothing is computed")},
        ),
        case(
            "RMQM-ALT-008/deviation-of-zero",
            "A standard deviation of zero is refused",
            "map_values",
            _args(signed, "float32", 1.0, [0.0], [0.0]),
            refuse("std = 0"),
        ),
    ]
