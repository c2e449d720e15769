"""The results as a document, figures and a page: plain sentences first, tables after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from studies.analysis.zoo_table import ZooTable, read_table
from studies.nnk.rotation.figures import draw_crossing, draw_curves
from studies.nnk.rotation.judging import PROBES, summary
from studies.nnk.rotation.sentences import findings, wrapped
from studies.nnk.rotation.tables import (
    encoders_table,
    families_table,
    methods_table,
    rho_table,
    tasks_table,
)

__all__ = ["page", "write_results"]

Document = Mapping[str, Any]

_IMAGES: Final = 10_000

_DRAWN: Final = {
    "diameter": "diameter of the NNK polytope (small: invariant)",
    "relative-displacement": "displacement / distance between images (small: invariant)",
}
_OF_TASKS: Final = (
    "Each mark is an encoder; the probe is ridge. Higher is better in every panel, and further "
    "left is more invariant: by the diameter in the figure above, by the relative displacement in "
    "the figure below."
)
_OF_ANGLES: Final = (
    "Means over images and seeds: how far a rotation lies from the upright image, the same divided "
    "by the mean distance between two upright images, and the weight of that rotation among the "
    "NNK neighbours of the upright image (divided by the sum of all 23 weights)."
)


def write_results(folder: Path) -> None:
    """
    Write ``rotation.json``, ``rotation.md`` and three figures from the table of a folder.

    Parameters
    ----------
    folder : Path
        With ``rotation.csv``.
    """
    table = read_table(folder / "rotation.csv")
    document = summary(table)
    text = json.dumps(document, indent=1) + "\n"
    (folder / "rotation.json").write_text(text, encoding="utf-8")
    for (measure, across), name in zip(_DRAWN.items(), ("tasks", "relative"), strict=True):
        draw_crossing(table, document["rho"], measure, across, folder / f"rotation-{name}.svg")
    draw_curves(table, folder / "rotation-angles.svg")
    (folder / "rotation.md").write_text(page(document, table), encoding="utf-8")


def page(document: Document, table: ZooTable) -> str:
    """Return the page of a document, as Markdown."""
    parts = [
        _opening(document),
        ["## Findings", "", *findings(document)],
        ["![Four tasks against the diameter](rotation-tasks.svg)", "", *wrapped(_OF_TASKS)],
        ["![Four tasks against the relative displacement](rotation-relative.svg)"],
        methods_table(document),
        tasks_table(document),
        ["![Displacement and weight at each angle](rotation-angles.svg)", "", *wrapped(_OF_ANGLES)],
        families_table(document),
        *(rho_table(document, probe) for probe in PROBES),
        encoders_table(table),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _opening(document: Document) -> list[str]:
    text = (
        "Written by `python -m studies.nnk rotation`; what was decided beforehand is in the "
        f"[protocol](../rotation/protocol.md). {document['encoders']} encoders, "
        f"{document['trained']} of them trained; each of these saw {document['seen']:,} images "
        f"({document['seen'] / _IMAGES:g} passes over {_IMAGES:,} images of Fashion-MNIST)."
    )
    return [
        "# Invariance to rotation",
        "",
        *wrapped(text),
    ]
