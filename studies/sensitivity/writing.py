"""The results of a table of values, as files beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from studies.sensitivity.analysis import analysed, read_rows
from studies.sensitivity.figures import draw_orders, draw_within
from studies.sensitivity.page import page
from studies.sensitivity.settings import Setting

__all__ = ["write_results"]


def write_results(folder: Path, asked: Sequence[Setting]) -> None:
    """
    Write ``sensitivity.json``, ``sensitivity.md`` and two figures beside ``values.csv``.

    Parameters
    ----------
    folder : Path
        Where the table is.
    asked : sequence of Setting
        The settings of the study; the first is the base.
    """
    rows = read_rows(folder / "values.csv")
    names = [setting.name for setting in asked]
    document = analysed(rows, n=asked[0].n, n_further=asked[0].n_further, asked=names)
    (folder / "sensitivity.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "sensitivity.md").write_text(page(document))
    draw_orders(document, folder / "orders.svg")
    draw_within(rows, folder / "within.svg")
