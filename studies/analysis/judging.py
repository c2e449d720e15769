"""How well measures order encoders: within tasks, architectures, sizes, and on unseen ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from studies.analysis.rank_correlation import bootstrap, spearman, worst_where_undefined
from studies.analysis.zoo_table import ZooTable

__all__ = [
    "CHOSEN_ON",
    "KINDS",
    "chosen_predictor",
    "oriented",
    "require_both_halves",
    "signs",
    "summary",
]

Float64Array = npt.NDArray[np.float64]

KINDS: Final = {"neighbours": "_1nn", "probe": "_probe"}
CHOSEN_ON: Final = ("lenet", "mlp", "resnet")
"""Architectures on which signs and the predictor are chosen; the others judge them."""

_N_BEST = 10


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
    mean within architectures and within sizes, the smallest with an architecture left out, on the
    architectures not chosen on, the gap fidelity, and the difference to RMQM with an interval that
    holds for all measures together.
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
    difference = by_task.mean(axis=1) - by_task[rmqm].mean()
    deviation = np.abs(drawn - drawn[:, [rmqm]] - difference)
    spread = (drawn - drawn[:, [rmqm]]).std(axis=0)
    scaled = deviation / np.where(spread > 0, spread, np.inf)
    half = np.quantile(scaled.max(axis=1), 0.95) * spread
    architecture = table.labels["architecture"]
    within = _within(columns, targets, architecture)
    sized = _within(columns, targets, table.columns["size"])
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
            "minus_rmqm_interval": [
                float(difference[row] - half[row]),
                float(difference[row] + half[row]),
            ],
            "within_architecture": float(within[row]),
            "within_size": float(sized[row]),
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


def chosen_predictor(table: ZooTable, own_domain: str) -> dict[str, Any]:
    """
    Choose a measure, or a sum of ranks of two or three, on one half; judge it once on the other.

    Returns
    -------
    dict
        Its ``measures``; for both kinds ``chosen_on`` (rho on the first half), ``judged`` with its
        ``interval`` on the second, and the ``judged`` values of ``rmqm`` and ``rankme`` there.
    """
    names, columns = oriented(table, signs(table, own_domain))
    first = np.isin(table.labels["architecture"], CHOSEN_ON)
    targets = {kind: table.stacked(targets_of(table, kind, own_domain)) for kind in KINDS}

    def worth(candidate: Sequence[int], rows: npt.NDArray[np.bool_]) -> dict[str, float]:
        total = rankdata(columns[rows][:, list(candidate)], axis=0).sum(axis=1, keepdims=True)
        return {kind: float(spearman(total, targets[kind][rows]).mean()) for kind in KINDS}

    single = [min(worth([place], first).values()) for place in range(len(names))]
    best = np.argsort(single, kind="stable")[::-1][:_N_BEST]
    candidates = [(int(place),) for place in best]
    candidates += [pair for n in (2, 3) for pair in combinations(map(int, best), n)]
    chosen = max(candidates, key=lambda candidate: min(worth(candidate, first).values()))
    total = rankdata(columns[~first][:, list(chosen)], axis=0).sum(axis=1, keepdims=True)
    judged = worth(chosen, ~first)
    result: dict[str, Any] = {
        "measures": [names[place] for place in chosen],
        "candidates": len(candidates),
        "best_on_first_half": [names[place] for place in best],
    }
    for kind in KINDS:
        drawn = bootstrap(total, targets[kind][~first]).mean(axis=(1, 2))
        result[kind] = {
            "chosen_on": worth(chosen, first)[kind],
            "judged": judged[kind],
            "interval": np.quantile(drawn, [0.025, 0.975]).tolist(),
            **{
                name: worth([names.index(name)], ~first)[kind]
                for name in ("rmqm", "rankme")
                if name in names
            },
        }
    return result
