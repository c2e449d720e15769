"""Own generators: draws are as uneven as chance is, and those of short inputs are normal, too."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.drawing import amount, draws, is_own, names
from rmqm_conformance.properties.generators.evidence import (
    accept_cells,
    accept_normal,
    accept_squares,
)
from rmqm_conformance.properties.generators.independence import accept_rows
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

LENGTHS: Final = (16, 100, 256, 1024)
SHORT: Final = ((1,), (2,), (3,), (1, 2, 2), (5,), (7,), (1, 3, 3), (17,))
N_CELLS: Final = 8


def _accept_unevenness(rows: Array, what: str) -> None:
    """Judge how far means, variances and counts of rows (R, P) are from what is expected."""
    n_rows, n = rows.shape
    means = rows.sum(axis=1) / np.sqrt(n)
    accept_squares(means @ means, n_rows, f"the mean square of the means of {what}")
    below = special.chdtr(n, (rows**2).sum(axis=1))
    variances = special.ndtri(np.clip(below, 1e-16, 1 - 1e-16))
    accept_squares(variances @ variances, n_rows, f"the scatter of the variances of {what}")
    places = (special.ndtr(rows) * N_CELLS).astype(int) + N_CELLS * np.arange(n_rows)[:, None]
    counts = np.bincount(places.ravel(), minlength=N_CELLS * n_rows)
    uneven = float(((counts - n / N_CELLS) ** 2).sum() / (n / N_CELLS))
    accept_squares(uneven, n_rows * (N_CELLS - 1), f"the unevenness of the values of {what}")


@statistic("RMQM-WN-010/uneven-as-chance", needs="noise", also="RMQM-WN-001")
def uneven_as_chance(subject: Subject, effort: Effort) -> None:
    """Inputs are neither centred, scaled nor filled evenly: draws scatter as chance has it."""
    for length in LENGTHS if is_own(subject) else LENGTHS[:2]:
        ids, levels = names(effort, 2, f"chance/{length}"), range(1, 102)
        found = draws(subject, ids, levels, [length], seed=effort.seed)
        _accept_unevenness(found.reshape(-1, length), f"inputs of {length} values")
        places = np.moveaxis(found, 2, 1).reshape(-1, len(levels))
        _accept_unevenness(places, f"{len(levels)} levels of a value")


@statistic("RMQM-WN-010/short-inputs", needs="noise", also="RMQM-WN-001 RMQM-WN-005")
def short_inputs(subject: Subject, effort: Effort) -> None:
    """The draws of inputs of few values are normal at every place, the first and the last one."""
    n_ids = min(amount(subject, effort) // 12_000, 100) if is_own(subject) else 5
    levels = range(1, 26 if is_own(subject) else 12)
    for shape in SHORT:
        found = draws(
            subject, names(effort, n_ids, f"short/{len(shape)}"), levels, shape, seed=effort.seed
        )
        rows = found.reshape(-1, int(np.prod(shape)))
        what = f"inputs {shape}"
        accept_cells(np.bincount((special.ndtr(rows) * 32).astype(int).ravel(), minlength=32), what)
        _accept_places(rows, what)
        if rows.shape[1] > 1:
            accept_rows(rows.T, f"places of {what}")


def _accept_places(rows: Array, what: str) -> None:
    """Judge mean, variance and succession of the draws of each place."""
    n_rows, n = rows.shape
    for place in range(n):
        drawn = rows[:, place]
        where = f"place {place} of {n_rows} {what}"
        accept_normal(drawn.sum() / np.sqrt(n_rows), f"the mean at {where} is not 0", among=n)
        accept_squares(drawn @ drawn, n_rows, f"the variance at {where}", among=n)
        successive = float(drawn[:-1] @ drawn[1:]) / np.sqrt(n_rows - 1)
        accept_normal(successive, f"successive draws at {where} are correlated", among=100 * n)


CHECKS = (uneven_as_chance, short_inputs)
