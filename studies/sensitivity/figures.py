"""The study's figures: the same table gives the same SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from studies.sensitivity.analysis import ACCURACY, Row, group_rows, number

__all__ = ["draw_orders", "draw_within"]

_STYLE = {
    "svg.hashsalt": "sensitivity",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_BLUE, _ORANGE, _GREY = "#0072b2", "#d55e00", "#777777"


def draw_orders(document: dict[str, Any], path: Path) -> None:
    """Draw rho of RMQM with the base, with its interval, and the change of the value by setting."""
    entries = [entry for entry in document["settings"] if entry["measure"] == "rmqm"]
    places = np.arange(len(entries))[::-1]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7, 0.6 + 0.19 * len(entries)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        for place, entry in zip(places, entries, strict=True):
            left.plot(entry["interval"], [place, place], color=_GREY, linewidth=1)
        left.plot([entry["rho"] for entry in entries], places, "o", color=_BLUE, markersize=4)
        right.axvline(0, color=_GREY, linewidth=0.8)
        right.plot([entry["shift"] for entry in entries], places, "s", color=_ORANGE, markersize=4)
        left.set_yticks(places, [f"{entry['factor']} {entry['level']}" for entry in entries])
        left.set_xlabel("rho with the order at the base")
        right.set_xlabel("median change, SD between encoders")
        left.set_title("order", loc="left")
        right.set_title("value", loc="left")
        _save(figure, path)


def draw_within(rows: list[Row], path: Path) -> None:
    """Draw accuracy against RMQM: layers of each network above, lengths of its training below."""
    layers = group_rows([r for r in rows if r["factor"] == "layer" and r["pooling"] == "flatten"])
    lengths = group_rows([r for r in rows if r["factor"] == "length"])
    with mpl.rc_context(_STYLE):
        shown = [groups for groups in (layers, lengths) if groups]
        figure = Figure(figsize=(1.5 * len(lengths) + 0.6, 1.9 * len(shown)), layout="constrained")
        axes = figure.subplots(len(shown), len(lengths), squeeze=False)
        for panels, groups in zip(axes, shown, strict=True):
            colour = _BLUE if groups is layers else _ORANGE
            for axis, (name, members) in zip(panels, groups.items(), strict=False):
                _one_group(axis, members, colour)
                axis.set_title("\n".join(name.split("_")[:2]), fontsize=7, loc="left")
            panels[0].set_ylabel(f"1-NN on KMNIST, by {members[0]['factor']}")
        figure.supxlabel("RMQM", fontsize=8)
        _save(figure, path)


def _one_group(axis: Any, members: list[Row], colour: str) -> None:
    across = [number(row, "rmqm") for row in members]
    up = [number(row, ACCURACY) for row in members]
    axis.plot(across, up, color=_GREY, linewidth=0.6)
    axis.plot(across, up, "o", color=colour, markersize=3)
    for end, text in ((0, "first"), (-1, "last")):
        axis.annotate(
            text, (across[end], up[end]), textcoords="offset points", xytext=(2, 3), fontsize=6
        )


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})
