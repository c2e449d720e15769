"""Train and test inputs, pooled, and what a regression demands of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import ShapeError, UsageError

__all__ = [
    "kept_rows",
    "pooled",
    "require_enough",
    "require_finite",
    "require_spread",
    "sizes",
    "standardised",
]

_LEAST: Final = 4
"""Inputs that each split must keep: with fewer, little is left to judge its line by."""


def pooled(name: str, train: AnyArray, test: AnyArray) -> tuple[Float64Array, BoolArray]:
    """Return the numbers of all inputs, train first, and which of them are of test."""
    parts = [np.asarray(train), np.asarray(test)]
    for split, part in zip(("train", "test"), parts, strict=True):
        if part.ndim != 1 or part.dtype.kind not in "fiu":
            raise ShapeError(
                "SPC004",
                f"{name}_{split} must be a number for each input, of shape (N,); got {part.dtype} "
                f"of shape {part.shape}",
                fix="Give a one-dimensional array.",
            )
    is_test = np.repeat([False, True], [len(part) for part in parts])
    return np.concatenate(parts).astype(np.float64), is_test


def kept_rows(train: BoolArray | None, test: BoolArray | None, is_test: BoolArray) -> BoolArray:
    """Return which inputs stay, of all: by default every one."""
    n_test = int(np.count_nonzero(is_test))
    n_train = len(is_test) - n_test
    kept = [
        np.ones(n, dtype=bool) if given is None else np.asarray(given, dtype=bool)
        for given, n in ((train, n_train), (test, n_test))
    ]
    if kept[0].shape != (n_train,) or kept[1].shape != (n_test,):
        raise ShapeError(
            "SPC004",
            f"kept_train and kept_test must say of each input whether it stays, {n_train} and "
            f"{n_test}; got shapes {kept[0].shape} and {kept[1].shape}",
            fix="Give a truth value for each input.",
        )
    return np.concatenate(kept)


def sizes(is_test: BoolArray) -> str:
    """Return the numbers of inputs of train and of test, in words."""
    n_test = int(np.count_nonzero(is_test))
    return f"{len(is_test) - n_test} and {n_test}"


def require_finite(name: str, values: Float64Array) -> None:
    """Refuse values that are not finite: SPC005."""
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise UsageError(
            "SPC005",
            f"the {name} of a regression must be finite; got {values[bad[0]]} at row {bad[0]} of "
            f"train and test pooled, and {len(bad)} such value(s) in all",
            fix="A log volume of -inf belongs to a singular Jacobian: leave such inputs out by "
            "kept_train and kept_test, or use the trace.",
        )


def require_enough(kept: BoolArray, is_test: BoolArray) -> None:
    """Refuse a split that keeps too few inputs: SPC006."""
    for split, rows in (("train", ~is_test), ("test", is_test)):
        n, n_before = int(np.count_nonzero(kept & rows)), int(np.count_nonzero(rows))
        if n < _LEAST:
            is_smaller = n < n_before
            before = f", out of {n_before} before any were left out" if is_smaller else ""
            raise UsageError(
                "SPC006",
                f"a regression must have at least {_LEAST} inputs of each split; got {n} of "
                f"{split}{before}",
                fix="Give more inputs, or use the trace: it is defined for every input."
                if is_smaller
                else f"Give more {split} inputs.",
            )


def standardised(name: str, values: Float64Array, over: Float64Array) -> Float64Array:
    """Return z-scores by mean and population deviation of `over`; SPC007 if it does not vary."""
    spread = over.std()
    if spread <= 1e-12 * np.abs(over).max():
        raise UsageError(
            "SPC007",
            f"the {name} of a regression must vary; got {over[0]:g} for all {len(over)} inputs",
            fix="There is no slope to fit: where the network is linear, every input has the same "
            "Jacobian.",
        )
    scores: Float64Array = (values - over.mean()) / spread
    return scores


def require_spread(x: Float64Array, is_test: BoolArray) -> None:
    """Refuse a split in which x does not vary: SPC007."""
    for split, rows in (("train", x[~is_test]), ("test", x[is_test])):
        if np.ptp(rows) <= 1e-12 * np.ptp(x):
            raise UsageError(
                "SPC007",
                f"the x of a regression must vary within each split; got the same value for all "
                f"{len(rows)} inputs of {split}",
                fix="Give other inputs: this split has no slope.",
            )
