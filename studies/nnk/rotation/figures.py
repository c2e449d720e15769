"""The study's figures: the same table gives the same SVG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from studies.analysis.zoo_table import ZooTable
from studies.nnk.drawing import figure
from studies.nnk.rotation.design import METHODS
from studies.nnk.rotation.invariance import ANGLES

__all__ = ["draw_crossing", "draw_curves"]

_COLOURS: Final = (
    "#777777", "#e69f00", "#e69f00", "#0072b2", "#56b4e9", "#56b4e9", "#009e73", "#d55e00",
    "#d55e00", "#cc79a7",
)  # fmt: skip
_MARKS: Final = ("x", "o", "s", "o", "^", "s", "D", "o", "s", "D")
_PANELS: Final = {
    "class_ridge": "class, upright: accuracy",
    "quarter_ridge": "quarter: accuracy",
    "class-turned_ridge": "class, turned: accuracy",
    "angle_ridge": "angle: error, degrees (axis inverted)",
}


def draw_crossing(
    table: ZooTable, rho: Mapping[str, Any], measure: str, across: str, path: Path
) -> None:
    """Draw what each encoder reaches on each task against a measure, and what that is called."""
    with figure(path, 7.2, 5.6) as drawn:
        panels = drawn.subplots(2, 2, sharex=True)
        for axis, (target, title) in zip(panels.flat, _PANELS.items(), strict=True):
            for method in _methods(table):
                rows = table.labels["method"] == method
                _points(axis, table.columns[measure][rows], table.columns[target][rows], method)
            low, high = rho[measure][target]["interval"]
            value = rho[measure][target]["rho"]
            axis.set_title(f"{title}\nrho = {value:.2f} [{low:.2f}, {high:.2f}]", loc="left")
            if target.startswith("angle"):
                axis.invert_yaxis()
        for axis in panels[-1]:
            axis.set_xlabel(across)
        _legend(drawn, panels[0, 0])


def draw_curves(table: ZooTable, path: Path) -> None:
    """Draw, by angle and method: the displacement, the same relative to images, the NNK weight."""
    apart = table.columns["displacement"] / table.columns["relative-displacement"]
    moved, share = (
        table.stacked([f"{name}:{angle:.0f}" for angle in ANGLES[1:]])
        for name in ("displacement", "share")
    )
    curves_of = {
        "distance from the upright image": moved,
        "the same / distance between images": moved / apart[:, None],
        "weight among its neighbours": share,
    }
    with figure(path, 9, 3.6) as drawn:
        panels = drawn.subplots(1, len(curves_of))
        for axis, (title, curves) in zip(panels, curves_of.items(), strict=True):
            for method in _methods(table):
                curve = curves[table.labels["method"] == method].mean(axis=0)
                axis.plot(ANGLES[1:], curve, **_look(method), markersize=2.5, linewidth=1)
            axis.set_xticks(np.arange(0, 361, 90))
            axis.set_xlabel("degrees")
            axis.set_title(title, loc="left")
            axis.set_ylim(bottom=0)
        _legend(drawn, panels[0])


def _methods(table: ZooTable) -> list[str]:
    return [one for one in METHODS if (table.labels["method"] == one).any()]


def _look(method: str) -> dict[str, Any]:
    place = METHODS.index(method)
    filled = "none" if _MARKS[place] == "s" else _COLOURS[place]
    return {
        "color": _COLOURS[place],
        "marker": _MARKS[place],
        "markerfacecolor": filled,
        "linestyle": "--" if _MARKS[place] == "s" else "-",
        "label": method,
    }


def _points(axis: Any, along: Any, up: Any, method: str) -> None:
    axis.plot(along, up, markersize=4.5, **{**_look(method), "linestyle": "none"})


def _legend(drawn: Any, axis: Any) -> None:
    drawn.legend(*axis.get_legend_handles_labels(), loc="outside lower center", ncols=4)
