"""The singular values of encoders, the largest first: their means, and those of the nulls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rmqm_spec.reports.charts.drawing import DASHES, colour, drawn, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curve_chart"]


def curve_chart(
    curves: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any] | None]], title: str
) -> str:
    """
    Draw curves of singular values.

    Parameters
    ----------
    curves : sequence of tuple
        Number of the model, its curve, and that of its null where there is one.
    title : str
        Description in plain text.
    """

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, curve, null in curves:
            places = np.arange(1, len(curve["means"]) + 1)
            shade, dash = colour(number), DASHES[number % len(DASHES)]
            axes.fill_between(places, curve["low"], curve["high"], color=shade, alpha=0.2, lw=0)
            axes.plot(places, curve["means"], color=shade, linewidth=2, linestyle=dash)
            if null is not None:
                _null(axes, null, shade)
        logarithmic(axes)
        axes.set_xlabel("singular value, the largest first")
        axes.set_ylabel("mean over the inputs")

    return drawn(draw, height=3.1, title=title)


def _null(axes: Axes, null: Mapping[str, Any], shade: str) -> None:
    places = np.arange(1, len(null["means"]) + 1)
    axes.plot(places, null["means"], color=shade, linewidth=1.2, linestyle=(0, (1, 2)))
