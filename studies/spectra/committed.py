"""The committed tables, as figures and page read them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from studies.spectra.design import MIDDLE, SERIES

__all__ = ["Row", "Tables", "read_table", "tables_of"]

Row = Mapping[str, Any]


@frozen(eq=False)
class Tables:
    """
    What figures and page are made from, for the networks of one variant.

    Parameters
    ----------
    variant : str
        Empty for the networks of the main design.
    reference : int
        Number of layers of the architecture that is shown alone.
    ends : sequence of mapping
        Rows of ``models.csv``, one for each network at the end of its 30 epochs, seed 0.
    training : sequence of mapping
        Rows of ``models.csv`` at the drawn images, of all checkpoints of the reference, seed 0.
    models, no_images : sequence of mapping
        All rows of ``models.csv`` and ``no-images.csv``.
    others : sequence of mapping
        Rows of ``models.csv`` of all other variants.
    regressions, classes : sequence of mapping
        Rows of the models of `ends`.
    all_regressions : sequence of mapping
        Rows of seeds and long runs too.
    document : mapping
        The part of ``spectra.json``.
    """

    variant: str
    reference: int
    ends: Sequence[Row]
    training: Sequence[Row]
    models: Sequence[Row]
    others: Sequence[Row]
    no_images: Sequence[Row]
    regressions: Sequence[Row]
    all_regressions: Sequence[Row]
    classes: Sequence[Row]
    document: Mapping[str, Any]

    @property
    def by_layers(self) -> dict[int, list[Row]]:
        """The main models, by their number of layers."""
        return {
            layers: [row for row in self.ends if row["layers"] == layers]
            for layers in sorted({int(row["layers"]) for row in self.ends})
        }


def tables_of(folder: Path, variant: str = "") -> Tables:
    """Read the tables of a folder with results: of the main networks, or of the series."""
    every_model = read_table(folder / "models.csv")
    every_regression = read_table(folder / "regressions.csv")
    models, regressions, classes, no_images = (
        [row for row in rows if (row["variant"] or "") == variant]
        for rows in (
            every_model,
            every_regression,
            read_table(folder / "classes.csv"),
            read_table(folder / "no-images.csv"),
        )
    )
    main = {row["model"] for row in classes}
    ends = {row["model"]: row for row in models if row["model"] in main}  # all images come last
    reference = 3 if variant == SERIES else MIDDLE
    return Tables(
        variant=variant,
        reference=reference,
        ends=list(ends.values()),
        training=[
            row
            for row in models
            if row["layers"] == reference and row["seed"] == 0 and row["images"] == "drawn"
        ],
        models=models,
        others=[row for row in every_model if (row["variant"] or "") != variant],
        no_images=no_images,
        regressions=[row for row in regressions if row["model"] in main],
        all_regressions=regressions,
        classes=classes,
        document=json.loads((folder / "spectra.json").read_text())[variant or "main"],
    )


def read_table(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table, with numbers as numbers and empty cells as None."""
    with path.open(newline="") as file:
        return [{name: _value(text) for name, text in row.items()} for row in csv.DictReader(file)]


def _value(text: str) -> Any:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
