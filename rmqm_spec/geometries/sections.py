"""The numbers of a geometry, as sections of its document: all follow from its columns."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from rmqm_spec.geometries.columns import Columns
from rmqm_spec.geometries.quantities import quantities
from rmqm_spec.probes.means import mean_of

__all__ = ["numbers_of"]

_OWN = ("neighbours", "error", "diameter")


def numbers_of(columns: Columns) -> dict[str, Any]:
    """
    Return everything that follows from columns.

    Parameters
    ----------
    columns : Columns
        What was kept of an encoder.

    Returns
    -------
    dict
        ``neighbourhoods``, ``labelled`` (None without labels) and ``altered`` (None without an
        alteration).
    """
    known = {name: mean_of(one.values).to_dict() for name, one in quantities(columns).items()}
    return {
        "neighbourhoods": {
            "k": columns.k,
            "inputs": len(columns.ids),
            **{name: known[name] for name in _OWN},
            "spread": columns.spread,
            "without_neighbours": int(np.count_nonzero(columns.found.counts == 0)),
        },
        "labelled": _labelled(columns, known),
        "altered": _altered(columns, known),
    }


def _labelled(columns: Columns, known: dict[str, Any]) -> dict[str, Any] | None:
    if columns.labels is None:
        return None
    sizes = Counter(columns.labels)
    return {
        "classes": [{"label": label, "inputs": sizes[label]} for label in sorted(sizes)],
        "chance": max(sizes.values()) / len(columns.labels),
        "mixed": known["mixed"],
        "answers": {
            name: known[name]
            for name in known
            if name not in {*_OWN, "mixed", "altered-neighbours", "altered-diameter"}
        },
    }


def _altered(columns: Columns, known: dict[str, Any]) -> dict[str, Any] | None:
    sets = columns.altered
    if sets is None:
        return None
    diameter = known["altered-diameter"]
    return {
        "inputs": len(sets.diameters),
        "neighbours": known["altered-neighbours"],
        "diameter": diameter,
        "relative_diameter": diameter["value"] / columns.spread if columns.spread else None,
        "levels": sets.levels.tolist(),
        "curves": {
            name: [mean_of(getattr(sets, name)[:, column].astype(np.float64)).to_dict()
                   for column in range(len(sets.levels))]
            for name in ("neighbours", "diameters", "displacements")
        },
    }  # fmt: skip
