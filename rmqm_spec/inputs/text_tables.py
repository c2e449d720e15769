"""Tables and lists as text, as spreadsheets and programs write them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable
from pathlib import Path

from rmqm_spec.errors import UnreadableError

__all__ = ["TABLE_EXTENSIONS", "column_place", "read_rows", "read_text", "split_rows"]

TABLE_EXTENSIONS = {".csv": ",", ".tsv": "\t"}
"""Which separator the name of a file promises; its header line says which one there is."""

_SEPARATORS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""In this order: the mark of UTF-32 begins with that of UTF-16."""


def read_text(path: Path, name: str, *, code: str = "DAT022") -> str:
    """
    Read a file of text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises
    ------
    UnreadableError
        With `code` if it cannot be opened, or is in another encoding: which one is not guessed,
        because a path or label that is read wrongly names something else.
    """
    try:
        data = path.read_bytes()
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "more than fits into memory"
        raise UnreadableError(
            code,
            f"{name} must be a file that can be read; got {reason!r}",
            fix="Check the path and the permissions.",
        ) from error
    encoding = _encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            code,
            f"{name} must be text in UTF-8, or in UTF-16 with a byte order mark; got the byte"
            f" 0x{data[error.start]:02x} in line {line}, which is not {encoding}",
            fix="Save it again as UTF-8 (in a spreadsheet: CSV UTF-8).",
        ) from error


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    if len(data) > 1 and (data[0] == 0) != (data[1] == 0):  # a first character below 256
        return "utf-16-be" if data[0] == 0 else "utf-16-le"
    return "utf-8"


def read_rows(
    path: Path,
    name: str,
    *,
    separator: str,
    known: Collection[str] = (),
    code: str = "DAT022",
) -> list[list[str]]:
    r"""
    Read the rows of a table without its blank lines; its first line says what separates cells.

    Parameters
    ----------
    path : Path
        The table.
    name : str
        What messages call it.
    separator : str
        What its name promises.
    known : collection of str
        Names of columns, in lower case, by which a header is recognised.
    code : str
        Code of the errors.

    Raises
    ------
    UnreadableError
        With `code` if it cannot be read, or if a quoted cell is damaged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "excel.csv")
    ...     _ = table.write_text("Image;Label\na,b.png;cat\n", encoding="utf-16")
    ...     read_rows(table, "excel.csv", separator=",", known={"image"})
    [['Image', 'Label'], ['a,b.png', 'cat']]
    """
    return split_rows(read_text(path, name, code=code), name, separator, known, code=code)


def split_rows(
    text: str, name: str, separator: str, known: Collection[str] = (), *, code: str = "DAT022"
) -> list[list[str]]:
    """Split a text into rows and cells, see `read_rows`."""
    lines = list(io.StringIO(text, newline=""))
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        separator = lines.pop(0).strip()[4]  # a line for Excel
    else:
        first = next((line for line in lines if line.strip()), "")
        separator = _separator(first, separator, known)
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableError(
            code,
            f"{name} must be a table with {separator!r} between its cells; got {error}",
            fix="Save it again: a cell with a quotation mark must stand in quotation marks.",
        ) from error
    return [row for row in rows if row]


def _separator(header: str, promised: str, known: Collection[str]) -> str:
    """Return what gives a header with known names, or else the most cells."""

    def evidence(separator: str) -> tuple[bool, int]:
        try:
            cells = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:
            return False, 0
        return any(cell.strip().lower() in known for cell in cells), len(cells)

    return max(dict.fromkeys((promised, *_SEPARATORS)), key=evidence)


def column_place(header: Iterable[str], column: str) -> int | None:
    """
    Return the place of a column by its name; in upper or lower case if no other has that name.

    Examples
    --------
    >>> column_place(["File", "Label"], "label"), column_place(["a", "A"], "A")
    (1, 1)
    """
    cells = [cell.strip() for cell in header]
    if column in cells:
        return cells.index(column)
    alike = [place for place, cell in enumerate(cells) if cell.lower() == column.lower()]
    return alike[0] if len(alike) == 1 else None
