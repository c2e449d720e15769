"""Distances and relative changes from level to level, all encoders on the same axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics.interval import LEVEL
from rmqm_spec.reports.charts.drawing import DASHES, colour, drawn, level_axis, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rmqm_spec.characteristics.curves import Curve
    from rmqm_spec.reports.content import ReportedEncoder

__all__ = ["MANY", "curve_charts"]

MANY: Final = 3
"""With more encoders than this, the bands of single inputs would cover each other."""

_HEIGHT = 3.1
_LINE = 0.07
"""Height of a letter, as a share of the axes."""

_QUANTITIES = (
    ("displacement", "Displacement", "distance from the unaltered encoding", False),
    ("displacement_change", "Relative change of displacement", "relative change", True),
    ("step_length", "Step length", "distance from the previous encoding", False),
    ("step_length_change", "Relative change of step length", "relative change", True),
)


def curve_charts(encoders: Sequence[ReportedEncoder], level_label: str) -> list[dict[str, str]]:
    """
    Draw the four quantities of the specification against the level.

    Parameters
    ----------
    encoders : sequence of Subject
        Whose curves.
    level_label : str
        What a level is.

    Returns
    -------
    list of dict
        ``title`` and ``svg`` of each. Lines are means over inputs, narrow bands their 95 %
        intervals; with up to `MANY` encoders wide bands show the middle half of the inputs.
    """
    charts = []
    for name, title, label, is_change in _QUANTITIES:

        def draw(
            figure: Figure, name: str = name, label: str = label, log: bool = is_change
        ) -> None:
            axes = figure.add_subplot()
            _curves(axes, encoders, name, log=log)
            level_axis(
                axes, max(encoder.characteristics.n_levels for encoder in encoders), level_label
            )
            axes.set_ylabel(label)

        shown = f"{title} against the level, of {len(encoders)} encoder(s)"
        charts.append({"title": title, "svg": drawn(draw, height=_HEIGHT, title=shown)})
    return charts


def _curves(axes: Axes, encoders: Sequence[ReportedEncoder], name: str, *, log: bool) -> None:
    ends = []
    for number, encoder in enumerate(encoders):
        curve: Curve = getattr(encoder.characteristics.curves, name)
        levels = np.arange(1, len(curve.mean) + 1)
        mean = np.where(curve.mean > 0, curve.mean, np.nan) if log else curve.mean
        if name == "displacement":
            levels, mean = np.insert(levels, 0, 0), np.insert(mean, 0, 0.0)
        self_colour, dash = colour(number), DASHES[number % len(DASHES)]
        for low, high, alpha in _bands(encoder, name, curve, n_encoders=len(encoders)):
            if log:
                low, high = (np.where(side > 0, side, np.nan) for side in (low, high))  # noqa: PLW2901
            axes.fill_between(
                np.arange(1, len(low) + 1), low, high, color=self_colour, alpha=alpha, linewidth=0
            )
        axes.plot(levels, mean, color=self_colour, linestyle=dash, linewidth=1.6)
        defined = np.flatnonzero(np.isfinite(mean))
        if defined.size:
            ends.append((encoder.key, number, levels[-1], float(mean[defined[-1]])))
    if log and ends:
        logarithmic(axes)
    elif not log:
        axes.set_ylim(bottom=0)
    _label_ends(axes, ends)


def _bands(
    encoder: ReportedEncoder, name: str, curve: Curve, *, n_encoders: int
) -> list[tuple[Float64Array, Float64Array, float]]:
    from scipy.special import stdtrit

    n = encoder.characteristics.n_inputs
    bands = []
    if n_encoders <= MANY and name in _RAW:
        quartiles = np.quantile(_RAW[name](encoder), [0.25, 0.75], axis=0)
        bands.append((quartiles[0], quartiles[1], 0.16))
    if n > 1:
        half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * curve.std / np.sqrt(n)
        bands.append((curve.mean - half, curve.mean + half, 0.35 if n_encoders <= MANY else 0.22))
    return bands


_RAW: dict[str, Callable[[ReportedEncoder], Float64Array]] = {
    "displacement": lambda encoder: encoder.stored.displacements,
    "step_length": lambda encoder: encoder.stored.step_lengths,
}


def _label_ends(axes: Axes, ends: Sequence[tuple[str, int, float, float]]) -> None:
    """Write the key of each curve beside its end, moved apart where they would overlap."""
    scale = np.log if axes.get_yscale() == "log" else np.asarray
    low, high = (float(scale(limit)) for limit in axes.get_ylim())
    ends = sorted(ends, key=lambda end: end[3])
    shares = [(float(scale(value)) - low) / (high - low) for *_, value in ends]
    for (key, number, level, _), share in zip(ends, _apart(shares), strict=True):
        axes.annotate(
            key,
            (level, share),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            color=colour(number),
            fontweight="bold",
            va="center",
            annotation_clip=False,
        )


def _apart(shares: Sequence[float]) -> list[float]:
    """Move rising places a line apart: upwards, and down again from the upper end."""
    places = list(shares)
    for row in range(1, len(places)):
        places[row] = max(places[row], places[row - 1] + _LINE)
    limit = 1.0
    for row in reversed(range(len(places))):
        places[row] = min(places[row], limit)
        limit = places[row] - _LINE
    return places
