"""Scores against probes as a figure: the paper's Figure 6, for any encoders."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rmqm_spec.correlation.correlating import Correlation
from rmqm_spec.errors import UnavailableError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_correlations", "is_figure", "require_matplotlib"]

_CREATOR = "rmqm-spec correlate"
"""Stands in every figure, and tells it from other files."""

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
"""Colours of Okabe and Ito, distinct for colour-blind readers too; one for each task, in turn."""

_MARKERS = "osD^vPX"
_PANEL = 3.1, 2.7
"""Inches."""

_STYLE: dict[Any, Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 8,
    "svg.fonttype": "none",
    "svg.hashsalt": "rmqm-correlation",
    "text.parse_math": False,
}


def require_matplotlib() -> None:
    """
    Refuse to draw without matplotlib.

    Raises
    ------
    UnavailableError
        ENV008.
    """
    try:
        import matplotlib  # noqa: F401, ICN001
    except ImportError as error:
        raise UnavailableError(
            "ENV008",
            f"matplotlib must be importable for a figure; got {error}",
            fix="pip install 'rmqm-spec[report]'",
        ) from error


def draw_correlations(correlations: Sequence[Correlation]) -> bytes:
    """
    Draw one panel for each correlation: rows of probes and scores, columns of tasks and the pool.

    Parameters
    ----------
    correlations : sequence of Correlation
        What to draw. Encoders are numbered; the legend names them.

    Returns
    -------
    bytes
        SVG, the same for the same correlations.

    Raises
    ------
    UnavailableError
        ENV008 without matplotlib.
    """
    require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows = list(
        dict.fromkeys((correlation.score, correlation.probe) for correlation in correlations)
    )
    tasks = list(dict.fromkeys(correlation.task for correlation in correlations))
    names = sorted({point.encoder for correlation in correlations for point in correlation.points})
    numbers = {name: number for number, name in enumerate(names, start=1)}
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's fonts draw the text
        size = (_PANEL[0] * len(tasks) + 0.3, _PANEL[1] * len(rows) + _legend_height(numbers))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(rows), len(tasks), squeeze=False)
        colours = _colours(correlations)
        for axes in panels.flat:
            axes.set_visible(False)
        for correlation in correlations:
            row, column = (
                rows.index((correlation.score, correlation.probe)),
                tasks.index(correlation.task),
            )
            _panel(panels[row, column], correlation, numbers, colours)
        _legend(figure, numbers, len(tasks))
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": _CREATOR})
    return stream.getvalue()


def is_figure(path: Path) -> bool:
    """Tell whether this module drew a file; False for a file that cannot be read."""
    try:
        return _CREATOR.encode() in path.read_bytes()
    except OSError:
        return False


def _colours(correlations: Sequence[Correlation]) -> dict[str, tuple[str, str]]:
    tasks = dict.fromkeys(
        point.task for correlation in correlations for point in correlation.points
    )
    return {
        task: (_COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)])
        for number, task in enumerate(tasks)
    }


def _panel(
    axes: Axes,
    correlation: Correlation,
    numbers: dict[str, int],
    colours: dict[str, tuple[str, str]],
) -> None:
    axes.set_visible(True)
    x, y = (
        np.array([getattr(point, name) for point in correlation.points])
        for name in ("score", "entered")
    )
    for task, (colour, marker) in colours.items():
        chosen = [index for index, point in enumerate(correlation.points) if point.task == task]
        if chosen:
            axes.scatter(x[chosen], y[chosen], s=22, color=colour, marker=marker, alpha=0.75,
                         linewidths=0, label=task)  # fmt: skip
    for point in correlation.points:
        axes.annotate(
            str(numbers[point.encoder]), (point.score, point.entered), xytext=(3, 3),
            textcoords="offset points", fontsize=6.5, color=colours[point.task][0],
        )  # fmt: skip
    if np.ptp(x) > 0:
        slope, intercept = np.polyfit(x, y, 1)
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, slope * ends + intercept, color="#333333", linewidth=1, zorder=0)
    axes.margins(0.12)
    axes.set_xlabel(correlation.score)
    axes.set_ylabel(
        f"{correlation.probe} accuracy"
        + (" / best of its task" if correlation.task is None else "")
    )
    axes.set_title(
        f"{correlation.task or 'pooled'}\n{_summary(correlation)}", fontsize=8, loc="left"
    )
    if correlation.task is None:
        axes.legend(fontsize=6.5, frameon=False, loc="best", handletextpad=0.2)


def _summary(correlation: Correlation) -> str:
    pearson, spearman = correlation.estimates["pearson"], correlation.estimates["spearman"]
    if math.isnan(pearson.value):
        return "no correlation: one side does not differ"
    interval = pearson.interval
    width = f" [{interval.low:.2f}, {interval.high:.2f}]" if interval else " (no interval)"
    return f"r {pearson.value:.2f}{width}  rank r {spearman.value:.2f}  n {correlation.n_encoders}"


def _legend_height(numbers: dict[str, int]) -> float:
    return 0.2 + 0.16 * math.ceil(len(numbers) / 3)


def _legend(figure: Any, numbers: dict[str, int], n_columns: int) -> None:
    """Name the numbers below the panels, in columns."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="none", label=f"{number}  {name}")
        for name, number in numbers.items()
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=max(1, min(n_columns, 3)),
                  frameon=False, fontsize=7, handlelength=0, handletextpad=0)  # fmt: skip
