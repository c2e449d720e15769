"""Pictures of geometries: polytopes in a plane, and curves over the levels of an alteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rmqm_spec.reports.charts.drawing import DASHES, INK, MUTED, PAPER, RULE, colour, drawn
from rmqm_spec.reports.geometry.content import Plane, ReportedGeometry

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["altered_charts", "path_chart", "polytope_chart"]

_SIDE: Final = 3.2
_MOST_EDGES: Final = 66
"""Edges of twelve corners; of more, only those to the input are drawn."""

_CURVES: Final = (
    ("diameters", "Diameter", "diameter, levels 1 to j"),
    ("neighbours", "Neighbours", "neighbours, levels 1 to j"),
    ("displacements", "Displacement", "distance from level 0"),
)


def polytope_chart(plane: Plane, number: int, title: str) -> str:
    """
    Draw an input among its candidates.

    Parameters
    ----------
    plane : Plane
        The points.
    number : int
        Number of the encoder, which chooses the colour.
    title : str
        Description in plain text.
    """

    def draw(figure: Figure) -> None:
        axes = _square(figure)
        _draw_edges(axes, plane, colour(number))
        others = plane.points[1:][~plane.is_neighbour]
        axes.plot(*others.T, ls="none", marker="o", ms=4, mfc=PAPER, mec=MUTED, mew=0.8)
        _draw_corners(axes, plane, colour(number))

    return drawn(draw, height=_SIDE, width=_SIDE, title=title)


def path_chart(plane: Plane, number: int, title: str) -> str:
    """Draw an input and its altered versions, joined in the order of their levels."""

    def draw(figure: Figure) -> None:
        axes = _square(figure)
        axes.plot(*plane.points.T, color=MUTED, linewidth=1, zorder=1)
        others = plane.points[1:][~plane.is_neighbour]
        axes.plot(*others.T, ls="none", marker="o", ms=4, mfc=PAPER, mec=MUTED, mew=0.8)
        _draw_edges(axes, plane, colour(number), among_corners=False)
        _draw_corners(axes, plane, colour(number))

    return drawn(draw, height=_SIDE, width=_SIDE, title=title)


def altered_charts(encoders: Sequence[ReportedGeometry]) -> list[dict[str, str]]:
    """
    Draw diameter, number of neighbours and displacement over levels, with those of the null.

    Parameters
    ----------
    encoders : sequence of ReportedGeometry
        Those without altered inputs are left out.

    Returns
    -------
    list of dict
        ``title`` and ``svg``; empty where no inputs were altered.
    """
    known = [
        (number, encoder.document) for number, encoder in enumerate(encoders)
        if encoder.document["altered"]
    ]  # fmt: skip
    if not known:
        return []
    charts = []
    for name, title, label in _CURVES:

        def draw(figure: Figure, name: str = name, label: str = label) -> None:
            axes = figure.add_subplot()
            for number, document in known:
                _curve(axes, document["altered"], name, number)
                null = (document["null"] or {}).get("altered")
                if null:
                    _null_curve(axes, null, name, number)
            axes.set_ylim(bottom=0)
            axes.set_xlim(left=0)
            axes.set_xlabel("level j")
            axes.set_ylabel(label)

        shown = f"{title} over the levels of the alteration"
        charts.append({"title": title, "svg": drawn(draw, height=2.9, title=shown)})
    return charts


def _square(figure: Figure) -> Axes:
    axes = figure.add_subplot()
    axes.set_aspect("equal", adjustable="datalim")
    axes.tick_params(labelsize=8)
    axes.margins(0.08)
    return axes


def _draw_edges(axes: Axes, plane: Plane, shade: str, *, among_corners: bool = True) -> None:
    """Draw the edges of the polytope, its diameter, and those from the input to its corners."""
    corners: list[int] = (1 + np.flatnonzero(plane.is_neighbour)).tolist()
    pairs = list(combinations(corners, 2))
    if among_corners and len(pairs) <= _MOST_EDGES:
        for one, other in pairs:
            axes.plot(*plane.points[[one, other]].T, color=RULE, linewidth=0.9, zorder=1)
    for corner in corners:
        width = 0.6 + 4 * float(plane.shares[corner - 1])
        axes.plot(*plane.points[[0, corner]].T, color=shade, linewidth=width, zorder=2)
    if plane.widest is not None:
        ends = plane.points[list(plane.widest)]
        axes.plot(*ends.T, color=INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=3)


def _draw_corners(axes: Axes, plane: Plane, shade: str) -> None:
    for point, share in zip(plane.points[1:], plane.shares, strict=True):
        if share > 0:
            size = 4 + 10 * float(np.sqrt(share))
            axes.plot(*point, marker="o", ms=size, mfc=shade, mec=PAPER, mew=0.8, zorder=4)
    axes.plot(*plane.points[0], marker="D", ms=8, mfc=INK, mec=PAPER, mew=1, zorder=5)


def _curve(axes: Axes, altered: Mapping[str, Any], name: str, number: int) -> None:
    levels = altered["levels"]
    means = altered["curves"][name]
    ends = [mean["interval"] or (mean["value"], mean["value"]) for mean in means]
    shade, dash = colour(number), DASHES[number % len(DASHES)]
    axes.fill_between(
        levels, [low for low, _ in ends], [high for _, high in ends], color=shade, alpha=0.2, lw=0
    )
    axes.plot(levels, [mean["value"] for mean in means], color=shade, linewidth=2, linestyle=dash)


def _null_curve(axes: Axes, null: Mapping[str, Any], name: str, number: int) -> None:
    values = [mean["value"] for mean in null["curves"][name]]
    axes.plot(
        null["levels"], values, color=colour(number), linewidth=1, linestyle=(0, (1, 2)),
        marker="D", ms=3.5, mfc=PAPER, mec=colour(number), mew=0.8,
    )  # fmt: skip
