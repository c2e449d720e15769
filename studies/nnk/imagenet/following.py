"""Which rule follows the linear probe: mean distance, Kendall's tau, and their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import kendalltau

__all__ = ["N_DRAWS", "followed"]

N_DRAWS: Final = 2_000
_SEED: Final = 0

Floats = npt.NDArray[np.float64]


def followed(columns: Mapping[str, Floats]) -> dict[str, dict[str, Any]]:
    """
    Say how each rule follows the linear probe over encoders.

    Parameters
    ----------
    columns : mapping of str to (K,) ndarray
        Accuracies of K encoders: ``linear``, ``nnk``, and any other rules.

    Returns
    -------
    dict of str to dict
        For each rule ``distance``, its mean absolute difference to the probe, and ``tau``, and for
        each rule but NNK also how much nearer NNK is (``nnk_nearer``) and how much higher its tau
        (``nnk_tau_higher``). Each is a value with the ends of its 95 % interval over draws of
        encoders with replacement; the interval is None for fewer than 10 encoders.

    Examples
    --------
    >>> found = followed({"linear": np.array([0.5, 0.7, 0.9]), "nnk": np.array([0.4, 0.7, 0.8]),
    ...                   "knn": np.array([0.2, 0.6, 0.5])})
    >>> round(found["nnk"]["distance"]["value"], 3), found["nnk"]["tau"]["value"]
    (0.067, 1.0)
    >>> round(found["knn"]["nnk_nearer"]["value"], 3)
    0.2
    """
    linear, rules = columns["linear"], [name for name in columns if name != "linear"]
    n_encoders = len(linear)
    rows = np.random.default_rng(_SEED).integers(n_encoders, size=(N_DRAWS, n_encoders))
    measured = {rule: _both(columns[rule], linear) for rule in rules}
    # Fewer encoders than this have too few different draws.
    enough = n_encoders >= 10
    drawn = {
        rule: np.array([_both(columns[rule][row], linear[row]) for row in rows]) if enough else None
        for rule in rules
    }
    found = {}
    for rule in rules:
        own, draws = measured[rule], drawn[rule]
        entry = {
            "distance": _with_interval(own[0], None if draws is None else draws[:, 0]),
            "tau": _with_interval(own[1], None if draws is None else draws[:, 1]),
        }
        if rule != "nnk":
            nnk, of_nnk = measured["nnk"], drawn["nnk"]
            apart = None if draws is None or of_nnk is None else of_nnk - draws
            entry["nnk_nearer"] = _with_interval(
                own[0] - nnk[0], None if apart is None else -apart[:, 0]
            )
            entry["nnk_tau_higher"] = _with_interval(
                nnk[1] - own[1], None if apart is None else apart[:, 1]
            )
        found[rule] = entry
    return found


def _both(rule: Floats, linear: Floats) -> tuple[float, float]:
    tau = float(kendalltau(rule, linear)[0])
    return float(np.abs(rule - linear).mean()), 0.0 if np.isnan(tau) else tau


def _with_interval(value: float, draws: Floats | None) -> dict[str, Any]:
    ends = None if draws is None else [float(end) for end in np.quantile(draws, (0.025, 0.975))]
    return {"value": value, "interval": ends}
