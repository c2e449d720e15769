"""The two tables of a score: a row per level, or a row per input."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from rmqm_spec.cli.table_files import Columns
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.scores import Score
from rmqm_spec.runs.values import choice

__all__ = ["ScoreTable"]

Rows = Literal["levels", "inputs"]


@frozen(kw_only=True)
class ScoreTable:
    """Which table ``--csv`` and ``--md`` write."""

    table: Rows = setting(
        "Rows of --csv and --md: levels or inputs.",
        default="levels",
        read=choice(Rows),
        panel="Output",
    )

    def of(self, scored: Score) -> Columns:
        """Return the chosen table of a score."""
        table = scored.levels if self.table == "levels" else scored.inputs
        return {name: table[name].tolist() for name in table.dtype.names or ()}
