"""Own generators: draws of levels, ids, seeds and places are independent. RMQM-WN-010."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.drawing import amount, draws, names
from rmqm_conformance.properties.generators.evidence import (
    accept_cells,
    accept_normal,
    accept_squares,
)
from rmqm_conformance.properties.generators.independence import (
    accept_rows,
    joint_cells,
    size_scores,
)
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

N_ROWS: Final = 32
N_PARTS: Final = 16
IMAGES: Final = ((3, 16, 16), (1, 24, 18), (16, 12, 3))


@statistic("RMQM-WN-010/independent-levels", needs="noise", also="RMQM-WN-008")
def independent_levels(subject: Subject, effort: Effort) -> None:
    """The draws of a level are independent of those of the levels before it."""
    n = amount(subject, effort) // (2 * N_ROWS)
    levels = range(1, N_ROWS + 1)
    rows = draws(subject, names(effort, 1, "between levels"), levels, [n], seed=effort.seed)[0]
    accept_rows(rows, "levels")
    accept_rows(np.concatenate([rows[::2], rows[1::2]]), "every other level")


@statistic("RMQM-WN-010/independent-ids", needs="noise", also="RMQM-ALT-003")
def independent_ids(subject: Subject, effort: Effort) -> None:
    """The draws of an id are independent of those of other ids."""
    n = amount(subject, effort) // (4 * N_ROWS)
    rows = draws(subject, names(effort, N_ROWS, "between ids"), [4], [n], seed=effort.seed)[:, 0]
    accept_rows(rows, "ids")


@statistic("RMQM-WN-010/independent-seeds", needs="noise", also="RMQM-ALT-003")
def independent_seeds(subject: Subject, effort: Effort) -> None:
    """The draws of a seed are independent of those of the seeds before it."""
    n = amount(subject, effort) // (4 * N_ROWS)
    name = names(effort, 1, "between seeds")
    rows = [draws(subject, name, [4], [n], seed=seed)[0, 0] for seed in range(N_ROWS)]
    accept_rows(np.array(rows), "seeds")


@statistic("RMQM-WN-010/independent-values", needs="noise", also="RMQM-WN-005")
def independent_values(subject: Subject, effort: Effort) -> None:
    """The draws of an input are independent of each other: along, across and between channels."""
    for shape in IMAGES:
        n_rows = max(amount(subject, effort) // (3 * int(np.prod(shape))), 4)
        ids, levels = names(effort, n_rows // 4, "between values"), [1, 2, 8, 31]
        found = draws(subject, ids, levels, shape, seed=effort.seed)
        _accept_values(found.reshape(-1, int(np.prod(shape))), f"inputs {shape}")


def _accept_values(rows: Array, what: str) -> None:
    for values, kind in ((rows, "draws"), (size_scores(rows), "sizes of draws")):
        _accept_lags(values, f"{kind} of {what}")
    _accept_parts(rows, what)
    for apart in (1, 2):
        first, second = rows[:, :-apart], rows[:, apart:]
        for start in (0, apart):  # pairs that share no draw
            places = np.flatnonzero(np.arange(first.shape[1]) // apart % 2 == start // apart)
            pairs = joint_cells(first[:, places], second[:, places])
            accept_cells(pairs, f"pairs of draws of {what}, {apart} places apart")


def _accept_parts(rows: Array, what: str) -> None:
    """Judge mean and variance of each sixteenth of the inputs."""
    for place, part in enumerate(np.array_split(rows, N_PARTS, axis=1)):
        where = f"part {place + 1} of {N_PARTS} of {what}"
        mean = part.sum() / np.sqrt(part.size)
        accept_normal(mean, f"the mean of {where} is not 0", among=N_PARTS)
        accept_squares((part**2).sum(), part.size, f"the variance of {where}", among=N_PARTS)


def _accept_lags(rows: Array, what: str) -> None:
    """Judge the correlation of draws at every distance up to half of the input."""
    n = rows.shape[1]
    power = (np.abs(np.fft.rfft(rows, 2 * n, axis=1)) ** 2).sum(axis=0)
    products = np.fft.irfft(power, 2 * n)[1 : n // 2]
    counts = len(rows) * (n - np.arange(1, n // 2))
    found = products / np.sqrt(counts)
    lag = int(np.abs(found).argmax())
    share = products[lag] / counts[lag]
    what = f"{what}, {lag + 1} places apart, are correlated by {share:.4f}"
    accept_normal(found[lag], what, among=100 * len(found))  # the sums are nearly normal alone


CHECKS = (independent_levels, independent_ids, independent_seeds, independent_values)
