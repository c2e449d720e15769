"""The numbers of a set of inputs, as a section of the document: all follow from its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.probes.means import mean_of
from rmqm_spec.spectra.columns import Columns, values_of
from rmqm_spec.spectra.statistics import band, rows_by_class

__all__ = ["numbers_of"]

_NOT_NEGATIVE: Final = (
    "error", "small", "geometric-mean", "l1", "l2", "norm", "rank", "condition",
)  # fmt: skip
"""How the names of quantities end whose intervals are cut off at 0."""

_AT_RANK: Final = "-at-rank"
"""How the names of those end that are taken over the singular values above zero alone."""


def numbers_of(columns: Columns) -> dict[str, Any]:
    """
    Return everything that follows from the columns of a set of inputs.

    Parameters
    ----------
    columns : Columns
        What was measured of a model at these inputs.

    Returns
    -------
    dict
        ``inputs``, ``quantities``, ``classes`` (empty without labels) and ``curve`` (of an encoder
        alone).
    """
    known = values_of(columns)
    return {
        "inputs": len(columns),
        "quantities": _described(known),
        "classes": _classes(columns, known),
        "curve": _curve(columns),
    }


def _described(known: Mapping[str, AnyArray]) -> dict[str, Any]:
    return {name: _entry(name, values) for name, values in known.items()}


def _entry(name: str, values: AnyArray) -> dict[str, Any]:
    if values.dtype == np.bool_:
        share = mean_of(values)
        own = {"mean": share.value, "interval": share.interval, "median": None, "quartiles": None}
        return {**own, "middle": None, "inputs": share.n, "infinite": 0}
    found = band(values)
    interval = found.interval
    if interval is not None and name.removesuffix(_AT_RANK).endswith(_NOT_NEGATIVE):
        interval = (max(interval[0], 0.0), interval[1])
    return {
        "mean": found.mean,
        "interval": interval,
        "median": found.median,
        "quartiles": found.quartiles,
        "middle": found.middle,
        "inputs": found.n,
        "infinite": found.infinite,
    }


def _classes(columns: Columns, known: Mapping[str, AnyArray]) -> list[dict[str, Any]]:
    if columns.labels is None:
        return []
    return [
        {
            "label": label,
            "inputs": len(rows),
            "quantities": _described({name: values[rows] for name, values in known.items()}),
        }
        for label, rows in rows_by_class(np.array(columns.labels)).items()
    ]


def _curve(columns: Columns) -> dict[str, Any] | None:
    if columns.encoder is None:
        return None
    values = columns.encoder.singular_values
    low, high = np.quantile(values, (0.025, 0.975), axis=0)
    return {
        "means": values.mean(axis=0).tolist(),
        "low": low.tolist(),
        "high": high.tolist(),
    }
