"""The results as a document, figures and a page: plain sentences first, tables after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from studies.analysis.zoo_table import ZooTable, read_table
from studies.nnk.rotation.design import METHODS
from studies.nnk.rotation.figures import draw_crossing, draw_curves
from studies.nnk.rotation.judging import MEASURES, PROBES, summary
from studies.nnk.rotation.sentences import findings, wrapped
from studies.nnk.rotation.tasks import TASKS
from studies.nnk.writing import table as table_of

__all__ = ["page", "write_results"]

Document = Mapping[str, Any]

_IMAGES: Final = 10_000
_HEADS: Final = {
    "class": "class, upright",
    "class-turned": "class, turned",
    "quarter": "quarter",
    "angle": "angle",
}

_OF_TASKS: Final = (
    "Each mark is an encoder; the probe is ridge. Up is better in every panel, and left is more "
    "invariant."
)
_OF_ANGLES: Final = (
    "Means over images and seeds: how far a rotation lies from the upright image, the same divided "
    "by the mean distance between two upright images, and the weight of that rotation among the "
    "NNK neighbours of the upright image (a weight divided by the sum of all 23)."
)
_OF_METHODS: Final = (
    "Means over images and seeds. *Relative* is divided by the mean distance between two upright "
    "images; *unrelated* is the diameter with 23 other images instead of 23 rotations."
)
_OF_RHO: Final = (
    "Spearman's rho over the trained encoders, positive where a large value goes with a good "
    "result (for the angle: a small error); 95 % interval by bootstrap over methods; then rho of "
    "the methods' means."
)


def write_results(folder: Path) -> None:
    """
    Write ``rotation.json``, ``rotation.md`` and two figures from the table of a folder.

    Parameters
    ----------
    folder : Path
        With ``rotation.csv``.
    """
    table = read_table(folder / "rotation.csv")
    document = summary(table)
    text = json.dumps(document, indent=1) + "\n"
    (folder / "rotation.json").write_text(text, encoding="utf-8")
    draw_crossing(table, document["rho"]["diameter"], folder / "rotation-tasks.svg")
    draw_curves(table, folder / "rotation-angles.svg")
    (folder / "rotation.md").write_text(page(document, table), encoding="utf-8")


def page(document: Document, table: ZooTable) -> str:
    """Return the page of a document, as Markdown."""
    parts = [
        _opening(document),
        ["## Findings", "", *findings(document)],
        ["![Four tasks against the diameter](rotation-tasks.svg)", "", *wrapped(_OF_TASKS)],
        _methods(document),
        _tasks(document),
        ["![Displacement and weight at each angle](rotation-angles.svg)", "", *wrapped(_OF_ANGLES)],
        *(_rho(document, probe) for probe in PROBES),
        _encoders(table),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _opening(document: Document) -> list[str]:
    text = (
        "Written by `python -m studies.nnk rotation`; what was decided beforehand is in the "
        f"[protocol](../rotation/protocol.md). {document['encoders']} encoders, "
        f"{document['trained']} of them trained: each saw {document['seen']:,} images "
        f"({document['seen'] / _IMAGES:g} passes over {_IMAGES:,} images of Fashion-MNIST)."
    )
    return [
        "# Invariance to rotation",
        "",
        *wrapped(text),
    ]


def _methods(document: Document) -> list[str]:
    rows = []
    for method, mean in _in_order(document["methods"]):
        cells = [f"{mean[name]:.3f}" for name in ("diameter", "relative-diameter")]
        cells.append(f"{mean['neighbours']:.1f}")
        cells += [f"{mean[name]:.3f}" for name in ("displacement", "relative-displacement")]
        rows.append([method, *cells, f"{mean['diameter-unrelated']:.3f}"])
    heads = ["diameter", "relative", "neighbours", "displacement", "relative", "unrelated"]
    return [
        "## How far rotations lie apart",
        "",
        *wrapped(_OF_METHODS),
        "",
        *table_of(["method", *heads], rows),
    ]


def _tasks(document: Document) -> list[str]:
    rows = [
        [method, *(_value(task, mean[f"{task}_{probe}"]) for probe in PROBES for task in TASKS)]
        for method, mean in _in_order(document["methods"])
    ]
    heads = [f"{_HEADS[task]}, {probe}" for probe in PROBES for task in TASKS]
    return [
        "## What the encoders reach",
        "",
        "Accuracy; for the angle, mean absolute error in degrees (chance 90). Means over seeds.",
        "",
        *table_of(["method", *heads], rows),
    ]


def _rho(document: Document, probe: str) -> list[str]:
    rows = []
    for measure in MEASURES:
        entries = [document["rho"][measure][f"{task}_{probe}"] for task in TASKS]
        cells = [f"{entry['rho']:.2f} {_interval(entry['interval'])}" for entry in entries]
        rows.append([measure, *cells, *(f"{entry['methods']:.2f}" for entry in entries)])
    heads = [_HEADS[task] for task in TASKS]
    means = [f"{head}, nine means" for head in heads]
    return [
        f"## Rank correlations, {probe}",
        "",
        *wrapped(_OF_RHO),
        "",
        *table_of(["measure", *heads, *means], rows),
    ]


def _encoders(table: ZooTable) -> list[str]:
    rows = []
    order = sorted(
        range(len(table.names)),
        key=lambda row: (
            METHODS.index(str(table.labels["method"][row])),
            table.columns["seed"][row],
        ),
    )
    for row in order:
        value = {name: float(column[row]) for name, column in table.columns.items()}
        interval = _interval([value["diameter_low"], value["diameter_high"]], 3)
        counts = _interval([value["neighbours_low"], value["neighbours_high"]], 1)
        rows.append(
            [
                str(table.labels["method"][row]),
                f"{value['seed']:.0f}",
                f"{value['diameter']:.3f} {interval}",
                f"{value['neighbours']:.1f} {counts}",
                *(_value(task, value[f"{task}_ridge"]) for task in TASKS),
            ]
        )
    heads = ["method", "seed", "diameter", "neighbours", *(_HEADS[task] for task in TASKS)]
    return [
        "## Every encoder",
        "",
        "With 95 % intervals over images; the tasks by ridge.",
        "",
        *table_of(heads, rows),
    ]


def _in_order(methods: Document) -> list[tuple[str, Document]]:
    return [(one, methods[one]) for one in METHODS if one in methods]


def _value(task: str, value: float) -> str:
    return f"{value:.1f}" if task == "angle" else f"{value:.3f}"


def _interval(ends: Sequence[float], digits: int = 2) -> str:
    return f"[{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"
