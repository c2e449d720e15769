"""Checks of the arguments that all alterations share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.identity import content_id

__all__ = ["as_floats", "check_levels_seed_bounds", "checked_ids", "checked_inputs", "require"]


def as_floats(bounds: Bounds) -> Bounds:
    """Return bounds as two Python floats."""
    low, high = bounds
    return float(low), float(high)


def require(rule: str, value: object, holds: bool) -> None:
    """Raise `UsageError` if a rule does not hold for an argument."""
    if not holds:
        raise UsageError("ARG001", f"{rule}; got {value!r}", fix="Correct the argument.")


def check_levels_seed_bounds(n_levels: int, seed: int, bounds: Bounds) -> None:
    """Check the parameters that every alteration has."""
    low, high = bounds
    require("n_levels must be an integer", n_levels, _is_integer(n_levels))
    require("n_levels must be at least 1", n_levels, n_levels >= 1)
    require("seed must be an integer", seed, _is_integer(seed))
    require("seed must be at least 0", seed, seed >= 0)
    require("bounds must be finite with low < high", bounds, -np.inf < low < high < np.inf)


def checked_ids(given: AnyArray, ids: Sequence[str] | None) -> list[str]:
    """Return the name of each input, by default the hash of its content as it was given."""
    names = [content_id(values) for values in given] if ids is None else list(ids)
    if len(names) != len(given):
        raise ShapeError(
            "ARG001",
            f"ids must name each of the {len(given)} inputs; got {len(names)} ids",
            fix="Give one id per input, or leave ids out.",
        )
    return names


def checked_inputs(inputs: AnyArray, bounds: Bounds) -> FloatArray:
    """Return inputs as a floating array within `bounds`, (N, *S), else raise `UsageError`."""
    inputs = np.asarray(inputs)
    if inputs.ndim < 2 or inputs.size == 0:
        raise ShapeError(
            "ARG001",
            f"inputs must have shape (N, *S) with N >= 1; got {inputs.shape}",
            fix="Put the inputs along a first axis.",
        )
    if inputs.dtype.kind not in "fiub":
        raise UsageError(
            "ARG001",
            f"inputs must be real numbers; got {inputs.dtype}",
            fix="Convert them to float.",
        )
    given = inputs  # held against the bounds in its own type: RMQM-INP-008
    kept = inputs.dtype.newbyteorder("=") in (np.float32, np.float64)
    inputs = inputs.astype(inputs.dtype.newbyteorder("=") if kept else np.float64, copy=False)
    low, high = bounds
    with np.errstate(over="ignore"):  # bounds can lie beyond all numbers of a narrow type
        within = given.min() >= low and given.max() <= high
    if not within:
        raise UsageError(
            "DAT010",
            f"inputs must lie in the bounds [{low}, {high}]; "
            f"got values from {inputs.min()} to {inputs.max()}",
            fix="Divide 8-bit images by 255, or declare the bounds of the inputs.",
        )
    return inputs


def _is_integer(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
