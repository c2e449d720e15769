"""Several autoencoders on one axis, by latent dimension where they differ in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rmqm_spec.reports.charts.drawing import PAPER, colour, drawn
from rmqm_spec.reports.spectra.content import ReportedSpectrum
from rmqm_spec.reports.spectra.eigenvalues import MARKERS, number_of_set
from rmqm_spec.spectra.columns import SPACES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["across_charts"]

_QUANTITIES: Final = (
    ("arithmetic-mean", "Arithmetic mean"),
    ("geometric-mean", "Geometric mean"),
    ("reversing", "Share reversing orientation"),
)
_SLOPES: Final = (("log-volume", "absolute"), ("trace", None))
_DASHES: Final = {"latent": "solid", "input": (0, (4, 1.5))}


def across_charts(models: Sequence[ReportedSpectrum]) -> list[dict[str, str]]:
    """
    Draw means and slopes of several autoencoders.

    Parameters
    ----------
    models : sequence of ReportedSpectrum
        Autoencoders; of fewer than two nothing is drawn.

    Returns
    -------
    list of dict
        ``title`` and ``svg``. Solid lines are J_L, dashed lines J_I.
    """
    if len(models) < 2:
        return []
    charts = []
    for quantity, title in _QUANTITIES:
        found = [*_of_quantity(models, quantity)]
        charts.append({"title": title, "svg": _chart(models, found, title)})
    for regressor, reading in _SLOPES:
        found = [*_of_slope(models, regressor, reading)]
        title = f"Slope of test inputs on {regressor.replace('-', ' ')}"
        if found:
            charts.append({"title": title, "svg": _chart(models, found, title)})
    return charts


_Line = tuple[int, str, list[tuple[float, Mapping[str, Any]]]]
"""Colour, space, and the place of each model with a value and its interval."""


def _of_quantity(models: Sequence[ReportedSpectrum], quantity: str) -> Iterator[_Line]:
    names = dict.fromkeys(name for model in models for name in model.columns)
    for space in SPACES:
        for name in names:
            points = [
                (place, section["quantities"][f"{space}-{quantity}"])
                for place, model in _placed(models)
                for section in model.document["sets"]
                if section["name"] == name
            ]
            known = [(place, one) for place, one in points if one["mean"] is not None]
            entries: list[tuple[float, Mapping[str, Any]]] = [
                (place, {"value": one["mean"], **one}) for place, one in known
            ]
            yield number_of_set(name, names), space, entries


def _of_slope(
    models: Sequence[ReportedSpectrum], regressor: str, reading: str | None
) -> Iterator[_Line]:
    for space in SPACES:
        wanted = (space, regressor, reading)
        points = [
            (place, one["test_slope"])
            for place, model in _placed(models)
            for one in model.document["regressions"]
            if (one["space"], one["regressor"], one["reading"]) == wanted
        ]
        if len(points) > 1:
            yield 1, space, points


def _placed(models: Sequence[ReportedSpectrum]) -> list[tuple[float, ReportedSpectrum]]:
    """Return models at their latent dimension, or side by side where some have the same."""
    dimensions = [model.document["dimension"] for model in models]
    if len(set(dimensions)) < len(models):
        return list(enumerate(models))
    return sorted(zip(dimensions, models, strict=True), key=lambda pair: pair[0])


def _chart(models: Sequence[ReportedSpectrum], lines: Sequence[_Line], title: str) -> str:
    places = _placed(models)
    by_dimension = [place for place, _ in places] != [*range(len(models))]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for place, (number, space, points) in enumerate(lines):
            aside = 0.0 if by_dimension else 0.14 * (place - (len(lines) - 1) / 2)
            moved = [(at + aside, one) for at, one in points]
            _line(axes, number, space, moved, joined=by_dimension)
        if by_dimension:
            axes.set_xlabel("latent dimension")
        else:
            axes.set_xticks(range(len(models)), [model.key for _, model in places])
            axes.set_xlim(-0.5, len(models) - 0.5)
        axes.grid(visible=False, axis="x")

    return drawn(draw, height=2.9, title=f"{title}, model by model")


def _line(
    axes: Axes,
    number: int,
    space: str,
    points: Sequence[tuple[float, Mapping[str, Any]]],
    *,
    joined: bool,
) -> None:
    places, values = [place for place, _ in points], [one["value"] for _, one in points]
    for place, one in points:
        if one["interval"] is not None:
            axes.plot([place, place], one["interval"], color=colour(number), linewidth=1.2)
    axes.plot(
        places, values, color=colour(number), linewidth=1.6,
        linestyle=_DASHES[space] if joined else "none", marker=MARKERS[number], ms=5,
        mfc=colour(number) if space == "latent" else PAPER, mec=colour(number),
    )  # fmt: skip
