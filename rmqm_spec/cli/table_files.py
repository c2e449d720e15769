"""Tables as files: ``--csv`` for programs, ``--md`` for people."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from rmqm_spec.documents.writing import check_writable, write_atomically
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.values import path
from rmqm_spec.screen.writing import escaped, note, print_as_it_is, print_text

__all__ = ["Columns", "TableFiles", "csv_text", "markdown_text", "rows_as_columns"]

Columns = Mapping[str, Sequence[Any]]
"""A table: its columns by name, all of the same length; None where a cell is empty."""

_STDOUT = Path("-")
_QUOTED = re.compile(r'[,"\r\n]|^\s|\s$')
_MARKUP = re.compile(r"[\\|*`<>\[\]&~$]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown would not show as it is; underscores inside words mean nothing."""


@frozen(kw_only=True)
class TableFiles:
    """
    Where to write the table of a command.

    Parameters
    ----------
    csv, md : Path, optional
        The files; ``-`` is stdout, which then holds nothing else.
    """

    csv: Path | None = setting(
        "Also write the table as CSV, with unrounded numbers; - is stdout.",
        read=path,
        panel="Output",
    )
    md: Path | None = setting(
        "Also write the table as Markdown; - is stdout.", read=path, panel="Output"
    )

    @property
    def take_stdout(self) -> bool:
        """Whether a table is the only thing that may stand on stdout."""
        return _STDOUT in (self.csv, self.md)

    @property
    def say(self) -> Callable[[str], None]:
        """What prints the lines of a result: to stderr where a table takes stdout."""
        return note if self.take_stdout else print_text

    def check(self, *, as_json: bool, inputs: Iterable[object] = ()) -> None:
        """
        Refuse, before any work, what could not be written or would replace something else.

        Parameters
        ----------
        as_json : bool
            Whether stdout holds a document.
        inputs : iterable
            What the command reads: models, data, labels, documents.

        Raises
        ------
        UsageError
            ARG001 for a wrong name or two tenants of stdout, ARG005 where a file cannot be written.
        """
        if self.take_stdout and (as_json or self.csv == self.md):
            both = "a table and --json" if as_json else "--csv and --md"
            raise UsageError(
                "ARG001",
                f"stdout (-) must hold one thing; got {both}",
                fix="Write the table to a file.",
            )
        texts = [text for text in inputs if isinstance(text, str | Path)]
        for flag, ending, file in (("--csv", ".csv", self.csv), ("--md", ".md", self.md)):
            if file is not None and file != _STDOUT:
                _check(flag, ending, file, texts)

    def write(self, columns: Columns) -> None:
        """Write the table to all files that were named, each whole or not at all."""
        for file, text_of in ((self.csv, csv_text), (self.md, markdown_text)):
            if file == _STDOUT:
                print_as_it_is(text_of(columns))
            elif file is not None:
                write_atomically(file, text_of(columns).encode("utf-8", "backslashreplace"))
                note(f"  table -> {file}")


def _check(flag: str, ending: str, file: Path, inputs: Sequence[str | Path]) -> None:
    if file.suffix.lower() != ending:
        raise UsageError(
            "ARG001",
            f"{flag} must name a file that ends in {ending}, or - for stdout; got {file}",
            fix=f"For example {flag} table{ending}.",
        )
    if any(_is_same(file, text) for text in inputs):
        raise UsageError(
            "ARG001",
            f"{flag} must not name a file that the command reads; got {file}",
            fix="Choose another name.",
        )
    if file.exists() and not file.is_file():
        raise UsageError(
            "ARG005", f"{flag} must name a file; {file} is something else", fix="Choose a file."
        )
    try:
        check_writable(file.parent)
    except UsageError as error:
        raise UsageError(
            "ARG005",
            f"{flag} must be in a folder that can be written to; got {file}",
            fix="Choose another folder.",
        ) from error


def _is_same(file: Path, text: str | Path) -> bool:
    """Whether an input is this file, or a column of it: ``FILE:COLUMN``."""
    named = {str(text), str(text).rpartition(":")[0]} - {""}
    return any(Path(name).resolve() == file.resolve() for name in named)


def rows_as_columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    """Return rows as a table; without rows its columns are empty."""
    cells = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, cells, strict=True))


def csv_text(columns: Columns) -> str:
    r"""
    Return a table as CSV (RFC 4180, with line feeds); numbers are not rounded.

    Examples
    --------
    >>> csv_text({"name": ["a,b", 'c"d'], "rmqm": [0.1, None]})
    'name,rmqm\n"a,b",0.1\n"c""d",\n'
    """
    rows = [tuple(columns), *zip(*(map(_exact, cells) for cells in columns.values()), strict=True)]
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows)


def markdown_text(columns: Columns) -> str:
    r"""
    Return a table as Markdown; numbers are rounded to four digits.

    Examples
    --------
    >>> print(markdown_text({"name": ["a|b"], "rmqm": [2.40441]}), end="")
    | name | rmqm |
    | --- | ---: |
    | a\|b | 2.404 |
    """
    heads = [_plain(name) for name in columns]
    lines = ["---:" if _is_numeric(cells) else "---" for cells in columns.values()]
    rows = zip(*(map(_rounded, cells) for cells in columns.values()), strict=True)
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, lines, *rows))


def _exact(cell: Any) -> str:
    cell = getattr(cell, "item", lambda: cell)()  # NumPy's numbers print with their types
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell) if isinstance(cell, float) else str(cell)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _rounded(cell: Any) -> str:
    cell = getattr(cell, "item", lambda: cell)()
    if isinstance(cell, float) and math.isfinite(cell):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return _plain(_exact(cell))


def _plain(text: str) -> str:
    """Let Markdown show a text as it is, in one line."""
    lines = [escaped(_MARKUP.sub(lambda sign: f"\\{sign[0]}", line)) for line in text.splitlines()]
    return "<br>".join(lines)


def _is_numeric(cells: Sequence[Any]) -> bool:
    cells = [cell for cell in cells if cell is not None]
    return bool(cells) and not any(isinstance(cell, str | bool) for cell in cells)
