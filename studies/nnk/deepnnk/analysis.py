"""What the table of checkpoints says beside what the authors stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from studies.natural.deepnnk import REGIMES
from studies.nnk.deepnnk.stored import KS, LAST, NEIGHBOURS

__all__ = ["analysed"]

Key = tuple[str, int, str, int, str]
Values = dict[Key, float]

_COMPARED = ("model", "nnk", "kernel_knn", "nnk_soft", "kernel_knn_soft", "residual")
_OURS = (*_COMPARED, "knn", "weighted_knn", "neighbours", "mixed", "gap", "gap_se", "model_all")


def analysed(rows: Mapping[str, Mapping[str, Any]], stored: Values) -> dict[str, Any]:
    """
    Return the document of the study.

    Parameters
    ----------
    rows : mapping
        Of ``deepnnk.csv``, by name.
    stored : dict
        Of `studies.nnk.deepnnk.stored.stored_errors`.
    """
    plain = [row for row in rows.values() if not row["variant"]]
    values: Values = {
        (row["regime"], int(row["step"]), row["part"], int(row["k"]), name): float(row[name])
        for row in plain
        for name in _OURS
    }
    return {
        "queries": min(int(row["queries"]) for row in plain),
        "queries_last": max(int(row["queries"]) for row in plain),
        "checkpoints": len({(row["regime"], row["step"]) for row in plain}),
        "last": [_last(values, stored, regime, k) for regime in REGIMES for k in KS],
        "directions": [_directions(values, "ours"), _directions(stored, "stored")],
        "agreement": [_agreement(values, stored, name, part) for name, part in _SHARED],
        "regimes": [_regime(values, stored, regime) for regime in REGIMES],
        "gaps": _gaps(values, stored),
        "variants": [_variant(row) for row in rows.values() if row["variant"]],
        "curves": _curves(values, stored),
    }


_SHARED = (
    ("model_all", "test"),
    ("nnk", "test"),
    ("kernel_knn", "test"),
    ("nnk_soft", "test"),
    ("kernel_knn_soft", "test"),
    ("residual", "test"),
    ("model_all", "train"),
    ("model_all", "lossless"),
    ("kernel_knn", "train"),
)


def _last(values: Values, stored: Values, regime: str, k: int) -> dict[str, Any]:
    """Return the last checkpoint of a regime: ours beside theirs, test images."""
    if (regime, LAST, "test", k, "nnk") not in values:
        return {"regime": regime, "k": k}
    ours = {name: values[regime, LAST, "test", k, name] for name in _OURS}
    theirs = {name: stored.get((regime, LAST, "test", k, name)) for name in _COMPARED}
    theirs["neighbours"] = NEIGHBOURS.get((regime, k))
    return {"regime": regime, "k": k, "ours": ours, "stored": theirs}


def _directions(values: Values, whose: str) -> dict[str, Any]:
    """Return at how many checkpoints each error falls or rises from k = 25 to k = 75."""
    found: dict[str, Any] = {"whose": whose}
    for rule in ("nnk", "kernel_knn"):
        changes = [
            values[regime, step, part, KS[-1], rule] - values[regime, step, part, KS[0], rule]
            for regime, step, part, k, name in values
            if (part, k, name) == ("test", KS[0], rule)
        ]
        found[rule] = {
            "checkpoints": len(changes),
            "falls": sum(change < 0 for change in changes),
            "rises": sum(change > 0 for change in changes),
            "mean": float(np.mean(changes)),
        }
    return found


def _agreement(values: Values, stored: Values, name: str, part: str) -> dict[str, Any]:
    """Return how ours lies to theirs over checkpoints and k."""
    found = {key: _stored_key(key) for key in values if key[2] == part and key[4] == name}
    keys = [key for key in found if found[key] in stored]
    ours = np.array([values[key] for key in keys])
    theirs = np.array([stored[found[key]] for key in keys])
    return {
        "value": name,
        "part": part,
        "pairs": len(keys),
        "rho": float(spearmanr(ours, theirs)[0]),
        "mean_difference": float((ours - theirs).mean()),
        "sd_difference": float((ours - theirs).std(ddof=1)),
    }


def _stored_key(key: Key) -> Key:
    """Return what the authors call it: the original images here are some of their training ones."""
    regime, step, part, k, name = key
    part = "train" if part == "lossless" else part
    return regime, step, part, k, "model" if name == "model_all" else name


def _regime(values: Values, stored: Values, regime: str) -> dict[str, Any]:
    """Return what training images alone say of the last checkpoint, and the test error beside."""
    found: dict[str, Any] = {"regime": regime}
    for part in ("train", "lossless"):
        key = regime, LAST, part, 50
        if (*key, "gap") in values:
            names = ("model", "nnk", "kernel_knn", "gap", "gap_se", "mixed", "neighbours")
            found[part] = {name: values[*key, name] for name in names}
    found["stored_test"] = stored[regime, LAST, "test", 50, "model"]
    found["stored_train"] = stored[regime, LAST, "train", 50, "model"]
    return found


def _gaps(values: Values, stored: Values) -> list[dict[str, Any]]:
    """Return how leave-one-out gaps follow the stored generalisation gaps over checkpoints."""
    found = []
    for part in ("train", "lossless"):
        keys = [key[:2] for key in values if key[2:] == (part, 50, "gap")]
        gaps = np.array([values[*key, part, 50, "gap"] for key in keys])
        true = np.array(
            [stored[*key, "test", 50, "model"] - stored[*key, "train", 50, "model"] for key in keys]
        )
        test = np.array([stored[*key, "test", 50, "model"] for key in keys])
        left_out = np.array([values[*key, part, 50, "nnk"] for key in keys])
        found.append(
            {
                "part": part,
                "checkpoints": len(keys),
                "gap_rho": float(spearmanr(gaps, true)[0]),
                "error_rho": float(spearmanr(left_out, test)[0]),
            }
        )
    return found


def _variant(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("nnk", "kernel_knn", "neighbours", "residual")
    facts = {"regime": row["regime"], "k": int(row["k"]), "variant": row["variant"]}
    return facts | {name: float(row[name]) for name in names}


def _curves(values: Values, stored: Values) -> dict[str, Any]:
    """Return what the figures draw: lists over steps, by regime."""
    found = {}
    for regime in REGIMES:
        steps = sorted({key[1] for key in values if key[0] == regime})
        curves: dict[str, Any] = {"steps": steps}
        curves["lossless/gap"] = [values[regime, s, "lossless", 50, "gap"] for s in steps]
        for part in ("test", "train"):
            curves[f"{part}/model"] = [values[regime, s, part, 50, "model_all"] for s in steps]
            curves[f"{part}/gap"] = [values[regime, s, part, 50, "gap"] for s in steps]
            curves[f"stored/{part}/model"] = [stored[regime, s, part, 50, "model"] for s in steps]
        for k in KS:
            for name in ("nnk", "kernel_knn", "neighbours"):
                curves[f"test/{name}/{k}"] = [values[regime, s, "test", k, name] for s in steps]
            for name in ("nnk", "kernel_knn"):
                curves[f"stored/test/{name}/{k}"] = [
                    stored[regime, s, "test", k, name] for s in steps
                ]
        found[regime] = curves
    return found
