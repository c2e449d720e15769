"""NNK of each channel of a convolution: leave-one-out errors, and when its training stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.kernels import Cosine, Kernel
from rmqm_spec.nnk.neighbourhoods import all_neighbourhoods
from rmqm_spec.nnk.solving import Solver
from rmqm_spec.nnk.votes import are_wrong, class_votes

__all__ = ["N_CANDIDATES", "PATIENCE", "ChannelStopping", "channel_errors", "channel_rows"]

N_CANDIDATES: Final = 25
PATIENCE: Final = 20
"""Both as in CW-DeepNNK."""


def channel_rows(maps: AnyArray, channel: int) -> AnyArray:
    """
    Return the activations of a channel as rows, none of which is zero.

    Parameters
    ----------
    maps : (N, C, H, W) ndarray
        Output of a convolution.
    channel : int
        From 0 to C - 1.

    Returns
    -------
    (N, H W) or (N, H W + 1) ndarray
        Flattened activations. If a channel is silent for some inputs (all its values are 0), rows
        have a further value: 1 for these inputs, 0 for the others. Silent inputs are then copies of
        each other, at right angles to all others.

    Examples
    --------
    >>> maps = np.array([[[[0.0, 2.0]]], [[[0.0, 0.0]]]])
    >>> channel_rows(maps, 0).tolist()
    [[0.0, 2.0, 0.0], [0.0, 0.0, 1.0]]
    """
    rows = maps[:, channel].reshape(len(maps), -1)
    silent = ~rows.any(axis=1)
    return np.column_stack([rows, silent]).astype(rows.dtype) if silent.any() else rows


def channel_errors(
    maps: AnyArray,
    classes: AnyArray,
    k: int = N_CANDIDATES,
    *,
    channels: Sequence[int] | None = None,
    kernel: Kernel | None = None,
    solver: Solver = "exact",
) -> Float64Array:
    """
    Return the share of inputs that NNK in each channel, with the input left out, gets wrong.

    Parameters
    ----------
    maps : (N, C, H, W) ndarray
        Output of a convolution for N training inputs.
    classes : (N,) ndarray of int
        Their classes, from 0.
    k : int
        Number of candidates.
    channels : sequence of int, optional
        Which channels; by default all.
    kernel : Kernel, optional
        By default the cosine kernel.
    solver : {"exact", "reference"}
        As for `rmqm_spec.nnk.neighbourhoods`.

    Returns
    -------
    (C,) ndarray of float64
        From 0 to 1; NaN for the channels that were not asked for.

    Raises
    ------
    ShapeError
        ARG001 if `maps` does not have four axes.

    Notes
    -----
    Bonet, Ortega, Ruiz-Hidalgo and Shekkizhar, "Channel-Wise Early Stopping without a Validation
    Set via NNK Polytope Interpolation", APSIPA 2021. Their public code (CW-DeepNNK) searches
    candidates by the distance of activations that are not scaled, leaves copies of an input out
    besides the input itself, divides silent inputs by zero, and calls a query without neighbours
    class 0. Here candidates are those of the largest kernel values, copies are neighbours,
    silent inputs are as in `channel_rows`, and a query without neighbours counts as wrong. For
    maps of unit length without copies or silent inputs, errors are those of the public code, if its
    solver is used.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> classes = np.arange(40) % 2
    >>> maps = random.random((40, 2, 3, 3))
    >>> maps[:, 1] += 9 * classes[:, None, None] * np.eye(3)
    >>> errors = channel_errors(maps, classes, k=10)
    >>> bool(errors[0] > 0.2), float(errors[1])
    (True, 0.0)
    """
    maps = np.asarray(maps)
    if maps.ndim != 4:
        raise ShapeError(
            "ARG001",
            f"maps must have the axes inputs, channels, height, width; got shape {maps.shape}",
            fix="Take the output of a convolution, before it is flattened or averaged.",
        )
    classes = np.asarray(classes)
    kernel = Cosine() if kernel is None else kernel
    errors = np.full(maps.shape[1], np.nan)
    for channel in range(maps.shape[1]) if channels is None else channels:
        rows = channel_rows(maps, channel)
        own = np.arange(len(rows))
        found = all_neighbourhoods(rows, rows, k, kernel=kernel, own=own, solver=solver)
        votes = class_votes(found.indices, found.shares, classes, int(classes.max()) + 1)
        errors[channel] = are_wrong(votes, classes).mean()
    return errors


class ChannelStopping:
    """
    Decides by its leave-one-out error when the training of each channel stops.

    A channel stops when its error has not fallen below its best `patience` times in a row. Its best
    weights are those of the update `best_at`; training ends when all channels have stopped.

    Parameters
    ----------
    n_channels : int
        C.
    patience : int
        At least 1.

    Raises
    ------
    UsageError
        ARG001 for numbers below 1.

    Notes
    -----
    As CW-DeepNNK (see `channel_errors`), whose ``main.py`` lowers the patience of a channel where
    ``best <= error`` and restores it otherwise.

    Examples
    --------
    >>> stopping = ChannelStopping(2, patience=2)
    >>> for errors in ([0.5, 0.5], [0.4, 0.5], [0.3, 0.6]):
    ...     running = stopping.update(errors)
    >>> running.tolist(), stopping.best.tolist(), stopping.best_at.tolist()
    ([True, False], [0.3, 0.5], [2, 0])
    """

    def __init__(self, n_channels: int, patience: int = PATIENCE) -> None:
        for name, value in (("n_channels", n_channels), ("patience", patience)):
            if value < 1:
                raise UsageError(
                    "ARG001", f"{name} must be at least 1; got {value}", fix="Give a number from 1."
                )
        self.best: Float64Array = np.full(n_channels, np.inf)
        """The smallest error of each channel, (C,)."""
        self.best_at: Positions = np.full(n_channels, -1)
        """The update, counted from 0, with that error, (C,)."""
        self._patience = patience
        self._left = np.full(n_channels, patience)
        self._n_updates = 0

    @property
    def running(self) -> BoolArray:
        """Which channels still train, (C,)."""
        return np.asarray(self._left > 0)

    @property
    def is_done(self) -> bool:
        """Whether all channels have stopped."""
        return not self.running.any()

    def update(self, errors: Sequence[float] | Float64Array) -> BoolArray:
        """
        Take the errors (C,) after a further epoch; return which channels still train, (C,).

        Errors of stopped channels are not looked at: they may be NaN.

        Raises
        ------
        UsageError
            ARG001 if the error of a running channel is missing or not from 0 to 1.
        """
        errors = np.asarray(errors, dtype=np.float64)
        running = self.running
        if (
            errors.shape != running.shape
            or not ((errors[running] >= 0) & (errors[running] <= 1)).all()
        ):
            raise UsageError(
                "ARG001",
                f"errors must be one from 0 to 1 for each of the {running.sum()} channels that "
                f"train, of {len(running)}; got {errors.tolist()}",
                fix="Give channel_errors(maps, classes, channels=np.flatnonzero(running)).",
            )
        improved = running & (errors < np.where(running, self.best, -np.inf))
        self.best[improved] = errors[improved]
        self.best_at[improved] = self._n_updates
        self._left[improved] = self._patience
        self._left[~improved] -= 1
        self._n_updates += 1
        return self.running
