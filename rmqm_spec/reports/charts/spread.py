"""How the values of single inputs are spread, one row per encoder on a common axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.reports.charts.drawing import INK, PAPER, colour, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rmqm_spec.reports.content import ReportedEncoder

__all__ = ["OUTSIDE", "spread_charts"]

OUTSIDE: Final = 0.005
"""Share of all inputs at either end that the outermost bars collect."""

_MOST_BARS = 36
_FAR = 50
_OVERLAP = 0.875
_ROW = 0.42
_FRAME = 0.65
_QUANTITIES = (
    ("contribution", "Contribution to RMQM", "contribution; their mean is RMQM"),
    ("D", "Displacement D", "D of an input"),
    ("D_RC", "Relative change of displacement D_RC", "D_RC of an input"),
    ("P_RC", "Relative change of step length P_RC", "P_RC of an input"),
)


def spread_charts(encoders: Sequence[ReportedEncoder]) -> list[dict[str, str]]:
    """
    Draw a histogram per encoder of each per-input value, with the mean marked.

    Returns
    -------
    list of dict
        ``title`` and ``svg`` of each quantity that any encoder has.
    """
    charts = []
    for name, title, label in _QUANTITIES:
        values = [_finite(getattr(encoder.characteristics.per_input, name)) for encoder in encoders]
        if not any(row.size for row in values):
            continue

        def draw(figure: Figure, values: list[Float64Array] = values, label: str = label) -> None:
            axes = figure.add_subplot()
            _ridges(axes, values)
            axes.set_yticks(
                range(len(encoders)), [encoder.key for encoder in encoders], fontweight="bold"
            )
            axes.set_xlabel(label)

        shown = f"{title} of single inputs: how they are spread"
        height = _FRAME + _ROW * (len(encoders) + 0.5)
        charts.append({"title": title, "svg": drawn(draw, height=height, title=shown)})
    return charts


def _ridges(axes: Axes, values: Sequence[Float64Array]) -> None:
    edges, scale = _edges(
        np.concatenate(values), max(encoder_values.size for encoder_values in values)
    )
    axes.set_xscale(scale)
    for row, encoder_values in enumerate(values):
        axes.axhline(row, color=INK, linewidth=0.6)
        if not encoder_values.size:
            continue
        counts, _ = np.histogram(np.clip(encoder_values, edges[0], edges[-1]), edges)
        heights = row - counts / counts.max() * _OVERLAP
        axes.stairs(heights, edges, baseline=row, fill=True, color=colour(row), alpha=0.45)
        axes.stairs(heights, edges, baseline=None, color=colour(row), linewidth=1)
        mean = float(np.clip(encoder_values.mean(), edges[0], edges[-1]))
        axes.plot(mean, row, marker="^", ms=7, mfc=colour(row), mec=PAPER, ls="none", clip_on=False)
    axes.set_ylim(len(values) - 0.6, -1.0)
    axes.set_xlim(edges[0], edges[-1])
    axes.minorticks_off()
    if scale == "log":
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)


def _edges(values: Float64Array, n_inputs: int) -> tuple[Float64Array, Literal["linear", "log"]]:
    """Return where the bars begin and end; their scale is logarithmic where values need it."""
    low, high = np.quantile(values, [OUTSIDE, 1 - OUTSIDE])
    n_edges = 1 + min(_MOST_BARS, math.ceil(2 * math.sqrt(n_inputs)))
    if low > 0 and high / low > _FAR:
        return np.geomspace(low / 1.1, high * 1.1, n_edges), "log"
    room = (high - low) * 0.05 or abs(low) * 0.05 or 0.5
    return np.linspace(low - room, high + room, n_edges), "linear"


def _finite(values: Float64Array) -> Float64Array:
    return values[np.isfinite(values)]
