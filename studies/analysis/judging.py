"""How well measures order encoders: within tasks, architectures, sizes, and on unseen ones."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from studies.analysis.rank_correlation import (
    bootstrap,
    differences,
    spearman,
    worst_where_undefined,
)
from studies.analysis.zoo_table import ZooTable

__all__ = [
    "CHOSEN_ON",
    "KINDS",
    "oriented",
    "require_both_halves",
    "signs",
    "summary",
    "targets_of",
]

Float64Array = npt.NDArray[np.float64]

KINDS: Final = {"neighbours": "_1nn", "probe": "_probe"}
CHOSEN_ON: Final = ("lenet", "mlp", "resnet")
"""Architectures on which signs and the predictor are chosen; the others judge them."""

_LEAST = 4


def require_both_halves(table: ZooTable) -> None:
    """
    Refuse a table without encoders to choose on, or without others to judge by.

    Raises
    ------
    ValueError
        If one of the halves has fewer than four encoders.
    """
    chosen_on = int(np.isin(table.labels["architecture"], CHOSEN_ON).sum())
    others = len(table.names) - chosen_on
    if min(chosen_on, others) < _LEAST:
        raise ValueError(
            f"a study must have at least {_LEAST} encoders of {', '.join(CHOSEN_ON)} and as many "
            f"of other architectures; got {chosen_on} and {others}"
        )


def targets_of(table: ZooTable, kind: str, own_domain: str) -> list[str]:
    """Return the targets of a kind on other data than was trained on."""
    end = KINDS[kind]
    return [name for name in table.targets if name.endswith(end) and name != own_domain + end]


def signs(table: ZooTable, own_domain: str) -> dict[str, float]:
    """Return +1 or -1 per measure: that of its mean rho on the architectures `CHOSEN_ON`."""
    rows = np.isin(table.labels["architecture"], CHOSEN_ON)
    transfer = [name for kind in KINDS for name in targets_of(table, kind, own_domain)]
    targets = table.stacked(transfer)[rows]
    found = {}
    for name in table.measures:
        values = table.columns[name][rows]
        known = ~np.isnan(values)
        rho = spearman(values[known][:, None], targets[known]).mean() if known.sum() > 2 else 0.0
        found[name] = -1.0 if rho < 0 else 1.0
    return found


def oriented(table: ZooTable, sign: dict[str, float]) -> tuple[list[str], Float64Array]:
    """Return the measures that have values, and them as columns of which high is good."""
    names = [name for name in table.measures if not np.isnan(table.columns[name]).all()]
    columns = [worst_where_undefined(table.columns[name], sign[name]) for name in names]
    return names, np.stack(columns, axis=1)


def summary(table: ZooTable, own_domain: str) -> list[dict[str, Any]]:
    """
    Return what is known of each measure, the best first.

    Every entry has, for both kinds of target, the rho per task, their mean with its interval, the
    mean within architectures, within sizes and within both, the smallest with an architecture left
    out, on the architectures not chosen on, the gap fidelity, and the difference to RMQM with an
    interval that holds for all measures together.
    """
    sign = signs(table, own_domain)
    names, columns = oriented(table, sign)
    entries: list[dict[str, Any]] = [
        {
            "measure": name,
            "sign": sign[name],
            "undefined": int(np.isnan(table.columns[name]).sum()),
        }
        for name in names
    ]
    for kind in KINDS:
        _add_kind(entries, table, columns, kind, own_domain, names.index("rmqm"))
    return sorted(
        entries, key=lambda entry: -min(entry["neighbours"]["mean"], entry["probe"]["mean"])
    )


def _add_kind(
    entries: list[dict[str, Any]],
    table: ZooTable,
    columns: Float64Array,
    kind: str,
    own_domain: str,
    rmqm: int,
) -> None:
    transfer = targets_of(table, kind, own_domain)
    targets = table.stacked(transfer)
    own = table.stacked([own_domain + KINDS[kind]])
    by_task, on_own = spearman(columns, targets), spearman(columns, own)[:, 0]
    drawn = bootstrap(columns, targets).mean(axis=2)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    difference, least, most = differences(by_task.mean(axis=1), drawn, rmqm)
    architecture = table.labels["architecture"]
    within = _within(columns, targets, architecture)
    size = table.columns["size"]
    sized = _within(columns, targets, size)
    each = np.array([f"{a}, {s:g}" for a, s in zip(architecture, size, strict=True)])
    within_both = _within(columns, targets, each)
    left_out = [
        spearman(columns[architecture != one], targets[architecture != one]).mean(axis=1)
        for one in np.unique(architecture)
    ]
    unseen = ~np.isin(architecture, CHOSEN_ON)
    judged = spearman(columns[unseen], targets[unseen]).mean(axis=1)
    fidelity = _gap_fidelity(columns, targets)
    for row, entry in enumerate(entries):
        entry[kind] = {
            "tasks": dict(zip(transfer, by_task[row].tolist(), strict=True)),
            "own_domain": float(on_own[row]),
            "mean": float(by_task[row].mean()),
            "interval": [float(low[row]), float(high[row])],
            "minus_rmqm": float(difference[row]),
            "minus_rmqm_interval": [float(least[row]), float(most[row])],
            "within_architecture": float(within[row]),
            "within_size": float(sized[row]),
            "within_both": float(within_both[row]),
            "least_with_one_left_out": float(np.min(left_out, axis=0)[row]),
            "unseen_architectures": float(judged[row]),
            "gap_fidelity": float(fidelity[row]),
        }


def _within(columns: Float64Array, targets: Float64Array, groups: npt.NDArray[Any]) -> Float64Array:
    """Return the mean over groups and tasks of rho within a group, (M,)."""
    inside = [
        spearman(columns[groups == group], targets[groups == group]).mean(axis=1)
        for group in np.unique(groups)
    ]
    return np.asarray(np.mean(inside, axis=0))


def _gap_fidelity(columns: Float64Array, targets: Float64Array) -> Float64Array:
    first, second = np.triu_indices(len(columns), 1)
    gaps = columns[first] - columns[second], targets[first] - targets[second]
    return np.asarray(spearman(*gaps).mean(axis=1))
