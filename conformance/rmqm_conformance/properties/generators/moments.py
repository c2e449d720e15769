"""Own generators: mean, variance and distribution of many draws. RMQM-WN-010."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy import special

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.drawing import amount, draws, names
from rmqm_conformance.properties.generators.evidence import (
    accept,
    accept_cells,
    accept_count,
    accept_normal,
    accept_squares,
)
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

LEVELS: Final = (1, 2, 3, 4, 5, 7, 8, 10, 13, 16, 20, 25, 31, 32, 50, 63, 64, 75, 99, 100)
N_IDS: Final = 4


def _many(subject: Subject, effort: Effort, label: str, *, times: int = 1) -> Array:
    """Return many draws (ids, levels, values) of a few ids."""
    n = amount(subject, effort, times=times) // (N_IDS * len(LEVELS))
    ids = names(effort, N_IDS, label)
    parts = [draws(subject, [name], LEVELS, [n], seed=effort.seed) for name in ids]
    return np.concatenate(parts)


@statistic("RMQM-WN-010/moments", needs="noise", also="RMQM-WN-001 RMQM-WN-002")
def moments(subject: Subject, effort: Effort) -> None:
    """Very many draws have mean 0 and variance 1, together, at each level and for each id."""
    values = _many(subject, effort, "moments", times=3)  # one percent of variance shows
    parts = {"all levels": values}
    parts |= {f"level {level}": values[:, k] for k, level in enumerate(LEVELS)}
    parts |= {f"input {k}": values[k] for k in range(N_IDS)}
    for where, part in parts.items():
        mean, squares = float(part.mean()), float((part**2).sum())
        accept_normal(
            mean * np.sqrt(part.size), f"the mean of {part.size} draws at {where} is {mean:.5f}"
        )
        accept_squares(squares, part.size, f"the variance of {part.size} draws at {where}")

    for order, name in ((3, "skewness"), (4, "excess of kurtosis")):
        polynomial = special.eval_hermitenorm(order, values)
        z = polynomial.sum() / np.sqrt(math.factorial(order) * values.size)
        what = f"the {name} of {values.size} draws is {polynomial.mean():.4f}"
        accept_normal(z, what, among=100)  # the sum is nearly normal alone


@statistic("RMQM-WN-010/cells", needs="noise", also="RMQM-WN-001 RMQM-WN-006")
def cells(subject: Subject, effort: Effort) -> None:
    """Many draws are normal: by Kolmogorov and Smirnov, and in 64 equally probable cells."""
    shares = np.sort(special.ndtr(_many(subject, effort, "cells").ravel()))
    n = shares.size
    places = np.arange(n)
    distance = max(float((shares - places / n).max()), float(((places + 1) / n - shares).max()))
    p = special.kolmogorov(np.sqrt(n) * distance)
    accept(p, f"the distribution of {n} draws is {distance:.5f} from the normal one")
    accept_cells(np.bincount((shares * 64).astype(int), minlength=64)[:64], f"{n} draws")


@statistic("RMQM-WN-010/tails", needs="noise", also="RMQM-WN-001 RMQM-WN-006")
def tails(subject: Subject, effort: Effort) -> None:
    """As many draws lie beyond 1, 2, 3, 3.5 and 4 deviations, on either side, as of normal ones."""
    values = _many(subject, effort, "tails", times=2).ravel()
    for limit in (1.0, 2.0, 3.0, 3.5, 4.0):
        beyond = limit * (1 + 1e-9)  # draws that are cut at the limit are not beyond it
        share = float(special.ndtr(-limit))
        above, below = int((values > beyond).sum()), int((values < -beyond).sum())
        accept_count(above, values.size, share, f"draws are above {limit:g}")
        accept_count(below, values.size, share, f"draws are below {-limit:g}")
        accept_count(above + below, values.size, 2 * share, f"draws are beyond {limit:g}")


CHECKS = (moments, cells, tails)
