"""The committed tables, as figures and page read them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from studies.spectra.design import MIDDLE

__all__ = ["Row", "Tables", "read_table", "tables_of"]

Row = Mapping[str, Any]


@frozen(eq=False)
class Tables:
    """
    What the figures are drawn from.

    Parameters
    ----------
    ends : sequence of mapping
        Rows of ``models.csv``, one for each main model.
    training : sequence of mapping
        Rows of ``models.csv`` at the drawn images, of all checkpoints of 4 layers and seed 0.
    models, variants : sequence of mapping
        All rows of ``models.csv``, variants of networks apart.
    no_images : sequence of mapping
        All rows of ``no-images.csv``.
    regressions, classes : sequence of mapping
        Rows of the main models.
    all_regressions : sequence of mapping
        Rows of seeds and long runs too.
    document : mapping
        ``spectra.json``.
    """

    ends: Sequence[Row]
    training: Sequence[Row]
    models: Sequence[Row]
    variants: Sequence[Row]
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

    @property
    def middle(self) -> list[Row]:
        """The main models of 4 layers."""
        return self.by_layers.get(MIDDLE, [])


def tables_of(folder: Path) -> Tables:
    """Read the tables of a folder with results."""
    every_model = read_table(folder / "models.csv")
    every_regression = read_table(folder / "regressions.csv")
    models, regressions = (
        [row for row in rows if not row["variant"]] for rows in (every_model, every_regression)
    )
    classes = read_table(folder / "classes.csv")
    main = {row["model"] for row in classes}
    ends = {row["model"]: row for row in models if row["model"] in main}  # all images come last
    return Tables(
        ends=list(ends.values()),
        training=[
            row
            for row in models
            if row["layers"] == MIDDLE and row["seed"] == 0 and row["images"] == "drawn"
        ],
        models=models,
        variants=[row for row in every_model if row["variant"]],
        no_images=read_table(folder / "no-images.csv"),
        regressions=[row for row in regressions if row["model"] in main],
        all_regressions=regressions,
        classes=classes,
        document=json.loads((folder / "spectra.json").read_text()),
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
