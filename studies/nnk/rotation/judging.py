"""Does the order by invariance follow the order by accuracy? Rank correlations, by the protocol."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from studies.analysis.rank_correlation import N_DRAWS, spearman
from studies.analysis.zoo_table import ZooTable
from studies.nnk.rotation.tasks import TASKS
from studies.training.recipe import UNTRAINED

__all__ = ["FAMILIES", "HEADLINE", "MEASURES", "PROBES", "draws_of_methods", "summary"]

Document = dict[str, Any]
Float64Array = npt.NDArray[np.float64]

MEASURES: Final = (
    "diameter",
    "neighbours",
    "diameter-any",
    "diameter-45",
    "diameter-90",
    "displacement",
    "relative-diameter",
    "relative-displacement",
)
PROBES: Final = ("ridge", "nnk")
HEADLINE: Final = {"class": -1, "quarter": 1}
"""The two tasks, and the sign that the source lets expect of the diameter."""

FAMILIES: Final = (
    ("nt-xent-crop", "nt-xent-turned-30", "nt-xent-turned"),
    ("cross-entropy", "cross-entropy-turned"),
    ("autoencoder", "autoencoder-turned"),
)
"""Methods that differ in nothing but the rotation of what they are shown, the least first."""

_TARGETS: Final = tuple(f"{task}_{probe}" for probe in PROBES for task in TASKS)
_ENDS: Final = (2.5, 97.5)


def summary(table: ZooTable) -> Document:
    """
    Return everything that the page says, from the table of encoders.

    Parameters
    ----------
    table : ZooTable
        A row per encoder.

    Returns
    -------
    dict
        ``methods`` has means over seeds; ``rho`` has, by measure and target, rho over the trained
        encoders with its interval, over all, and over the means of the methods; ``headline`` what
        the protocol asks.
    """
    methods = table.labels["method"]
    trained = methods != UNTRAINED
    measures, targets = table.stacked(MEASURES), _oriented(table)
    rho = spearman(measures[trained], targets[trained])
    of_all = spearman(measures, targets)
    of_methods = spearman(
        *(_means(each[trained], methods[trained]) for each in (measures, targets))
    )
    drawn = np.stack(
        [
            spearman(measures[trained][rows], targets[trained][rows])
            for rows in draws_of_methods(methods[trained], N_DRAWS)
        ]
    )
    low, high = np.percentile(drawn, _ENDS, axis=0)
    found = {
        measure: {
            target: {
                "rho": float(rho[row, column]),
                "interval": [float(low[row, column]), float(high[row, column])],
                "all": float(of_all[row, column]),
                "methods": float(of_methods[row, column]),
            }
            for column, target in enumerate(_TARGETS)
        }
        for row, measure in enumerate(MEASURES)
    }
    return {
        "encoders": len(methods),
        "trained": int(trained.sum()),
        "seen": int(table.columns["seen"].max()),
        "methods": _by_method(table),
        "rho": found,
        "headline": {task: found["diameter"][f"{task}_ridge"] for task in HEADLINE},
        "crosses": _crosses(found["diameter"]),
        "over_displacement": _over_displacement(rho, drawn),
    }


def draws_of_methods(
    methods: npt.NDArray[np.str_], n_draws: int, seed: int = 0
) -> list[npt.NDArray[np.intp]]:
    """
    Return rows of encoders for a bootstrap over methods: all encoders of a method come together.

    Parameters
    ----------
    methods : (K,) ndarray of str
        The method of each encoder.
    n_draws : int
        Number of draws.
    seed : int
        Of the draws.

    Examples
    --------
    >>> draws_of_methods(np.array(["a", "b", "a"]), 3)
    [array([1, 1]), array([1, 0, 2]), array([0, 2, 0, 2])]
    """
    groups = [np.flatnonzero(methods == one) for one in np.unique(methods)]
    random = np.random.default_rng(seed)
    chosen = random.integers(len(groups), size=(n_draws, len(groups)))
    return [np.concatenate([groups[one] for one in draw]) for draw in chosen]


def _oriented(table: ZooTable) -> Float64Array:
    """Return the targets (K, T), large where good: errors of angles with their sign turned."""
    values = table.stacked(_TARGETS)
    return values * np.where([one.startswith("angle") for one in _TARGETS], -1.0, 1.0)


def _means(values: Float64Array, methods: npt.NDArray[np.str_]) -> Float64Array:
    return np.stack([values[methods == one].mean(axis=0) for one in np.unique(methods)])


def _by_method(table: ZooTable) -> Document:
    """Return the mean over seeds of each column of numbers, by method."""
    methods = table.labels["method"]
    return {
        str(one): {
            "encoders": int((methods == one).sum()),
            **{
                name: float(values[methods == one].mean())
                for name, values in table.columns.items()
                if name not in {"seed", "seen", "size", "loss", "parameters"}
            },
        }
        for one in np.unique(methods)
    }


def _crosses(diameter: Document) -> str:
    """Return ``yes``, ``signs`` where an interval contains zero, or ``no``."""
    entries = [(sign, diameter[f"{task}_ridge"]) for task, sign in HEADLINE.items()]
    if any(sign * entry["rho"] <= 0 for sign, entry in entries):
        return "no"
    return "yes" if all(np.prod(entry["interval"]) > 0 for _, entry in entries) else "signs"


def _over_displacement(rho: Float64Array, drawn: Float64Array) -> Document:
    """Return how much further in the expected direction rho of the diameter is."""
    one, other = MEASURES.index("diameter"), MEASURES.index("displacement")
    entries = {}
    for task, sign in HEADLINE.items():
        column = _TARGETS.index(f"{task}_ridge")
        ends = np.percentile(sign * (drawn[:, one, column] - drawn[:, other, column]), _ENDS)
        entries[task] = {
            "difference": float(sign * (rho[one, column] - rho[other, column])),
            "interval": [float(end) for end in ends],
        }
    return entries
