"""The figures: errors over epochs, ours beside theirs, and the gap on training images alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from studies.natural.deepnnk import REGIMES
from studies.nnk.deepnnk.stored import KS
from studies.nnk.drawing import BLUE, GREEN, GREY, ORANGE, figure

__all__ = ["TITLES", "draw"]

TITLES: Final = {
    "regularized_16": "16 channels, regularised",
    "regularized_32": "32 channels, regularised",
    "unregularized_32": "32 channels, not regularised",
}
_SHADES: Final = (0.4, 0.7, 1.0)


def draw(document: dict[str, Any], folder: Path) -> None:
    """Write ``errors.svg`` and ``regimes.svg``."""
    _errors(document["curves"], folder / "errors.svg")
    _regimes(document, folder / "regimes.svg")


def _errors(curves: dict[str, Any], path: Path) -> None:
    with figure(path, 7.5, 4.8) as drawn:
        panels = drawn.subplots(2, len(REGIMES), sharex=True, sharey=True)
        for row, start in zip(panels, ("", "stored/"), strict=True):
            for axis, regime in zip(row, REGIMES, strict=True):
                one = curves[regime]
                epochs = np.array(one["steps"]) / 1_000 + 1
                for k, shade in zip(KS, _SHADES, strict=True):
                    for name, colour in (("nnk", BLUE), ("kernel_knn", ORANGE)):
                        label = f"{'NNK' if name == 'nnk' else 'k-NN'}, k = {k}"
                        axis.plot(
                            epochs,
                            one[f"{start}test/{name}/{k}"],
                            color=colour,
                            alpha=shade,
                            linewidth=1,
                            label=label,
                        )
                axis.plot(
                    epochs, one[f"{start}test/model"], color="black", linewidth=1, label="model"
                )
                if not start:
                    axis.set_title(TITLES[regime], loc="left")
                else:
                    axis.set_xlabel("epoch")
        panels[0, 0].set_ylabel("test error, ours")
        panels[1, 0].set_ylabel("test error, stored")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=4)


def _regimes(document: dict[str, Any], path: Path) -> None:
    colours = dict(zip(REGIMES, (GREEN, BLUE, ORANGE), strict=True))
    with figure(path, 7.5, 2.6) as drawn:
        left, middle, right = drawn.subplots(1, 3)
        middle.sharey(left)
        for regime, colour in colours.items():
            one = document["curves"][regime]
            epochs = np.array(one["steps"]) / 1_000 + 1
            left.plot(epochs, one["lossless/gap"], color=colour, label=TITLES[regime])
            left.plot(epochs, one["train/gap"], ":", color=colour, linewidth=1)
            true = np.subtract(one["stored/test/model"], one["stored/train/model"])
            middle.plot(epochs, true, color=colour)
            right.plot(epochs, one["test/neighbours/50"], color=colour)
        left.axhline(0, color=GREY, linewidth=0.8)
        middle.axhline(0, color=GREY, linewidth=0.8)
        left.set_title("training images alone:\nNNK left out - model", loc="left")
        middle.set_title("stored: model's error,\ntest - training", loc="left")
        right.set_title("neighbours, k = 50", loc="left")
        for axis in (left, middle, right):
            axis.set_xlabel("epoch")
        drawn.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
