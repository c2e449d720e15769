"""How well measures, and sums of their ranks, order the encoders within a task."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from studies.analysis.rank_correlation import bootstrap, spearman, worst_where_undefined
from studies.analysis.zoo_table import ZooTable
from studies.paper_mnist.design import OPTIMISERS

__all__ = ["RANK_SUMS", "TRANSFER", "rank_sums", "within_task"]

TRANSFER: Final = {
    kind: tuple(f"{task}_{kind}" for task in ("kmnist", "fashion", "omniglot"))
    for kind in ("1nn", "probe")
}

RANK_SUMS: Final[tuple[dict[str, float], ...]] = (
    {"rmqm": 1.0},
    {"rankme": 1.0},
    {"rankme": 1.0, "coding-rate": 1.0, "relative-displacement:at-0.5": -1.0},
    {"rmqm": 1.0, "rankme": 1.0},
    {"rmqm": 1.0, "rankme": 1.0, "neighbour-agreement": 1.0},
)
"""Measures with their signs, whose ranks are added; the two alone are there to compare with."""


def within_task(table: ZooTable) -> list[dict[str, Any]]:
    """Return Spearman's rho of every measure with every transfer task, the largest first."""
    names = [name for name in table.measures if not np.isnan(table.columns[name]).any()]
    columns = table.stacked(names)
    entries: list[dict[str, Any]] = [
        {"measure": name, "distinct": len(np.unique(table.columns[name]))} for name in names
    ]
    for kind, targets in TRANSFER.items():
        accuracy = table.stacked(targets)
        rho = spearman(columns, accuracy)
        low, high = np.quantile(bootstrap(columns, accuracy).mean(axis=2), [0.025, 0.975], axis=0)
        sized = _inside(columns, accuracy, table.columns["size"])
        optimised = {
            name: spearman(columns[rows], accuracy[rows]).mean(axis=1)
            for name in OPTIMISERS
            if (rows := table.labels["optimiser"] == name).sum() > 2
        }
        own = spearman(columns, table.stacked([f"mnist_{kind}"]))[:, 0]
        for place, entry in enumerate(entries):
            entry[kind] = {
                "tasks": dict(zip(targets, rho[place].tolist(), strict=True)),
                "mean": float(rho[place].mean()),
                "interval": [float(low[place]), float(high[place])],
                "within_size": float(sized[place]),
                "own_domain": float(own[place]),
                **{name: float(values[place]) for name, values in optimised.items()},
            }
    return sorted(entries, key=lambda entry: -abs(entry["1nn"]["mean"]))


def rank_sums(table: ZooTable) -> list[dict[str, Any]]:
    """Return rho of sums of ranks of several measures, and of RMQM and RankMe alone."""
    entries = []
    for measures in RANK_SUMS:
        if any(name not in table.columns for name in measures):
            continue
        ranks = [
            rankdata(worst_where_undefined(table.columns[name], sign))
            for name, sign in measures.items()
        ]
        total = np.sum(ranks, axis=0)[:, None]
        entry: dict[str, Any] = {"measures": list(measures)}
        for kind, targets in TRANSFER.items():
            accuracy = table.stacked(targets)
            low, high = np.quantile(bootstrap(total, accuracy).mean(axis=(1, 2)), [0.025, 0.975])
            entry[kind] = {
                "mean": float(spearman(total, accuracy).mean()),
                "interval": [float(low), float(high)],
                "within_size": float(_inside(total, accuracy, table.columns["size"])[0]),
            }
        entries.append(entry)
    return entries


def _inside(
    columns: npt.NDArray[np.float64],
    accuracy: npt.NDArray[np.float64],
    groups: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    found = [
        spearman(columns[groups == group], accuracy[groups == group]).mean(axis=1)
        for group in np.unique(groups)
    ]
    return np.asarray(np.mean(found, axis=0))
