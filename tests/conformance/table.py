"""The table of miniatures and the checks that catch them, and what catching means."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import evolve

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.subject import PythonSubject

__all__ = ["EFFORT", "TABLE", "catches", "read_table"]

TABLE = Path(__file__).with_name("table.json")
EFFORT = Effort(profile="table", examples=40, samples=10_000, shrinks=False)


def catches(check: Check, miniature: type[Any], seeds: Iterable[int] = (0,)) -> bool:
    """Tell whether a check fails for a wrong implementation by its answers, not by a crash."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong formulas divide by zero
        return all(
            judge(check, PythonSubject(miniature()), evolve(EFFORT, seed=seed)).status == "failed"
            for seed in seeds
        )


def read_table() -> dict[str, list[str]]:
    """Return the checks that catch each miniature."""
    found: dict[str, list[str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found
