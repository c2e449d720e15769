"""Chapter 1 of the specification: names of inputs, and eight-bit values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["content_id", "digest", "nearest", "of_bytes"]


def content_id(array: npt.NDArray[Any]) -> str:
    """
    Return the id of an input (RMQM-INP-002).

    Examples
    --------
    >>> content_id(np.arange(18, dtype="u1").reshape(1, 3, 6))[:16]
    'da3a92e3e9e05a7f'
    """
    shape = "x".join(str(length) for length in array.shape)
    header = f"rmqm-input/1 {array.dtype.kind}{array.dtype.itemsize} {shape}\n"
    values = array.astype(array.dtype.newbyteorder("<")).tobytes(order="C")
    return hashlib.sha256(header.encode("ascii") + values).hexdigest()


def digest(ids: Iterable[str]) -> str:
    """Return the name of a set of inputs (RMQM-INP-010)."""
    return hashlib.sha256("".join(f"{name}\n" for name in sorted(set(ids))).encode()).hexdigest()


def of_bytes(image: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return 8-bit values divided by 255, each rounded once (RMQM-INP-006)."""
    quotients = np.array([nearest(Fraction(v, 255), np.float32) for v in range(256)], "<f4")
    return np.asarray(quotients[image])


def nearest(value: Fraction, type_: type[np.floating[Any]]) -> Any:
    """Return the number of a floating type that is nearest to a fraction."""
    guess = type_(float(value))
    around = [np.nextafter(guess, type_(-np.inf)), guess, np.nextafter(guess, type_(np.inf))]
    return min(around, key=lambda candidate: abs(Fraction(float(candidate)) - value))
