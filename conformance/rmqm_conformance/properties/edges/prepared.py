"""Laws of prepared inputs at the edge of types: RMQM-INP-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.edges.values import INTEGERS, integers_of, small_of
from rmqm_conformance.require import require, require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "inputs"


def _prepared(subject: Subject, array: Array, kind: str, low: float, high: float) -> Array:
    values: Array = subject.perform("prepare", input=array, kind=kind, low=low, high=high)["values"]
    return values


@walk("RMQM-INP-007/every-bit", needs=NEEDS)
def every_bit(subject: Subject) -> None:
    """The sign of zero and subnormal numbers are kept, in arrays and in images."""
    for dtype in ("<f4", "<f8"):
        for values in (small_of(dtype), -small_of(dtype)):
            got = _prepared(subject, values, "array", -1.0, 1.0)
            require_same_bits("values", got, values)
    for dtype in ("<f2", "<f4", "<f8"):
        image = small_of(dtype)[:6].reshape(3, 2, 1)
        got = _prepared(subject, image, "image", 0.0, 1.0)
        require_same_bits("values of an image", got, image.transpose(2, 0, 1).astype("<f4"))


@walk("RMQM-INP-007/half-precision", needs=NEEDS, also="RMQM-INP-009")
def half_precision(subject: Subject) -> None:
    """Images and arrays of half precision are taken, value by value."""
    every = np.arange(0, 0x3C01, dtype="<u2").view("<f2")[:15360]
    image = every.reshape(64, 80, 3)
    got = _prepared(subject, image, "image", 0.0, 1.0)
    require_same_bits("values of an image", got, image.transpose(2, 0, 1).astype("<f4"))
    array = _prepared(subject, every, "array", 0.0, 1.0)
    _require_nearest(array, every)


@walk("RMQM-INP-007/large-integers", needs=NEEDS)
def large_integers(subject: Subject) -> None:
    """An integer that the floating type cannot hold becomes the nearest number that it can."""
    for dtype in INTEGERS:
        values = integers_of(dtype)
        _require_nearest(_prepared(subject, values, "array", -1e20, 1e20), values)


def _require_nearest(got: Array, given: Array) -> None:
    kind = got.dtype.str[1:]
    require(kind in {"f4", "f8"}, f"values must be of float32 or float64; got {got.dtype}")
    require_same_bits(f"values of {given.dtype}", got, given.astype(got.dtype))


CHECKS = (every_bit, half_precision, large_integers)
