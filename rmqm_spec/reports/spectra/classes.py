"""Pictures of a quantity over all inputs and by class: median, quartiles and range."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rmqm_spec.reports.charts.drawing import INK, MUTED, PAPER, colour, drawn
from rmqm_spec.reports.spectra.eigenvalues import MARKERS, number_of_set
from rmqm_spec.spectra.eigenvalues import Spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_CLASSES", "class_names", "quantity_chart", "small_chart"]

MOST_CLASSES: Final = 20
"""Classes drawn at most, the first by label."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,9}")
"""Labels that a picture can hold; others are named by their number."""


def class_names(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the labels of the classes of all sets, in their order."""
    known = {one["label"] for section in sections for one in section["classes"]}
    return sorted(known)[:MOST_CLASSES]


def quantity_chart(
    sections: Sequence[Mapping[str, Any]],
    quantity: str,
    label: str,
    title: str,
    *,
    from_zero: bool = False,
) -> str:
    """
    Draw a quantity of all inputs, and of the inputs of each class.

    Parameters
    ----------
    sections : sequence of mapping
        The sets of a document.
    quantity : str
        Its name in the document.
    label : str
        What stands at the vertical axis.
    title : str
        Description in plain text.
    from_zero : bool
        Whether the vertical axis begins at 0.
    """
    labels = class_names(sections)
    sets = {section["name"]: section for section in sections}

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for name, section in sets.items():
            number = number_of_set(name, sets)
            at = 0.34 * (list(sets).index(name) - (len(sets) - 1) / 2)
            by_label = {one["label"]: one["quantities"] for one in section["classes"]}
            groups = [section["quantities"], *(by_label.get(label, {}) for label in labels)]
            for place, known in enumerate(groups):
                if quantity in known:
                    _bar(axes, place + at, known[quantity], number)
        if labels:
            axes.axvline(0.5, color=MUTED, linewidth=0.8)
        names = [
            label if _PLAIN.fullmatch(label) else str(number)
            for number, label in enumerate(labels, start=1)
        ]
        axes.set_xticks(range(len(labels) + 1), ["all", *names])
        if len(labels) > 10:
            axes.tick_params(axis="x", labelsize=7)
        axes.grid(visible=False, axis="x")
        axes.set_xlim(-0.6, len(labels) + 0.6)
        if labels:
            axes.set_xlabel("class")
        axes.set_ylabel(label)
        if from_zero:
            axes.set_ylim(bottom=0)

    return drawn(draw, height=2.7, title=title)


def small_chart(sets: Mapping[str, Spectrum], title: str) -> str:
    """Draw the shares of inputs by their number of eigenvalues of a modulus below 0.1."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        most = max(int(spectrum.small.max()) for spectrum in sets.values())
        for name, spectrum in sets.items():
            number = number_of_set(name, sets)
            shares = np.bincount(spectrum.small, minlength=most + 1) / len(spectrum)
            width = 0.8 / len(sets)
            at = width * (list(sets).index(name) - (len(sets) - 1) / 2)
            axes.bar(
                np.arange(most + 1) + at, shares, width, color=colour(number),
                hatch="" if number == 0 else "///",
            )  # fmt: skip
        axes.set_xticks(range(most + 1))
        axes.set_ylim(0, 1)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel("eigenvalues of modulus below 0.1")
        axes.set_ylabel("share of inputs")

    return drawn(draw, height=2.5, title=title)


def _bar(axes: Axes, place: float, entry: Mapping[str, Any], number: int) -> None:
    """Draw median, quartiles and range of a quantity, or a share with its interval."""
    middle, quartiles, point = entry["middle"], entry["quartiles"], entry["median"]
    if quartiles is None:
        point, middle = entry["mean"], entry["interval"]
    if middle is not None and None not in middle:
        axes.plot([place, place], middle, color=colour(number), linewidth=1.2, zorder=2)
    if quartiles is not None and None not in quartiles:
        axes.plot(
            [place, place], quartiles, color=colour(number), linewidth=4.5, solid_capstyle="butt",
            zorder=3,
        )  # fmt: skip
    if point is not None:
        axes.plot(
            place, point, marker=MARKERS[number], ms=4.5, mfc=PAPER, mec=INK, mew=0.9, zorder=4
        )
