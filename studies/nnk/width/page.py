"""The page and the figure of the study of width."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.stats import kendalltau

from studies.nnk.drawing import BLUE, GREY, ORANGE, figure
from studies.nnk.width.measuring import K
from studies.nnk.writing import share, table

__all__ = ["analysed", "draw", "page"]

Document = dict[str, Any]

_TRENDS: Final = {
    "train_mixed": "mixed polytopes, training images",
    "test_mixed": "mixed polytopes, test images",
    "test_gap": "NNK's error minus the model's, test images",
    "train_gap": "NNK's error minus the model's, training images",
    "train_neighbours": "neighbours, training images",
    "test_neighbours": "neighbours, test images",
}


def analysed(rows: Mapping[str, Mapping[str, Any]]) -> Document:
    """Return the networks in order of width, and how what is measured follows the width."""
    networks = sorted(
        ({name: float(value) for name, value in row.items()} for row in rows.values()),
        key=lambda row: (row["width"], row["seed"]),
    )
    widths = [row["width"] for row in networks]
    trends = {}
    for name in _TRENDS:
        tau, p = map(float, kendalltau(widths, [row[name] for row in networks]))
        # A value that never changes has no order.
        trends[name] = {"tau": None, "p": None} if np.isnan(tau) else {"tau": tau, "p": p}
    return {"networks": networks, "trends": trends}


def page(document: Document) -> str:
    """Return the page of a document, as Markdown."""
    networks = document["networks"]
    lead = (
        "Residual networks of three stages, with 1, 2 and 4 times as many channels as their width, "
        f"trained for {networks[0]['epochs']:.0f} epochs on CIFAR-10 without augmentation. Each "
        f"image has {K} candidates among the training images; its polytope is mixed if at least "
        "one of its neighbours has another class. No training image is its own candidate. ± is a "
        "95 % interval over images."
    )
    lines = [
        "# NNK and the width of a network",
        "",
        lead,
        "",
        "![Errors, mixed polytopes and neighbours against width](width.svg)",
        "",
        *_networks(networks),
        "",
        "## Trends",
        "",
        *table(
            ["value", "Kendall's tau with width", "p"],
            [
                [said, share(found["tau"], 2), share(found["p"], 4)]
                for name, said in _TRENDS.items()
                for found in [document["trends"][name]]
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _networks(networks: list[Document]) -> list[str]:
    heads = ["width", "seed", "parameters", "training error"]
    heads += ["test error", "NNK, test", "k-NN, test", "NNK - model, test"]
    heads += ["NNK - model, training", "mixed, training", "mixed, test"]
    heads += ["neighbours, training", "neighbours, test"]
    rows = []
    for one in networks:
        gaps = {
            part: f"{one[f'{part}_gap']:+.3f} ± {1.96 * one[f'{part}_gap_se']:.3f}"
            for part in ("test", "train")
        }
        rows.append(
            [
                f"{one['width']:.0f}",
                f"{one['seed']:.0f}",
                f"{one['parameters']:,.0f}",
                share(one["train_model_all"]),
                share(one["test_model"]),
                share(one["test_nnk"]),
                share(one["test_kernel_knn"]),
                gaps["test"],
                gaps["train"],
                share(one["train_mixed"]),
                share(one["test_mixed"]),
                share(one["train_neighbours"], 1),
                share(one["test_neighbours"], 1),
            ]
        )
    return table(heads, rows)


def draw(document: Document, path: Path) -> None:
    """Write the figure: means over seeds, with a point for each network."""
    networks = document["networks"]
    with figure(path, 7.5, 2.6) as drawn:
        errors, mixed, neighbours = drawn.subplots(1, 3)
        _line(errors, networks, "test_model", "model, test", GREY, "s")
        _line(errors, networks, "test_nnk", "NNK, test", BLUE, "o")
        _line(errors, networks, "train_model_all", "model, training", ORANGE, "^")
        for axis, name in ((mixed, "mixed"), (neighbours, "neighbours")):
            _line(axis, networks, f"test_{name}", "test images", BLUE, "o")
            _line(axis, networks, f"train_{name}", "training images", ORANGE, "^")
        for axis, title in (
            (errors, "error"),
            (mixed, "share of mixed polytopes"),
            (neighbours, "neighbours"),
        ):
            axis.set_xscale("log", base=2)
            axis.set_xticks(*_ticks(networks))
            axis.set_ylim(bottom=0)
            axis.set_title(title, loc="left")
            axis.set_xlabel("width")
            axis.legend()


def _ticks(networks: list[Document]) -> tuple[list[float], list[str]]:
    widths = sorted({one["width"] for one in networks})
    return widths, [f"{width:.0f}" for width in widths]


def _line(
    axis: Any, networks: list[Document], name: str, label: str, colour: str, marker: str
) -> None:
    widths = sorted({one["width"] for one in networks})
    means = [
        float(np.mean([one[name] for one in networks if one["width"] == width])) for width in widths
    ]
    axis.plot(widths, means, color=colour, linewidth=1)
    points = [one["width"] for one in networks], [one[name] for one in networks]
    axis.plot(*points, marker, color=colour, markersize=3, label=label)
