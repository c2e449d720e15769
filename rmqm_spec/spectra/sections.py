"""The numbers of a set of inputs, as a section of the document: all follow from its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.probes.means import mean_of, signed_mean_of
from rmqm_spec.probes.pairing import Quantity
from rmqm_spec.spectra.columns import Columns, quantities

__all__ = ["QUANTILES", "numbers_of"]

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Shares of the inputs below the quantiles of a document."""

_NOT_NEGATIVE: Final = ("error", "small", "geometric-mean", "norm", "rank", "condition")
"""How the names of quantities end whose intervals are cut off at 0."""


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
        ``inputs``, ``quantities``, ``classes`` (empty without labels) and ``curve`` (None but for
        encoders alone).
    """
    known = quantities(columns)
    return {
        "inputs": len(columns),
        "quantities": _described(known),
        "classes": _classes(columns, known),
        "curve": _curve(columns),
    }


def _described(known: Mapping[str, Quantity]) -> dict[str, Any]:
    return {name: _entry(name, quantity.values) for name, quantity in known.items()}


def _entry(name: str, values: AnyArray) -> dict[str, Any]:
    mean = mean_of if name.endswith((*_NOT_NEGATIVE, "reversing")) else signed_mean_of
    quantiles = None if values.dtype == np.bool_ else np.quantile(values, QUANTILES).tolist()
    return {**mean(values).to_dict(), "quantiles": quantiles}


def _classes(columns: Columns, known: Mapping[str, Quantity]) -> list[dict[str, Any]]:
    if columns.labels is None:
        return []
    label_of = dict(zip(columns.ids, columns.labels, strict=True))
    sizes = {label: columns.labels.count(label) for label in sorted(set(columns.labels))}
    return [
        {"label": label, "inputs": size, "quantities": _described(_of_class(known, label_of, label))}
        for label, size in sizes.items()
    ]


def _of_class(
    known: Mapping[str, Quantity], label_of: Mapping[str, str], label: str
) -> dict[str, Quantity]:
    """Return the quantities of the inputs of a class, where there are any."""
    chosen = {}
    for name, quantity in known.items():
        rows = [row for row, one in enumerate(quantity.ids) if label_of[one] == label]
        if rows:
            ids = tuple(quantity.ids[row] for row in rows)
            chosen[name] = Quantity(ids=ids, values=quantity.values[rows])
    return chosen


def _curve(columns: Columns) -> dict[str, Any] | None:
    if columns.singular is None:
        return None
    low, high = np.quantile(columns.singular, (0.05, 0.95), axis=0)
    return {
        "means": columns.singular.mean(axis=0).tolist(),
        "low": low.tolist(),
        "high": high.tolist(),
    }
