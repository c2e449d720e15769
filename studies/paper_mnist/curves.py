"""Displacement and relative change, level by level, of every encoder: one CSV per curve."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rmqm_spec.arrays import Float64Array
from studies.paper_mnist.measuring import curves_file
from studies.training.recipe import Recipe

__all__ = ["read_curves", "write_curves"]

_DIGITS = 5


def write_curves(recipes: Sequence[Recipe], work: Path, results: Path) -> None:
    """
    Write ``CURVE.csv`` with a row per encoder and a column per level; rows there already stay.

    Parameters
    ----------
    recipes : sequence of Recipe
        The encoders of the study; those measured in this working folder are written.
    work, results : Path
        The working folder, and the folder of the results.
    """
    kept: dict[str, dict[str, list[str]]] = {}
    measured = [recipe for recipe in recipes if curves_file(work, recipe).exists()]
    for recipe in measured:
        with np.load(curves_file(work, recipe), allow_pickle=False) as curves:
            for name in curves:
                path = results / f"{name}.csv"
                rows = kept.setdefault(name, _rows(path) if path.exists() else {})
                rows[recipe.name] = [f"{value:.{_DIGITS}g}" for value in curves[name]]
    for name, rows in kept.items():
        with (results / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            n_levels = len(next(iter(rows.values())))
            writer.writerow(["encoder", *range(1, n_levels + 1)])
            writer.writerows([encoder, *values] for encoder, values in sorted(rows.items()))


def read_curves(path: Path) -> dict[str, Float64Array]:
    """Return the curves of a file of `write_curves` by encoder, each (J,)."""
    return {name: np.array(values, dtype=np.float64) for name, values in _rows(path).items()}


def _rows(path: Path) -> dict[str, list[str]]:
    with path.open(newline="") as file:
        return {row[0]: row[1:] for row in list(csv.reader(file))[1:]}
