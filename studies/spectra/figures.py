"""Figures 2 to 9 of the source, redrawn, and how spectra change in training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from studies.spectra.committed import Tables
from studies.spectra.comparing import PRINTED
from studies.spectra.drawing import CLASSES, COLOURS, GREY, band, figure, line

__all__ = ["FIGURES", "draw_figures", "file_of", "shown"]


def file_of(name: str, tables: Tables) -> str:
    """Return the name of a figure's file, without its ending."""
    return f"{tables.variant}-{name}" if tables.variant else name


def shown(tables: Tables) -> list[str]:
    """Return the names of the figures; that of training needs models before it."""
    before = any(row["epoch"] == 0 for row in tables.training)
    return [name for name in FIGURES if name != "training" or before]


def draw_figures(tables: Tables, folder: Path) -> list[Path]:
    """Write every figure; return the files."""
    files = []
    for name in shown(tables):
        draw, size = FIGURES[name]
        path = folder / f"{file_of(name, tables)}.svg"
        with figure(path, *size) as drawn:
            draw(drawn, tables)
        files.append(path)
    return files


def _differences(drawn: Figure, tables: Tables) -> None:
    for axes, norm in zip(drawn.subplots(1, 2), ("l1", "l2"), strict=True):
        for layers, rows in tables.by_layers.items():
            band(axes, rows, norm, colour=COLOURS[layers], label=f"{layers} layers")
        _labelled(axes, f"{norm.upper()} norm of the difference / n")
    drawn.axes[0].legend()


def _arguments(drawn: Figure, tables: Tables) -> None:
    left, right = drawn.subplots(1, 2)
    for row in tables.document["arguments"]:
        counts = np.array(row["latent"]["counts"])
        edges = np.linspace(-180, 180, len(counts) + 1)
        style = {"color": COLOURS[row["layers"]], "label": f"{row['layers']} layers"}
        left.stairs(counts / counts.sum(), edges, **style)
        if row["layers"] == tables.reference:
            counts = np.array(row["input"]["counts"])
            half = len(counts) // 2
            folded = counts[half:] + counts[:half][::-1]
            right.stairs(
                folded / folded.sum(), edges[half:], color=COLOURS[tables.reference], fill=True
            )
    for axes, of in (
        (left, "argument of the eigenvalues of J_L"),
        (right, f"angle, J_I, {tables.reference} layers"),
    ):
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set(xlabel=f"{of}, degrees", ylabel="share of eigenvalues")
        axes.set_xticks([tick for tick in (-180, -90, 0, 90, 180) if tick >= axes.get_xlim()[0]])
    left.legend()


def _means(kind: str) -> Callable[[Figure, Tables], None]:
    def draw(drawn: Figure, tables: Tables) -> None:
        aggregate, by_class, both = drawn.subplots(1, 3)
        for layers, rows in tables.by_layers.items():
            colour, name = COLOURS[layers], f"{layers} layers"
            band(aggregate, rows, f"latent_{kind}", colour=colour, label=name)
            for jacobian, style in (("latent", "-"), ("input", "--")):
                label = f"{name}, {'J_L' if jacobian == 'latent' else 'J_I'}"
                column = f"{jacobian}_{kind}_median"
                line(both, rows, column, color=colour, linestyle=style, label=label)
        _by_class(by_class, tables, kind)
        said = kind.replace("_", " ")
        _labelled(aggregate, f"{said}, J_L: median and quartiles")
        _labelled(by_class, f"{said}, J_L, {tables.reference} layers: median by class")
        _labelled(both, f"{said}: median")
        aggregate.legend()
        both.legend()

    return draw


def _small(drawn: Figure, tables: Tables) -> None:
    aggregate, by_class = drawn.subplots(1, 2)
    for layers, rows in tables.by_layers.items():
        line(aggregate, rows, "latent_small", color=COLOURS[layers], label=f"{layers} layers")
    _by_class(by_class, tables, "small")
    _labelled(aggregate, "eigenvalues of J_L below 0.1: mean number")
    _labelled(by_class, f"the same by class, {tables.reference} layers")
    aggregate.legend()


