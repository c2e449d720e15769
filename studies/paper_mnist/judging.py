"""The statistics of the protocol, from the table of encoders."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from studies.analysis.zoo_table import ZooTable
from studies.paper_mnist.design import METHODS
from studies.paper_mnist.measuring import ALTERATIONS, VARIANTS
from studies.paper_mnist.ordering import rank_sums, within_task
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

__all__ = ["POOLED_AS_IN_THE_PAPER", "judged"]

BoolArray = npt.NDArray[np.bool_]

POOLED_AS_IN_THE_PAPER: Final = {
    "neighbours": ("kmnist_1nn", "omniglot_1nn"),
    "probe": ("kmnist_probe",),
    "both": ("kmnist_1nn", "omniglot_1nn", "kmnist_probe"),
}
"""Targets of a pooled correlation; the paper leaves Omniglot out for the probe."""

_FIRST_SIZES: Final = (16, 64, 256)


def judged(table: ZooTable) -> dict[str, Any]:
    """Return all that the protocol asks of a table of trained and untrained encoders."""
    is_trained = table.labels["method"] != UNTRAINED
    trained = table.only(is_trained)
    return {
        "trained": len(trained.names),
        "untrained": int((~is_trained).sum()),
        "characteristics": _by_method(table),
        "pooled": _pooled(trained, "trained") + _pooled(table, "with untrained"),
        "within_task": within_task(trained),
        "rank_sums": rank_sums(trained),
        "within_task_with_untrained": within_task(table),
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
