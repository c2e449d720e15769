"""The protocol's statistics: how the measures order the encoders of each part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from studies.analysis.rank_correlation import (
    bootstrap,
    differences,
    spearman,
    worst_where_undefined,
)
from studies.analysis.zoo_table import ZooTable

__all__ = ["PREDICTOR", "TARGETS", "checkpoints_summary", "encoders_summary"]

Float64Array = npt.NDArray[np.float64]

PREDICTOR: Final = "predictor"
"""Name of the sum of ranks that studies/architectures chose."""

TARGETS: Final = tuple(
    f"{task}_{kind}"
    for task in ("caltech101", "cifar10")
    for kind in ("1nn", "probe", "recall", "map")
)
_CHOSEN: Final = Path(__file__).parents[1] / "architectures" / "results" / "analysis.json"
_SEEN_FROM: Final = 0.7


def _oriented(table: ZooTable, rows: npt.NDArray[np.bool_]) -> tuple[list[str], Float64Array]:
    """
    Return the measures, signed as on MNIST, and the predictor last, for some encoders.

    What has no value for any of them is left out.
    """
    chosen = json.loads(_CHOSEN.read_text(encoding="utf-8"))
    sign = {entry["measure"]: entry["sign"] for entry in chosen["measures"]}
    names = [
        name
        for name in sign
        if name in table.columns and not np.isnan(table.columns[name][rows]).all()
    ]
    columns = np.stack(
        [worst_where_undefined(table.columns[name][rows], sign[name]) for name in names], axis=1
    )
    parts = [names.index(name) for name in chosen["predictor"]["measures"]]
    total = rankdata(columns[:, parts], axis=0).sum(axis=1, keepdims=True)
    return [*names, PREDICTOR], np.concatenate([columns, total], axis=1)


def encoders_summary(table: ZooTable, group: str | None = None) -> dict[str, Any]:
    """
    Return for every measure and target rho, its interval, and the difference to RMQM.

    Parameters
    ----------
    table : ZooTable
        Encoders that are independent of one another.
    group : str, optional
        A label; the mean rho within its groups is given too.
    """
    everyone = np.ones(len(table.names), bool)
    names, columns = _oriented(table, everyone)
    targets = table.stacked(TARGETS)
    rho, drawn = spearman(columns, targets), bootstrap(columns, targets)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    groups = table.labels[group] if group else np.zeros(len(table.names))
    within = np.mean(
        [spearman(columns[groups == one], targets[groups == one]) for one in np.unique(groups)],
        axis=0,
    )
    entries: list[dict[str, Any]] = [{"measure": name, "targets": {}} for name in names]
    for place, target in enumerate(TARGETS):
        against = differences(rho[:, place], drawn[:, :, place], names.index("rmqm"))
        for row, entry in enumerate(entries):
            difference, least, most = (float(values[row]) for values in against)
            entry["targets"][target] = {
                "rho": float(rho[row, place]),
                "interval": [float(low[row, place]), float(high[row, place])],
                "minus_rmqm": difference,
                "minus_rmqm_interval": [least, most],
            }
            if group:
                entry["targets"][target]["within"] = float(within[row, place])
    for entry in entries:
        values = table.columns.get(entry["measure"], np.zeros(1))
        entry["undefined"] = int(np.isnan(values).sum())
    entries.sort(key=lambda entry: -entry["targets"][TARGETS[0]]["rho"])
    spread = {
        target: [float(table.columns[target].min()), float(table.columns[target].max())]
        for target in TARGETS
    }
    return {"encoders": len(table.names), "spread": spread, "measures": entries}


def checkpoints_summary(table: ZooTable) -> dict[str, Any]:
    """
    Return rho with test accuracy, gap and neighbours, in every regime and over all checkpoints.

    Every entry has too ``given_step``, the mean over regimes of the partial rank correlation with
    test accuracy given the step; it was decided after the protocol, because almost everything
    grows with the step, which is an entry as well. ``seen`` says whether the measure sees over- and
    underfitting by the protocol's rule: rho has one sign in all regimes and over all, and at least
    .7 in size.
    """
    judged = {
        "test_accuracy": 1 - table.columns["test_error"],
        "gap": table.columns["gap"],
        **{f"{task}_1nn": table.columns[f"{task}_1nn"] for task in ("caltech101", "cifar10")},
    }
    targets = np.stack(list(judged.values()), axis=1)
    regime, step = table.labels["regime"], table.columns["step"]
    everyone = np.ones(len(regime), bool)
    names, columns = _with_step(table, everyone)
    rows = {str(one): regime == one for one in np.unique(regime)} | {"pooled": everyone}
    found: dict[str, dict[str, Float64Array]] = {}
    given: dict[str, list[float]] = {}
    for where, chosen in rows.items():
        of, values = _with_step(table, chosen)
        rho = spearman(values, targets[chosen])
        found[where] = dict(zip(of, rho, strict=True))
        if where != "pooled":
            partial = _given(values, targets[chosen][:, 0], step[chosen])
            for name, one in zip(of, partial, strict=True):
                given.setdefault(name, []).append(float(one))
    last = np.array([one == step[regime == of].max() for one, of in zip(step, regime, strict=True)])
    entries = []
    for row, name in enumerate(names):
        entry: dict[str, Any] = {"measure": name, "targets": {}}
        for place, target in enumerate(judged):
            values = {where: float(found[where].get(name, np.zeros(4))[place]) for where in rows}
            seen = min(values.values()) >= _SEEN_FROM or max(values.values()) <= -_SEEN_FROM
            entry["targets"][target] = values | {"seen": bool(seen)}
        entry["given_step"] = float(np.mean(given[name]))
        entry["order_of_last"] = {
            target: float(spearman(columns[last][:, [row]], targets[last])[0, place])
            for place, target in enumerate(judged)
        }
        if name != PREDICTOR:
            entry["last"] = {
                str(one): _finite(table.columns[name][last & (regime == one)][0])
                for one in np.unique(regime)
            }
        entries.append(entry)
    entries.sort(key=lambda entry: -entry["targets"]["test_accuracy"]["pooled"])
    at_last = {
        str(one): {
            target: float(values[last & (regime == one)][0]) for target, values in judged.items()
        }
        for one in np.unique(regime)
    }
    return {"checkpoints": len(step), "last": at_last, "measures": entries}


def _with_step(table: ZooTable, rows: npt.NDArray[np.bool_]) -> tuple[list[str], Float64Array]:
    names, columns = _oriented(table, rows)
    return ["step", *names], np.column_stack([table.columns["step"][rows], columns])


def _given(columns: Float64Array, target: Float64Array, step: Float64Array) -> Float64Array:
    """Return the partial rank correlation with a target given the step, (M,)."""
    with_target = spearman(columns, target[:, None])[:, 0]
    with_step = spearman(columns, step[:, None])[:, 0]
    both = float(spearman(target[:, None], step[:, None])[0, 0])
    left = np.sqrt(np.maximum((1 - with_step**2) * (1 - both**2), 0))
    return np.where(
        left > 1e-9, (with_target - with_step * both) / np.where(left > 1e-9, left, 1.0), 0.0
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
