"""The statistics of the protocol, from the table of encoders."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from studies.analysis.rank_correlation import bootstrap, spearman, worst_where_undefined
from studies.analysis.zoo_table import ZooTable
from studies.paper_mnist.design import METHODS, OPTIMISERS
from studies.paper_mnist.measuring import ALTERATIONS, VARIANTS
from studies.paper_mnist.paper import TABLE_1, WEIGHTS
from studies.paper_mnist.pooled import (
    ablation,
    fitted_weights,
    normalised_accuracy,
    pooled_interval,
    pooled_r,
    terms_of,
    weighted_score,
)
from studies.training.recipe import UNTRAINED

__all__ = ["POOLED_AS_IN_THE_PAPER", "RANK_SUMS", "TRANSFER", "judged"]

BoolArray = npt.NDArray[np.bool_]

POOLED_AS_IN_THE_PAPER: Final = {
    "neighbours": ("kmnist_1nn", "omniglot_1nn"),
    "probe": ("kmnist_probe",),
    "both": ("kmnist_1nn", "omniglot_1nn", "kmnist_probe"),
}
"""Targets of a pooled correlation; the paper leaves Omniglot out for the probe."""

TRANSFER: Final = {
    kind: tuple(f"{task}_{kind}" for task in ("kmnist", "fashion", "omniglot"))
    for kind in ("1nn", "probe")
}
_FIRST_SIZES: Final = (16, 64, 256)

RANK_SUMS: Final[tuple[dict[str, float], ...]] = (
    {"rmqm": 1.0},
    {"rankme": 1.0},
    {"rankme": 1.0, "coding-rate": 1.0, "relative-displacement:at-0.5": -1.0},
    {"rmqm": 1.0, "rankme": 1.0},
    {"rmqm": 1.0, "rankme": 1.0, "neighbour-agreement": 1.0},
)
"""Measures with their signs, whose ranks are added; the two alone are there to compare with."""


def judged(table: ZooTable) -> dict[str, Any]:
    """Return all that the protocol asks of a table of trained and untrained encoders."""
    is_trained = table.labels["method"] != UNTRAINED
    trained = table.only(is_trained)
    return {
        "trained": len(trained.names),
        "untrained": int((~is_trained).sum()),
        "characteristics": _by_method(table),
        "pooled": _pooled(trained, "trained") + _pooled(table, "with untrained"),
        "within_task": _within_task(trained),
        "rank_sums": _rank_sums(trained),
        "within_task_with_untrained": _within_task(table),
        "ablation": ablation(terms_of(trained), _accuracy(trained, "neighbours")),
        "weights": _weights(trained),
    }


def _accuracy(table: ZooTable, kind: str) -> npt.NDArray[np.float64]:
    return normalised_accuracy(table, POOLED_AS_IN_THE_PAPER[kind])


def _by_method(table: ZooTable) -> list[dict[str, Any]]:
    """Return mean and standard deviation of D, D_RC and P_RC, and whether D is the paper's."""
    entries = []
    for method, alteration, variant in product((UNTRAINED, *METHODS), ALTERATIONS, VARIANTS):
        rows = table.labels["method"] == method
        if not rows.any():
            continue
        entry: dict[str, Any] = {"method": method, "alteration": alteration, "variant": variant}
        for name in ("D", "D_RC", "P_RC", "rmqm"):
            values = table.columns[f"{variant}_{alteration}_{name}"][rows]
            entry[name] = _mean_and_deviation(values)
        if method in TABLE_1:
            mean, spread = TABLE_1[method][alteration]
            ours, ours_spread = entry["D"]
            entry["paper_D"] = [mean, spread]
            entry["agrees"] = bool(abs(mean - ours) <= spread + ours_spread)
        entries.append(entry)
    return entries


def _mean_and_deviation(values: npt.NDArray[np.float64]) -> list[float]:
    known = values[~np.isnan(values)]
    return [float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else 0.0]


def _pooled(table: ZooTable, encoders: str) -> list[dict[str, Any]]:
    entries = []
    for variant, (kind, targets) in product(VARIANTS, POOLED_AS_IN_THE_PAPER.items()):
        fashion = tuple(f"fashion_{end}" for end in ("1nn", "probe") if _has(targets, end))
        for tasks, chosen in (("paper", targets), ("with Fashion-MNIST", (*targets, *fashion))):
            score = table.columns[f"{variant}_noise_rmqm"]
            known = table.only(~np.isnan(score))
            accuracy = normalised_accuracy(known, chosen)
            scores = score[~np.isnan(score)]
            entries.append(
                {
                    "encoders": encoders,
                    "variant": variant,
                    "kind": kind,
                    "tasks": tasks,
                    "r": pooled_r(scores, accuracy),
                    "interval": list(pooled_interval(scores, accuracy)),
                }
            )
    return entries


def _has(targets: tuple[str, ...], end: str) -> bool:
    return any(target.endswith(end) for target in targets)


def _within_task(table: ZooTable) -> list[dict[str, Any]]:
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


def _rank_sums(table: ZooTable) -> list[dict[str, Any]]:
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


def _halves(table: ZooTable) -> dict[str, BoolArray]:
    """Return which encoders the weights are fitted on, by a name that says so."""
    is_adam = table.labels["optimiser"] == "adam"
    is_first = np.isin(table.columns["size"], _FIRST_SIZES)
    return {
        "Adam, judged on SGD": is_adam,
        "SGD, judged on Adam": ~is_adam,
        "sizes 16, 64, 256, judged on the others": is_first,
        "sizes 32, 128, 512, judged on the others": ~is_first,
    }


def _weights(table: ZooTable) -> list[dict[str, Any]]:
    terms, accuracy = terms_of(table), _accuracy(table, "neighbours")
    known = ~np.isnan(terms).any(axis=1)
    entries = []
    for name, rows in _halves(table).items():
        fit, test = rows & known, ~rows & known
        if min(fit.sum(), test.sum()) < 3:
            continue
        weights = fitted_weights(terms[fit], accuracy[fit])
        kinds = {"fitted": weights, "unweighted": (1.0, 1.0, 1.0), "equation 6": WEIGHTS}
        entries.append(
            {
                "fitted_on": name,
                "weights": list(weights),
                "r_fitted_on": pooled_r(weighted_score(terms[fit], weights), accuracy[fit]),
                "r_judged": {
                    kind: pooled_r(weighted_score(terms[test], values), accuracy[test])
                    for kind, values in kinds.items()
                },
            }
        )
    return entries
