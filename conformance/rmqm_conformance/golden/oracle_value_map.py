"""The value map by fractions: each operation exactly, and rounded by a rule of its own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["mapped"]

_DIGITS: Final = {"float16": (11, -24), "float32": (24, -149), "float64": (53, -1074)}
"""Binary digits of the significand, and the exponent of the smallest number above zero."""


def mapped(
    inputs: npt.NDArray[Any],
    scale: float,
    means: npt.NDArray[np.float64],
    stds: npt.NDArray[np.float64],
    dtype: str,
) -> npt.NDArray[Any]:
    """Return the values of clause RMQM-ALT-008 for inputs (N, C, *S) without -0.0."""
    constants = "float64" if dtype == "float64" else "float32"
    width = "float64" if "float64" in {inputs.dtype.name, constants} else "float32"
    channels = [
        (
            _rounded(_rounded(Fraction(scale) / Fraction(float(s)), "float64"), constants),
            _rounded(_rounded(-Fraction(float(m)) / Fraction(float(s)), "float64"), constants),
        )
        for m, s in np.broadcast(
            np.broadcast_to(means, inputs.shape[1]), np.broadcast_to(stds, inputs.shape[1])
        )
    ]
    values = np.empty(inputs.shape, dtype)
    for place in np.ndindex(inputs.shape):
        factor, offset = channels[place[1]]
        product = _rounded(Fraction(float(inputs[place])) * factor, width)
        value = _rounded(product + offset, width)
        values[place] = _byte(value) if dtype == "uint8" else float(_rounded(value, dtype))
    return values


def _rounded(value: Fraction, kind: str) -> Fraction:
    """Round to the nearest number of a type, ties to the even one; no overflow occurs here."""
    if value == 0:
        return value
    digits, smallest = _DIGITS[kind]
    size = abs(value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2) ** exponent
    spacing = Fraction(2) ** max(exponent - digits + 1, smallest)
    return round(value / spacing) * spacing


def _byte(value: Fraction) -> int:
    return min(max(round(value), 0), 255)
