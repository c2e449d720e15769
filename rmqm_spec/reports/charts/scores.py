"""Scores with intervals, differences with intervals, and what the logarithm is taken of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rmqm_spec.ranking.parts import terms
from rmqm_spec.reports.charts.drawing import INK, MUTED, PAPER, colour, drawn, term_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rmqm_spec.ranking import Pair
    from rmqm_spec.reports.content import ReportedEncoder

__all__ = ["TERMS", "pair_chart", "score_chart", "term_chart"]

TERMS = ("D", "1/D_RC", "1/P_RC", "S")
_HATCHES = ("", "///", "\\\\\\", "---")
"""Lines alone: the SVG of dots is a hundred times longer."""
_ROW = 0.3
_FRAME = 0.65


def score_chart(encoders: Sequence[ReportedEncoder], nulls: Mapping[str, float]) -> str:
    """Draw the score of each encoder with its 95 % interval; that of its null as a hollow mark."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, encoder in enumerate(encoders):
            if encoder.has_score:
                _interval(axes, row, encoder.characteristics.rmqm, encoder.interval, colour(row))
            if encoder.name in nulls:
                axes.plot(nulls[encoder.name], row, marker="D", mfc=PAPER, mec=MUTED, ls="none")
        _rows(axes, [encoder.key for encoder in encoders])
        axes.set_xlabel("RMQM with 95 % interval")

    return drawn(draw, height=_height(len(encoders)), title="Scores with their 95 % intervals")


def pair_chart(pairs: Sequence[Pair], keys: Mapping[str, str]) -> str:
    """Draw the difference of each pair; a tie is hollow, and its interval crosses zero."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.axvline(0, color=INK, linewidth=1)
        for row, pair in enumerate(pairs):
            _interval(
                axes, row, pair.difference, pair.interval, MUTED if pair.tied else INK,
                hollow=pair.tied,
            )  # fmt: skip
        _rows(axes, [f"{keys[pair.first]} \N{MINUS SIGN} {keys[pair.second]}" for pair in pairs])
        axes.set_xlabel("difference of RMQM")

    return drawn(
        draw, height=_height(len(pairs)), title="Differences of scores with simultaneous intervals"
    )


def term_chart(encoders: Sequence[ReportedEncoder]) -> str:
    """Draw the sum inside the logarithm: 1, then each term, up to the exponential of RMQM."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, encoder in enumerate(encoders):
            start = 1.0
            axes.barh(row, 1.0, color=MUTED, height=0.62, edgecolor=PAPER, linewidth=1)
            for name, value in terms(encoder.characteristics).items():
                number = TERMS.index(name)
                axes.barh(
                    row, value, left=start, height=0.62, color=term_colour(number),
                    hatch=_HATCHES[number], edgecolor=PAPER, linewidth=1,
                )  # fmt: skip
                start += value
        _rows(axes, [encoder.key for encoder in encoders])
        axes.set_xlabel("sum inside the logarithm")

    return drawn(draw, height=_height(len(encoders)), title="Terms inside the logarithm of RMQM")


def _interval(
    axes: Axes,
    row: int,
    value: float,
    interval: Sequence[float] | None,
    shade: str,
    *,
    hollow: bool = False,
) -> None:
    if interval is not None:
        axes.plot(interval, [row, row], color=shade, linewidth=2, solid_capstyle="butt")
        axes.plot(interval, [row, row], color=shade, marker="|", ls="none", ms=8, mew=1.5)
    face = PAPER if hollow else shade
    axes.plot(value, row, marker="o", ms=6, mfc=face, mec=shade, mew=1.5, ls="none")


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontweight="bold")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.06)


def _height(n_rows: int) -> float:
    return _FRAME + _ROW * n_rows
