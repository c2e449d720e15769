"""The range of values: what it is by nature, what was declared, and whether it is kept."""

from __future__ import annotations

import math

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.range_advice import advice_on_range

__all__ = ["check_value_range", "natural_range", "to_unit_range", "within_range"]

_BYTE_RANGE = (0.0, 255.0)
_UNIT_RANGE = (0.0, 1.0)


def check_value_range(value_range: Bounds) -> Bounds:
    """
    Return a declared range as two finite floats, low < high.

    Raises
    ------
    UsageError
        DAT014 if it is anything else.

    Examples
    --------
    >>> check_value_range((0, 255))
    (0.0, 255.0)
    """
    try:
        low, high = (float(end) for end in value_range)
    except (TypeError, ValueError):
        low = high = math.nan
    if math.isfinite(low) and math.isfinite(high) and low < high:
        return low, high
    raise UsageError(
        "DAT014",
        f"range must be two finite numbers LOW,HIGH with LOW < HIGH; got {value_range!r}",
        fix="Give the values of black and white, for example --range 0,255.",
    )


def natural_range(dtype: np.dtype[np.generic]) -> Bounds | None:
    """
    Return the range that a type implies: 0 to 255 for uint8, 0 to 1 for bool and float.

    Examples
    --------
    >>> natural_range(np.dtype("u1")), natural_range(np.dtype("f4")), natural_range(np.dtype("i8"))
    ((0.0, 255.0), (0.0, 1.0), None)
    """
    if dtype == np.uint8:
        return _BYTE_RANGE
    return _UNIT_RANGE if dtype.kind in "bf" else None


def within_range(values: AnyArray, value_range: Bounds, name: str) -> FloatArray:
    """
    Return values as floats, after a check that all of them are finite and in range.

    Parameters
    ----------
    values : (*S) ndarray
        One input.
    value_range : tuple of float
        Declared range, (low, high), both included.
    name : str
        What error messages call the input.

    Returns
    -------
    (*S) ndarray
        A copy; float64 if the values were, float32 otherwise.

    Raises
    ------
    UnreadableError
        DAT011 if a value is NaN or infinite.
    UsageError
        DAT010 if a value lies outside the range.

    Examples
    --------
    >>> within_range(np.array([0, 255], dtype=np.uint8), (0, 255), "row")
    array([  0., 255.], dtype=float32)
    """
    low, high = value_range
    smallest, largest = (float(values.min()), float(values.max())) if values.size else value_range
    if not (math.isfinite(smallest) and math.isfinite(largest)):
        raise _not_finite(values, value_range, name)
    if smallest < low or largest > high:
        raise UsageError(
            "DAT010",
            f"values of {name} must lie in [{low:g}, {high:g}];"
            f" got values from {smallest:g} to {largest:g}",
            fix=advice_on_range((smallest, largest), value_range),
        )
    return values.astype(np.float64 if values.dtype.itemsize == 8 else np.float32)


def to_unit_range(image: AnyArray, value_range: Bounds | None, name: str) -> AnyArray:
    """
    Map the values of an image linearly from their range to [0, 1].

    Parameters
    ----------
    image : (H, W, C) ndarray
        Raw image.
    value_range : tuple of float or None
        The values of (black, white); None for the natural range of the type.
    name : str
        What error messages call the image.

    Returns
    -------
    (H, W, C) ndarray
        float32 in [0, 1]; uint8 in its natural range is returned as it is, so that it is resized
        as uint8.

    Raises
    ------
    UnreadableError, UsageError
        See `within_range`.

    Examples
    --------
    >>> to_unit_range(np.array([-1.0, 0.0, 1.0]), (-1, 1), "row")
    array([0. , 0.5, 1. ], dtype=float32)
    """
    value_range = value_range or natural_range(image.dtype) or _UNIT_RANGE
    if image.dtype == np.uint8 and value_range == _BYTE_RANGE:
        return image
    values, (low, high) = within_range(image, value_range, name), value_range
    if value_range != _UNIT_RANGE:
        values = (values.astype(np.float64) - low) / (high - low)
    return values.astype(np.float32, copy=False)


def _not_finite(values: AnyArray, value_range: Bounds, name: str) -> UnreadableError:
    low, high = value_range
    count = np.count_nonzero(~np.isfinite(values))
    return UnreadableError(
        "DAT011",
        f"values of {name} must be finite and lie in [{low:g}, {high:g}];"
        f" got {count} of {values.size} that are NaN or infinite",
        fix="Leave this input out, or repair what wrote it.",
    )
