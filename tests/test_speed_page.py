"""The tables of docs/speed.md are those of the committed results."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def table():
    path = ROOT / "benchmarks" / "table.py"
    spec = importlib.util.spec_from_file_location("table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_the_tables_of_the_results(table):
    text = table.PAGE.read_text(encoding="utf-8")
    assert table.page(text) == text


def test_a_page_without_a_marker_is_refused(table):
    with pytest.raises(ValueError, match="table: scoring_overhead"):
        table.page("no markers")
