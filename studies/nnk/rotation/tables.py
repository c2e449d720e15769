"""The tables of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from studies.analysis.zoo_table import ZooTable
from studies.nnk.rotation.design import METHODS
from studies.nnk.rotation.judging import FAMILIES, MEASURES, PROBES
from studies.nnk.rotation.sentences import wrapped
from studies.nnk.rotation.tasks import TASKS
from studies.nnk.writing import table as table_of

__all__ = ["encoders_table", "families_table", "methods_table", "rho_table", "tasks_table"]

Document = Mapping[str, Any]

_HEADS: Final = {
    "class": "class, upright",
    "class-turned": "class, turned",
    "quarter": "quarter",
    "angle": "angle",
}
_PROBES: Final = {"ridge": "ridge", "nnk": "NNK"}
_OF_METHODS: Final = (
    "Means over images and seeds. *Relative* is divided by the mean distance between two upright "
    "images; *unrelated* is the diameter with 23 other images instead of 23 rotations."
)
_OF_RHO: Final = (
    "Spearman's rho over the trained encoders, positive where a large value goes with a good "
    "result (for the angle: a small error). Each 95 % interval is a bootstrap over methods; nine "
    "methods are few, so it is itself uncertain. The last columns are rho of the methods' means."
)


def methods_table(document: Document) -> list[str]:
    """Return how far rotations lie apart, by method."""
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


def tasks_table(document: Document) -> list[str]:
    """Return what the encoders reach, by method."""
    rows = [
        [method, *(_value(task, mean[f"{task}_{probe}"]) for probe in PROBES for task in TASKS)]
        for method, mean in _in_order(document["methods"])
    ]
    heads = [f"{_HEADS[task]}, {_PROBES[probe]}" for probe in PROBES for task in TASKS]
    return [
        "## Results on the tasks",
        "",
        "Accuracy; for the angle, mean absolute error in degrees (chance 90). Means over seeds.",
        "",
        *table_of(["method", *heads], rows),
    ]


def families_table(document: Document) -> list[str]:
    """Return what changes where methods differ in nothing but rotation."""
    rows = []
    for method in (one for family in FAMILIES for one in family if one in document["methods"]):
        mean = document["methods"][method]
        cells = [f"{mean[name]:.3f}" for name in ("diameter", "relative-displacement")]
        rows.append([method, *cells, *(_value(task, mean[f"{task}_ridge"]) for task in TASKS)])
    heads = ["method", "diameter", "relative displacement", *(_HEADS[task] for task in TASKS)]
    return [
        "## Methods that differ only in rotation",
        "",
        "Within a family, the methods differ only in the rotation of their training images.",
        "",
        *table_of(heads, rows),
    ]


def rho_table(document: Document, probe: str) -> list[str]:
    """Return the rank correlations of a probe."""
    rows = []
    for measure in MEASURES:
        entries = [document["rho"][measure][f"{task}_{probe}"] for task in TASKS]
        cells = [f"{entry['rho']:.2f} {_interval(entry['interval'])}" for entry in entries]
        rows.append([measure, *cells, *(f"{entry['methods']:.2f}" for entry in entries)])
    heads = [_HEADS[task] for task in TASKS]
    means = [f"{head}, nine means" for head in heads]
    return [
        f"## Rank correlations, {_PROBES[probe]}",
        "",
        *wrapped(_OF_RHO),
        "",
        *table_of(["measure", *heads, *means], rows),
    ]


def encoders_table(table: ZooTable) -> list[str]:
    """Return the diameter, neighbours and accuracies of every encoder."""
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
        "Intervals of 95 % over images; the probe of the tasks is ridge.",
        "",
        *table_of(heads, rows),
    ]


def _in_order(methods: Document) -> list[tuple[str, Document]]:
    return [(one, methods[one]) for one in METHODS if one in methods]


def _value(task: str, value: float) -> str:
    return f"{value:.1f}" if task == "angle" else f"{value:.3f}"


def _interval(ends: Sequence[float], digits: int = 2) -> str:
    return f"[{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"
