"""Pictures of eigenvalues: where they lie in the complex plane, and how far they turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from rmqm_spec.reports.charts.drawing import MUTED, PAPER, colour, drawn, logarithmic
from rmqm_spec.spectra.eigenvalues import SMALL, Spectrum
from rmqm_spec.spectra.statistics import arguments_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MARKERS", "arguments_chart", "number_of_set", "plane_chart", "shown_inputs"]

MOST_POINTS: Final = 900
"""Eigenvalues drawn at most: more of them hide each other, and make the page heavy."""

MARKERS: Final = ("o", "D", "s")

_BINS: Final = 37
"""An odd number: the argument 0, which many eigenvalues have, is in the middle of a bin."""

_ORDER: Final = {"data": 0, "train": 0, "test": 1}


def number_of_set(name: str, sets: Mapping[str, object]) -> int:
    """Return which colour and marker a set of inputs has: training and test data always theirs."""
    return 2 if name == "data" and len(sets) > 1 else _ORDER[name]


def shown_inputs(sets: Mapping[str, Spectrum]) -> int:
    """Return of how many inputs of each set the eigenvalues are drawn."""
    n = next(iter(sets.values())).n
    return max(1, MOST_POINTS // (n * len(sets)))


def plane_chart(sets: Mapping[str, Spectrum], title: str) -> str:
    """
    Draw eigenvalues in the complex plane, with the circles of modulus 1 and 0.1.

    Parameters
    ----------
    sets : mapping of str to Spectrum
        By set of inputs; of each, as many inputs as `shown_inputs` says, the first by content.
    title : str
        Description in plain text.
    """
    n_shown = shown_inputs(sets)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_aspect("equal", adjustable="datalim")
        for radius in (1.0, SMALL):
            _circle(axes, radius)
        for name, spectrum in sets.items():
            number = number_of_set(name, sets)
            values = spectrum.eigenvalues[:n_shown].ravel()
            axes.plot(
                values.real, values.imag, ls="none", marker=MARKERS[number], ms=3, alpha=0.6,
                mfc=colour(number), mec=PAPER, mew=0.3,
            )  # fmt: skip
        axes.set_xlabel("real part")
        axes.set_ylabel("imaginary part")
        axes.margins(0.06)

    return drawn(draw, height=3.4, title=title)


def arguments_chart(sets: Mapping[str, Spectrum], title: str) -> str:
    """Draw the shares of eigenvalues by argument: 0 and 180 degrees hold those that are real."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for name, spectrum in sets.items():
            number = number_of_set(name, sets)
            found = arguments_of(spectrum, n_bins=_BINS)
            shares = found.counts / max(int(found.counts.sum()), 1)
            axes.stairs(
                shares, np.degrees(found.edges), color=colour(number), linewidth=1.8,
                linestyle="solid" if number == 0 else (0, (4, 1.5)),
            )  # fmt: skip
        logarithmic(axes)
        axes.set_xticks([-180, -90, 0, 90, 180])
        axes.set_xlabel("argument, degrees")
        axes.set_ylabel("share of eigenvalues")

    return drawn(draw, height=2.9, title=title)


def _circle(axes: Axes, radius: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 181)
    axes.plot(
        radius * np.cos(angles), radius * np.sin(angles), color=MUTED, linewidth=0.9, zorder=0
    )
