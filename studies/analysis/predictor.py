"""A predictor: chosen on one half of the architectures, judged once on the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from studies.analysis.judging import CHOSEN_ON, KINDS, oriented, signs, targets_of
from studies.analysis.rank_correlation import bootstrap, spearman
from studies.analysis.zoo_table import ZooTable

__all__ = ["chosen_predictor"]

Float64Array = npt.NDArray[np.float64]

_N_BEST = 10
_NO_CANDIDATES: Final = ("consensus", "information-sufficiency", "jacobian-")
"""
How the names of measures begin that were measured after the predictor was judged, as were the nulls
of all measures but RMQM.
"""


def _candidates(names: list[str], columns: Float64Array) -> tuple[list[str], Float64Array]:
    """Leave out what was added later: a predictor is judged once."""
    kept = [
        place
        for place, name in enumerate(names)
        if not name.startswith(_NO_CANDIDATES)
        and (name == "rmqm-null" or not name.endswith("-null"))
    ]
    return [names[place] for place in kept], columns[:, kept]


def chosen_predictor(table: ZooTable, own_domain: str) -> dict[str, Any]:
    """
    Choose a measure, or a sum of ranks of two or three, on one half; judge it once on the other.

    Returns
    -------
    dict
        Its ``measures``; for both kinds ``chosen_on`` (rho on the first half), ``judged`` with its
        ``interval`` on the second, and the ``judged`` values of ``rmqm`` and ``rankme`` there.
    """
    names, columns = _candidates(*oriented(table, signs(table, own_domain)))
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
