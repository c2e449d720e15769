"""``rmqm-spec explain``: what a code means."""

from __future__ import annotations

from attrs import asdict

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.findings import catalogue, explain
from rmqm_spec.screen.table import TableColumn, stdout_columns, table_lines
from rmqm_spec.screen.writing import print_json, print_text

__all__ = ["run_explain"]


def run_explain(code: str | None, *, as_json: bool) -> int:
    """Print a code, or the list of all codes."""
    entries = list(catalogue().values()) if code is None else [explain(code)]
    if as_json:
        print_json({"schema": "rmqm-explain/1", **WITHOUT_SCORE, "codes": [*map(asdict, entries)]})
    elif code is not None:
        (entry,) = entries
        print_text(f"{entry.code}: {entry.title}\n\n  why  {entry.why}\n  fix  {entry.fix}")
    else:
        codes = TableColumn("", [entry.code for entry in entries], left=True)
        titles = TableColumn("", [entry.title for entry in entries], left=True, fit="wrap")
        for line in table_lines([codes, titles], stdout_columns()):
            print_text(line)
    return 0
