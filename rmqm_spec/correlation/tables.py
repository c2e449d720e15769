"""Tables of scores and probes: a row for each encoder, or for each encoder and task."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from rmqm_spec.correlation.measurements import SCORES, Measurement
from rmqm_spec.errors import UnreadableError

__all__ = ["read_table"]


def read_table(
    path: Path, delimiter: str, *, scores: Sequence[str] = (), probes: Sequence[str] = ()
) -> Iterator[Measurement]:
    """
    Read a table with a header: a column ``model``, perhaps ``task``, and columns of numbers.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        What stands between fields.
    scores, probes : sequence of str
        Which columns are scores, and which are probes. Of those not named the columns called as in
        a result are scores, and all others that hold numbers alone are probes.

    Yields
    ------
    Measurement
        One for each row. An empty field is a value that is not there.

    Raises
    ------
    UnreadableError
        COR005, naming row and column.
    """
    header, rows = _rows(path, delimiter)
    columns = [name for name in header if name not in {"model", "task"}]
    wanted = {*scores, *probes}
    numeric = [
        name for name in columns if name in wanted or all(_is_number(row[name]) for row in rows)
    ]
    known = frozenset(scores) | ({*SCORES} - set(probes))
    for number, row in enumerate(rows, start=2):
        values = {
            name: _number(path, number, name, row[name]) for name in numeric if row[name].strip()
        }
        if not row["model"].strip():
            raise _broken(path, f"a model in each row; got none in line {number}")
        yield Measurement(
            encoder=row["model"].strip(),
            name=row["model"].strip(),
            source=f"{path}, line {number}",
            task=row["task"].strip() if "task" in header else path.stem,
            values=values,
            scores=known & values.keys(),
        )


def _rows(path: Path, delimiter: str) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = csv.reader(stream, delimiter=delimiter, strict=True)
    except (OSError, UnicodeError, csv.Error, ValueError) as error:
        raise _broken(path, f"a header and rows of UTF-8 text; got {error}") from error
    header = [name.strip() for name in header]
    if "model" not in header or len(set(header)) < len(header):
        raise _broken(path, f"a column called model, and no two of one name; got {header}")
    full = [(line, row) for line, row in enumerate(rows, start=2) if any(row)]
    for line, row in full:
        if len(row) != len(header):
            raise _broken(path, f"{len(header)} fields in each row; got {len(row)} in line {line}")
    return header, [dict(zip(header, row, strict=True)) for _, row in full]


def _is_number(text: str) -> bool:
    try:
        return not text.strip() or math.isfinite(float(text))
    except ValueError:
        return False


def _number(path: Path, line: int, column: str, text: str) -> float:
    if not _is_number(text):
        raise _broken(path, f"a finite number in column {column}; got {text!r} in line {line}")
    return float(text)


def _broken(path: Path, rule: str) -> UnreadableError:
    return UnreadableError(
        "COR005", f"{path} must have {rule}", fix="Correct the table; see docs/probing.md."
    )
