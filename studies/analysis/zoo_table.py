"""The table of a study as arrays: encoders, their factors, measures and targets."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from attrs import frozen

__all__ = ["ZooTable", "read_table"]

FACTORS = ("architecture", "method", "size", "seed", "seen", "optimiser")
BASELINES = ("size", "parameters", "loss")
_ENDS = ("_1nn", "_probe", "_recall", "_map")
_TEXTS = ("architecture", "method", "optimiser", "regime", "source", "model")
_COUNTS = (":chance", ":left_out", ":left-out", ":rank-deficient")
"""Details of a measure that are no measures themselves."""

_NOT_MEASURES = {*FACTORS, *BASELINES, "rmqm_low", "rmqm_high", "encoder"}


@frozen(eq=False)
class ZooTable:
    """
    Encoders with all that is known of them.

    Parameters
    ----------
    names : tuple of str
        Names of K encoders.
    columns : dict of str to (K,) ndarray of float64
        Numbers by name; NaN where there is none.
    labels : dict of str to (K,) ndarray of str
        Architecture and training method, or what else there is in words.
    """

    names: tuple[str, ...]
    columns: dict[str, npt.NDArray[np.float64]]
    labels: dict[str, npt.NDArray[np.str_]]

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the accuracies."""
        return tuple(name for name in self.columns if name.endswith(_ENDS))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the label-free numbers, and of the static baselines."""
        kept = [
            name
            for name in self.columns
            if name not in {*_NOT_MEASURES, *self.targets} and not name.endswith(_COUNTS)
        ]
        return (*kept, *BASELINES)

    def stacked(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return columns side by side, (K, len(names))."""
        return np.stack([self.columns[name] for name in names], axis=1)

    def only(self, rows: npt.NDArray[np.bool_]) -> ZooTable:
        """Return the encoders of the rows (K,) that are true."""
        return ZooTable(
            tuple(name for name, kept in zip(self.names, rows, strict=True) if kept),
            {name: column[rows] for name, column in self.columns.items()},
            {name: column[rows] for name, column in self.labels.items()},
        )


def read_table(path: Path) -> ZooTable:
    """Read the CSV of a study; columns of text are `labels`."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [name for name in _TEXTS if name in rows[0]]
    columns = {
        name: np.array([float(row[name]) if row[name] else np.nan for row in rows])
        for name in rows[0]
        if name not in {"encoder", *texts}
    }
    labels = {name: np.array([row[name] for row in rows]) for name in texts}
    return ZooTable(tuple(row["encoder"] for row in rows), columns, labels)
