"""One style for the figures of the study: the same tables give the same SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["CLASSES", "COLOURS", "GREY", "band", "figure", "line"]

COLOURS: Final = {3: "#0072b2", 4: "#d55e00", 5: "#009e73"}
"""By the number of layers."""
GREY: Final = "#777777"
CLASSES: Final = [mpl.colors.to_hex(mpl.colormaps["tab10"](number)) for number in range(10)]
_STYLE: Final = {
    "svg.hashsalt": "spectra",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "lines.linewidth": 1.2,
}
Row = Mapping[str, Any]
_SEEN_AS_A_LINE: Final = 3
"""Points; fewer are marked."""


@contextmanager
def figure(path: Path, width: float, height: float) -> Iterator[Figure]:
    """Yield a figure of this size in inches, and save it."""
    with mpl.rc_context(_STYLE):
        drawn = Figure(figsize=(width, height), layout="constrained")
        yield drawn
        drawn.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")
    # The files are committed: a tenth of a point is not seen, and indentation is of no use.
    path.write_text(re.sub(r"\n +", "\n", re.sub(r"(\d\.\d)\d+", r"\1", path.read_text())))


def line(axes: Any, rows: Sequence[Row], column: str, **style: Any) -> None:
    """Draw a column against the latent dimension, in the order of the dimensions."""
    points = sorted((row["dimension"], row[column]) for row in rows if row.get(column) is not None)
    if points:
        marker = "." if len(points) < _SEEN_AS_A_LINE else None
        axes.plot(*zip(*points, strict=True), marker=marker, **style)


def band(axes: Any, rows: Sequence[Row], name: str, *, colour: str, label: str) -> None:
    """Draw the median of a quantity against the latent dimension, and its quartiles."""
    known = sorted(rows, key=lambda row: int(row["dimension"]))
    dimensions = [row["dimension"] for row in known]
    low, high = ([row[f"{name}_{end}"] for row in known] for end in ("q1", "q3"))
    line(axes, known, f"{name}_median", color=colour, label=label)
    axes.fill_between(dimensions, low, high, color=colour, alpha=0.15, linewidth=0)
