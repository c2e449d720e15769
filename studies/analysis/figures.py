"""Pictures of a study: what each measure is worth, and RMQM against accuracy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from studies.analysis.judging import KINDS
from studies.analysis.zoo_table import ZooTable

__all__ = ["canvas", "draw_measures", "draw_scatter"]

SHOWN: Final = (
    "rmqm",
    "D",
    "1/D_RC",
    "1/P_RC",
    "neighbour-agreement",
    "participation-ratio",
    "relative-displacement",
    "rankme",
    "rankme@16",
    "coding-rate",
    "nesum",
    "neighbour-ratio",
    "lidar",
    "alpha-req",
    "mle-dimension",
    "cluster-learnability",
    "jacobian-norm",
    "jacobian-rank",
    "jacobian-condition@16",
    "jacobian-volume@16",
    "information-sufficiency",
    "consensus",
    "size",
)
"""Measures of the picture and of the table in docs/evidence.md, where a study has them."""

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#777777")


@contextmanager
def canvas(
    path: Path, *, columns: int = 1, size: tuple[float, float] = (6.4, 3.8)
) -> Iterator[Any]:
    """Give axes, and write them to an SVG that has the same bytes each time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": path.stem, "font.size": 9}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(1, columns, sharey=True)
        for each in np.ravel(axes):
            each.spines[["top", "right"]].set_visible(False)
        yield axes
        figure.savefig(path, metadata={"Date": None}, facecolor="white")


def draw_measures(entries: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw the mean rho of every measure `SHOWN` with its interval, both kinds of target."""
    by_name = {entry["measure"]: entry for entry in entries}
    shown = [by_name[name] for name in SHOWN if name in by_name]
    shown.sort(key=lambda entry: entry["neighbours"]["mean"])
    places = np.arange(len(shown))
    with canvas(path, columns=len(KINDS), size=(7.2, 0.26 * len(shown) + 0.9)) as axes:
        for each, kind in zip(axes, KINDS, strict=True):
            mean = np.array([entry[kind]["mean"] for entry in shown])
            interval = np.array([entry[kind]["interval"] for entry in shown])
            bars = np.abs(interval.T - mean)
            each.errorbar(mean, places, xerr=bars, fmt="o", color=_COLOURS[0], markersize=4)
            within = [entry[kind]["within_architecture"] for entry in shown]
            each.plot(within, places, "d", color=_COLOURS[1], markersize=4)
            each.axvline(0, color="#bbbbbb", linewidth=0.8, zorder=0)
            each.set(title=kind, xlabel="Spearman's rho within a task", xlim=(-0.45, 1))
        axes[0].set_yticks(places, [entry["measure"] for entry in shown])
        handles = [
            _marker(axes[0], "o", _COLOURS[0], "all encoders, 95 % interval"),
            _marker(axes[0], "d", _COLOURS[1], "within one architecture"),
        ]
        axes[0].legend(handles=handles, frameon=False, fontsize=7, loc="upper left")


def draw_scatter(table: ZooTable, measure: str, target: str, path: Path) -> None:
    """Draw a measure against an accuracy, one colour per architecture."""
    with canvas(path) as axes:
        for number, architecture in enumerate(np.unique(table.labels["architecture"])):
            rows = table.labels["architecture"] == architecture
            axes.scatter(
                table.columns[measure][rows],
                table.columns[target][rows],
                s=16,
                color=_COLOURS[number % len(_COLOURS)],
                label=str(architecture),
            )
        task, _, kind = target.rpartition("_")
        axes.set(xlabel=measure, ylabel=f"accuracy on {task}, {kind.replace('1nn', '1-NN')}")
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def _marker(axes: Any, marker: str, colour: str, label: str) -> Any:
    (drawn,) = axes.plot([], [], marker, color=colour, markersize=4, label=label)
    return drawn
