"""The results of a table of values, as files beside it."""

from __future__ import annotations

import json
from pathlib import Path

from studies.sensitivity.analysis import analysed, read_rows
from studies.sensitivity.figures import draw_orders, draw_within
from studies.sensitivity.page import page
from studies.sensitivity.settings import Setting

__all__ = ["write_results"]


def write_results(folder: Path, base: Setting) -> None:
    """
    Write ``sensitivity.json``, ``sensitivity.md`` and two figures beside ``values.csv``.

    Parameters
    ----------
    folder : Path
        Where the table is.
    base : Setting
        The setting that the others are compared with.
    """
    rows = read_rows(folder / "values.csv")
    document = analysed(rows, n=base.n, n_further=base.n_further)
    (folder / "sensitivity.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "sensitivity.md").write_text(page(document))
    draw_orders(document, folder / "orders.svg")
    draw_within(rows, folder / "within.svg")
