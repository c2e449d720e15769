"""A study's results: one row per encoder, kept after each, so that a stopped study goes on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["ResultTable"]


class ResultTable:
    """
    A CSV file with a row per encoder.

    Parameters
    ----------
    path : Path
        The file; rows that it has already are kept.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "results.csv"
    >>> ResultTable(path).add("a", {"rmqm": 2.5, "rankme": None})
    >>> ResultTable(path).rows
    {'a': {'rmqm': '2.5', 'rankme': ''}}
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: dict[str, dict[str, Any]] = {}
        if path.exists():
            with path.open(newline="") as file:
                for row in csv.DictReader(file):
                    self.rows[row.pop("encoder")] = row

    def add(self, encoder: str, values: Mapping[str, Any]) -> None:
        """Add a row, and write the file anew; columns grow as rows bring them."""
        self.rows[encoder] = {
            name: "" if value is None else value for name, value in values.items()
        }
        columns = dict.fromkeys(name for row in self.rows.values() for name in row)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".unfinished")
        with unfinished.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["encoder", *columns], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({"encoder": name, **row} for name, row in sorted(self.rows.items()))
        unfinished.replace(self._path)
