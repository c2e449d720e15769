"""The protocol's statistics of a table of values, as one document."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from studies.sensitivity.settings import FURTHER
from studies.sensitivity.statistics import agreement, coverage, expected_coverage, within_groups

__all__ = ["ACCURACY", "MEASURES", "Row", "analysed", "group_rows", "number", "read_rows"]

Row = dict[str, str]
MEASURES: Final = ("rmqm", *FURTHER)
ACCURACY: Final = "kmnist_1nn"
_COMPONENTS: Final = ("D", "1/D_RC", "1/P_RC")
_NO_SETTINGS: Final = frozenset({"base", "layer", "length"})


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a table of values."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def number(row: Row, name: str) -> float:
    """Return a number of a row; NaN where it has none."""
    return float(row.get(name) or "nan")


def analysed(
    rows: list[Row], *, n: int, n_further: int, asked: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Return all statistics of the protocol.

    Parameters
    ----------
    rows : list of dict
        As `read_rows` gives them.
    n, n_further : int
        Inputs of an interval of RMQM, and of the further measures, at the base.
    asked : sequence of str
        Names of the settings that the study should have.

    Returns
    -------
    dict
        ``encoders``, ``not_complete`` (settings that some encoders still lack), ``settings``,
        ``coverage``, ``layers`` (flattened), ``pooled_layers`` (mean over positions), ``lengths``
        and ``trained_lengths`` (without the untrained network); see the protocol.
    """
    settings = sorted(
        {
            (row["factor"], row["level"], row["reference"])
            for row in rows
            if row["factor"] not in _NO_SETTINGS
        },
        key=_natural,
    )
    layers = [row for row in rows if row["factor"] == "layer"]
    lengths = [row for row in rows if row["factor"] == "length"]
    n_encoders = len(_at(rows, "base"))
    complete = [one for one in settings if len(_at(rows, f"{one[0]} {one[1]}")) == n_encoders]
    return {
        "encoders": n_encoders,
        "not_complete": [
            *(name for name in asked if len(_at(rows, name)) != n_encoders),
            *(() if layers else ("layers",)),
        ],
        "settings": [
            {"measure": name, "factor": factor, "level": level, **found}
            for factor, level, reference in complete
            if f"{factor} {level}" != reference
            for name in (*MEASURES, *_COMPONENTS)
            if (found := _compared(rows, name, reference, f"{factor} {level}"))
        ],
        "coverage": _coverages(rows, n, n_further),
        "layers": _grouped(_pooled(layers, "flatten")),
        "pooled_layers": _grouped(_pooled(layers, "mean")),
        "lengths": _grouped(lengths),
        "trained_lengths": _grouped([row for row in lengths if row["place"] != "0"]),
    }


def _natural(setting: tuple[str, str, str]) -> tuple[str, int, str]:
    """Order settings by factor, then by the number that a level is."""
    factor, level, _ = setting
    return factor, int(level) if level.isdecimal() else 0, level


def _at(rows: list[Row], setting: str) -> dict[str, Row]:
    """Return the rows at a setting by their encoders."""
    return {
        row["recipe"]: row for row in rows if f"{row['factor']} {row['level']}".strip() == setting
    }


def _column(rows: dict[str, Row], names: Sequence[str], measure: str) -> npt.NDArray[np.float64]:
    return np.array([number(rows.get(name, {}), measure) for name in names])


def _compared(rows: list[Row], measure: str, reference: str, setting: str) -> dict[str, Any] | None:
    before, after = _at(rows, reference), _at(rows, setting)
    names = sorted(before)
    low, high = (_column(before, names, f"{measure}_{end}") for end in ("low", "high"))
    half = (high - low) / 2
    return agreement(
        _column(before, names, measure),
        _column(after, names, measure),
        half if np.isfinite(half).any() else None,
    )


def _coverages(rows: list[Row], n: int, n_further: int) -> list[dict[str, Any]]:
    """Return the coverage of every measure that has an interval."""
    draws = [_at(rows, "base")]
    draws += [
        _at(rows, f"draw {level}")
        for level in sorted({row["level"] for row in rows if row["factor"] == "draw"}, key=int)
    ]
    draws = [draw for draw in draws if len(draw) == len(draws[0])]
    names = sorted(draws[0])
    found = []
    for measure in ("rmqm", "rmqm_short", *FURTHER):
        values, low, high = (
            np.stack([_column(draw, names, measure + end) for draw in draws], axis=1)
            for end in ("", "_low", "_high")
        )
        known = np.isfinite(values + low + high).all(axis=1)
        if len(draws) < 2 or not known.any():
            continue
        inputs = n if measure == "rmqm" else n_further
        shares = coverage(values[known], low[known], high[known])
        expected = expected_coverage(inputs, len(draws))
        found.append(
            {
                "measure": measure,
                "inputs": inputs,
                "draws": len(draws),
                "encoders": int(known.sum()),
                **shares,
                **{f"{name}_expected": share for name, share in expected.items()},
            }
        )
    return found


def _pooled(layers: list[Row], pooling: str) -> list[Row]:
    """Return the layers with one pooling, and those that have nothing to pool."""
    spatial = {(row["group"], row["place"]) for row in layers if row["pooling"] == "mean"}
    return [
        row
        for row in layers
        if row["pooling"] == pooling or (row["group"], row["place"]) not in spatial
    ]


def group_rows(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the rows of each network or training, in the order of layers or lengths."""
    names = sorted({row["group"] for row in rows})
    return {
        name: sorted(
            (row for row in rows if row["group"] == name), key=lambda row: int(row["place"])
        )
        for name in names
    }


def _grouped(rows: list[Row]) -> list[dict[str, Any]]:
    found = []
    for measure in (*MEASURES, *_COMPONENTS):
        groups = [
            (
                name,
                np.array([number(row, measure) for row in members]),
                np.array([number(row, ACCURACY) for row in members]),
            )
            for name, members in group_rows(rows).items()
        ]
        if statistics := within_groups(groups):
            found.append({"measure": measure, **statistics})
    return found