def _reversed(drawn: Figure, tables: Tables) -> None:
    splits, both = drawn.subplots(1, 2)
    for layers, rows in tables.by_layers.items():
        colour, name = COLOURS[layers], f"{layers} layers"
        for split, style in (("train", "-"), ("test", ":")):
            column, label = f"latent_reversed_{split}", f"{name}, {split}"
            line(splits, rows, column, color=colour, linestyle=style, label=label)
        for jacobian, style in (("latent", "-"), ("input", "--")):
            label = f"{name}, {'J_L' if jacobian == 'latent' else 'J_I'}"
            column = f"{jacobian}_reversed_test"
            line(both, rows, column, color=colour, linestyle=style, label=label)
    _labelled(splits, "share of reversed orientation, J_L")
    _labelled(both, "share of reversed orientation, test images")
    splits.legend()
    both.legend()


def _slopes(*regressors: str) -> Callable[[Figure, Tables], None]:
    def draw(drawn: Figure, tables: Tables) -> None:
        panels = drawn.subplots(1, 3, sharey=True)
        for axes, jacobian in zip(panels, ("latent", "input"), strict=False):
            for layers, colour in COLOURS.items():
                for regressor, style in zip(regressors, ("-", ":"), strict=False):
                    rows = [
                        row
                        for row in tables.regressions
                        if (row["layers"], row["jacobian"], row["regressor"])
                        == (layers, jacobian, regressor)
                    ]
                    label = f"{layers} layers" + (f", {regressor}" if len(regressors) > 1 else "")
                    line(axes, rows, "test_slope", color=colour, linestyle=style, label=label)
            printed = PRINTED[regressors[0]]
            slopes = [getattr(row, jacobian).test_slope for row in printed.values()]
            axes.plot(list(printed), slopes, "x", color=GREY, label="printed")
            _labelled(axes, f"test slope, {'J_L' if jacobian == 'latent' else 'J_I'}")
        _by_class(panels[2], tables, f"slope_{regressors[0]}")
        _labelled(panels[2], f"test slope, J_L, {tables.reference} layers: by class")
        panels[0].legend()
        for axes in panels:
            axes.axhline(0, color="#bbbbbb", linewidth=0.8, zorder=0)

    return draw


def _training(drawn: Figure, tables: Tables) -> None:
    epochs = sorted({int(row["epoch"]) for row in tables.training})
    shades = np.linspace(0.85, 0, len(epochs))
    panels = drawn.subplots(2, 3).ravel()
    columns = {
        "latent_arithmetic_mean_median": "arithmetic mean, J_L: median",
        "latent_geometric_mean_median": "geometric mean, J_L: median",
        "latent_complex": "share of complex eigenvalues, J_L",
        "latent_reversed_test": "share of reversed orientation, J_L",
        "latent_slope_trace": "test slope, trace of J_L",
        "latent_slope_absolute": "test slope, log volume of J_L",
    }
    for axes, (column, said) in zip(panels, columns.items(), strict=True):
        for epoch, shade in zip(epochs, shades, strict=True):
            rows = [row for row in tables.training if row["epoch"] == epoch]
            line(
                axes,
                rows,
                column,
                color=(shade, shade * 0.8, 0.9 - shade * 0.2),
                label=epoch,
            )
        _labelled(axes, said)
    panels[0].legend(title="epochs")


def _by_class(axes: Any, tables: Tables, column: str) -> None:
    for label, colour in enumerate(CLASSES):
        rows = [
            row
            for row in tables.classes
            if (row["layers"], row["class"]) == (tables.reference, label)
        ]
        line(axes, rows, column, color=colour, label=label, linewidth=0.9)
    axes.legend(title="class", ncols=2)


def _labelled(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=8)
    axes.set_xlabel("latent dimension")
    axes.set_xticks(range(2, 21, 3))


FIGURES: Final[dict[str, tuple[Callable[[Figure, Tables], None], tuple[float, float]]]] = {
    "figure-2": (_differences, (6.4, 2.6)),
    "figure-3": (_arguments, (6.4, 2.6)),
    "figure-4": (_means("arithmetic_mean"), (9.6, 2.8)),
    "figure-5": (_means("geometric_mean"), (9.6, 2.8)),
    "figure-6": (_small, (6.4, 2.6)),
    "figure-7": (_reversed, (6.4, 2.6)),
    "figure-8": (_slopes("dropped", "absolute"), (9.6, 2.8)),
    "figure-9": (_slopes("trace"), (9.6, 2.8)),
    "training": (_training, (9.6, 5.2)),
}
"""How each is drawn, and its width and height in inches."""
