"""The options that all parts have."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["common_parser", "results_of"]

_HERE = Path(__file__).parent


def common_parser(
    part: str, summary: str | None, *, needs_data: bool = True
) -> argparse.ArgumentParser:
    """Return a parser with the options of every part."""
    parser = argparse.ArgumentParser(prog=f"python -m studies.nnk {part}", description=summary)
    parser.add_argument("--data", type=Path, required=needs_data, help="folder with the data sets")
    parser.add_argument("--work", type=Path, default=Path("study-nnk") / part, help="scratch")
    parser.add_argument("--results", type=Path, help="folder; by default that of the study")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="a few small cases, in seconds")
    return parser


def results_of(asked: argparse.Namespace) -> Path:
    """Return the folder of the results, which is there: the scratch one for a quick run."""
    found: Path = asked.results or (asked.work if asked.quick else _HERE) / "results"
    found.mkdir(parents=True, exist_ok=True)
    return found
