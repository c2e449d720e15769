"""The figure: accuracy by NNK and by k-NN against the linear probe, a panel for each table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from studies.nnk.drawing import BLUE, GREY, ORANGE, figure

__all__ = ["draw"]

_SHOWN: Final = (("weighted_knn", "weighted k-NN", ORANGE, "s"), ("nnk", "NNK", BLUE, "o"))
_TITLES: Final = {
    "published": "published, ImageNet",
    "cifar10": "CIFAR-10",
    "kmnist": "KMNIST",
    "features": "the given features",
}


def draw(document: dict[str, Any], path: Path) -> None:
    """Write the figure."""
    with figure(path, 2.6 * len(document), 2.9) as drawn:
        panels = drawn.subplots(1, len(document), squeeze=False)[0]
        for axis, (name, entry) in zip(panels, document.items(), strict=True):
            linear = [one["linear"] for one in entry["encoders"]]
            ends = [min(linear), max(linear)]
            axis.plot(ends, ends, color=GREY, linewidth=0.8)
            for rule, label, colour, marker in _SHOWN:
                values = [one[rule] for one in entry["encoders"]]
                axis.plot(linear, values, marker, color=colour, markersize=3, label=label)
            axis.set_title(_TITLES[name], loc="left")
            axis.set_xlabel("accuracy of the linear probe")
        panels[0].set_ylabel("accuracy")
        panels[0].legend()
