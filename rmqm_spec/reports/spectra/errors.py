"""Pictures of errors against trace or log volume, with the lines of training and test inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.reports.charts.drawing import INK, PAPER, colour, drawn
from rmqm_spec.reports.spectra.eigenvalues import MARKERS
from rmqm_spec.spectra.columns import Columns, spaces_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MOST_INPUTS", "error_chart"]

MOST_INPUTS: Final = 350
"""Inputs of each set drawn at most, the first by content."""

_HIGHEST: Final = 0.995
"""Errors up to this quantile fit the picture."""

_NAMES: Final = {"log-volume": "log_volume", "trace": "trace"}


def error_chart(
    columns: Mapping[str, Columns], entry: Mapping[str, Any], label: str, title: str
) -> str:
    """
    Draw errors of training and test inputs in standard deviations, and both lines of a regression.

    Parameters
    ----------
    columns : mapping of str to Columns
        With ``train`` and ``test``.
    entry : mapping
        The regression, as it stands in the document; log volumes by the reading ``absolute``.
    label : str
        What stands at the horizontal axis.
    title : str
        Description in plain text.
    """
    points = _standardised(columns, entry["space"], entry["regressor"])
    value = {name: entry[name]["value"] for name in ("intercept", "slope", "test_shift")}
    levels = {"train": value["intercept"], "test": value["intercept"] + value["test_shift"]}
    slopes = {"train": value["slope"], "test": entry["test_slope"]["value"]}

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, (name, (x, errors)) in enumerate(points.items()):
            axes.plot(
                x[:MOST_INPUTS], errors[:MOST_INPUTS], ls="none", marker=MARKERS[number], ms=2.8,
                alpha=0.45, mfc=colour(number), mec=PAPER, mew=0.2,
            )  # fmt: skip
            ends = np.quantile(x, (0.005, 0.995))
            axes.plot(ends, levels[name] + slopes[name] * ends, color=PAPER, linewidth=4.5)
            axes.plot(
                ends, levels[name] + slopes[name] * ends, color=INK, linewidth=1.8,
                linestyle="solid" if name == "train" else (0, (4, 1.5)),
            )  # fmt: skip
        errors = np.concatenate([errors for _, errors in points.values()])
        axes.set_ylim(float(errors.min()) - 0.2, float(np.quantile(errors, _HIGHEST)) + 0.3)
        axes.set_xlabel(f"{label}, standard deviations")
        axes.set_ylabel("error, standard deviations")

    return drawn(draw, height=3.0, title=title)


def _standardised(
    columns: Mapping[str, Columns], space: str, regressor: str
) -> dict[str, tuple[Float64Array, Float64Array]]:
    """Return regressor and error of the inputs that count, over both sets together."""
    kept: dict[str, tuple[Float64Array, Float64Array]] = {}
    for name in ("train", "test"):
        spectrum, known = spaces_of(columns[name])[space], columns[name].autoencoder
        x = getattr(spectrum, _NAMES[regressor])
        finite = np.isfinite(x)
        errors = x if known is None else known.mse
        kept[name] = x[finite], errors[finite]
    x, errors = (np.concatenate([pair[column] for pair in kept.values()]) for column in (0, 1))
    return {
        name: ((own - x.mean()) / x.std(), (error - errors.mean()) / errors.std())
        for name, (own, error) in kept.items()
    }
