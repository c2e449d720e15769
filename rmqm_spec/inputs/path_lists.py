"""Images that a list names: a table of paths or URLs with labels, or a path per line."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.downloads import fetch_bytes, is_url, without_secrets
from rmqm_spec.inputs.encoded_images import EncodedImages
from rmqm_spec.inputs.files import IMAGE_EXTENSIONS
from rmqm_spec.inputs.images import display_name, read_image_file
from rmqm_spec.inputs.missing_labels import as_label
from rmqm_spec.inputs.parquet_columns import LABEL_COLUMNS
from rmqm_spec.inputs.spool import Spool
from rmqm_spec.inputs.text_tables import TABLE_EXTENSIONS, column_place, read_text, split_rows

__all__ = ["LIST_EXTENSIONS", "PathList"]

LIST_EXTENSIONS = frozenset({*TABLE_EXTENSIONS, ".txt", ".lst"})

_PATH_COLUMNS = (
    "path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img",
    "url", "image_url", "name",
)  # fmt: skip
"""Columns that hold paths if no column is named; the first that exists counts."""

_TAB = "\t"


class PathList(EncodedImages):
    r"""
    A source whose inputs are the images that a list names, one per row.

    A .csv or .tsv has a header with a column of paths and perhaps a column of labels; without a
    header the first column holds paths and the second, if there are two, labels. What separates
    cells is read off the first line. A .txt has one path per line, or is a table where its first
    line has a tab. Paths are relative to the folder of the list, or to its URL; they may have the
    backslashes of Windows. A file that cannot be read stays in the list, as an unreadable input.

    Parameters
    ----------
    path : Path
        The list.
    label : str
        What to call it.
    column : str, optional
        Which column holds the paths.
    base : str, optional
        URL that the list came from: it may then name URLs only.
    value_range : tuple of float, optional
        See `EncodedImages`.

    Raises
    ------
    UnreadableError
        DAT022 if it is not a list, DAT002 if it names nothing, DAT001 if none of its files exists.
    UsageError
        DAT023 if it is not clear which column holds the paths.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.pgm").write_bytes(b"P5 1 1 255 7")
    ...     _ = Path(folder, "list.csv").write_text("file,label\na.pgm,cat\n")
    ...     images = PathList(Path(folder, "list.csv"), label="list.csv")
    ...     images.read(0).item(), images.labels
    (55, ('cat',))
    """

    def __init__(
        self,
        path: Path,
        *,
        label: str,
        column: str | None = None,
        base: str | None = None,
        value_range: Bounds | None = None,
    ) -> None:
        super().__init__(label=label, value_range=value_range)
        self._table = path, column
        places, self.labels = _read(path, column, label)
        if not places:
            raise UnreadableError(
                "DAT002", f"{label} must name at least one image; got none", fix="Fill the list."
            )
        self._places = tuple(_resolved(place, path, base, label) for place in places)
        _check_places(places, self._places, label)
        self._spool = Spool()

    def __len__(self) -> int:
        return len(self._places)

    def name(self, index: int) -> str:
        """Return path or URL `index`, printable and without secrets."""
        place = self._places[index]
        return without_secrets(place) if is_url(place) else display_name(place)

    def labels_from(self, column: str) -> tuple[str | None, ...] | None:
        """Return what another column says of each image; None if there is no such column."""
        return _read(*self._table, self.label, labels=column)[1]

    def encoded(self, index: int) -> bytes:
        """Return the bytes of file `index`; a URL is fetched once."""
        place = self._places[index]
        if not is_url(place):
            return read_image_file(place)
        return self._spool.get(index, lambda: [(index, fetch_bytes(place))]) or b""


def _resolved(place: str, path: Path, base: str | None, label: str) -> str:
    """Return where an image is; a list from elsewhere may not choose files of this machine."""
    if base is None:
        return place if is_url(place) else _local(place, path.parent)
    protocol = base.partition("://")[0].lower()
    if not is_url(place):
        return f"{base.rpartition('/')[0]}/{place.lstrip('/')}"
    if place.partition("://")[0].lower() in {protocol, "http", "https"} and "::" not in place:
        return place
    raise UnreadableError(
        "DAT022",
        f"{label} must name files behind {protocol}://, http:// or https://;"
        f" got {without_secrets(place)!r}",
        fix="Save the list here if you trust it.",
    )


def _local(place: str, folder: Path) -> str:
    """Return the path of a file; a path of Windows with slashes, where that file exists."""
    place = os.fsdecode(place.encode())  # also where the locale has no such letters
    path = folder / place
    if "\\" in place and not _exists(path):
        slashed = folder / place.replace("\\", "/")
        if _exists(slashed):
            return str(slashed)
    return str(path)


def _exists(path: Path | str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name too long, or with a character that no name has
        return False


def _check_places(places: Iterable[str], resolved: Iterable[str], label: str) -> None:
    """Refuse, before any work, a list of which no file is there."""
    if any(is_url(place) or _exists(place) for place in resolved):
        return
    first, found = next(zip(places, resolved, strict=True))
    fix = "Paths in a list are relative to its folder: move the list, or correct its paths."
    if "\\" in first:
        fix = "Paths of Windows are read with / instead of \\, relative to the list. " + fix
    raise UnreadableError(
        "DAT001",
        f"{label} must name files that exist; got none, the first of them {display_name(found)!r}",
        fix=fix,
    )


def _read(
    path: Path, column: str | None, name: str, *, labels: str | None = None
) -> tuple[list[str], tuple[str | None, ...] | None]:
    text = read_text(path, name)
    separator = TABLE_EXTENSIONS.get(path.suffix.lower())
    if separator is None and _TAB not in text.partition("\n")[0]:
        return [line.strip() for line in io.StringIO(text) if line.strip()], None
    asked = {name.lower() for name in (column, labels) if name is not None}
    known = {*_PATH_COLUMNS, *asked}
    rows = [row for row in split_rows(text, name, separator or _TAB, known) if any(row)]
    if not rows:
        return [], None
    header = [cell.strip() for cell in rows[0]]
    chosen = _path_column(header, column, name)
    if chosen is None:
        second = 1 if len(header) == 2 and labels is None else None
        return _columns(rows, 0, second, name, first=1)
    if labels is None:
        plain = [cell.lower() for cell in header]
        label_places = [plain.index(usual) for usual in LABEL_COLUMNS if usual in plain]
    else:
        named = column_place(header, labels)
        label_places = [] if named is None else [named]
    label_place = next((place for place in label_places if place != chosen), None)
    return _columns(rows[1:], chosen, label_place, name, first=2)


def _path_column(header: list[str], asked: str | None, name: str) -> int | None:
    """Return which column of a header holds paths; None if the first row is not a header."""
    if asked is not None:
        named = column_place(header, asked)
        if named is None:
            raise _unclear(name, f"no column {asked!r}", header)
        return named
    plain = [cell.lower() for cell in header]
    place = next((plain.index(usual) for usual in _PATH_COLUMNS if usual in plain), None)
    if place is None and not _looks_like_path(header[0]):
        raise _unclear(name, "none of the usual names", header)
    return place


def _looks_like_path(cell: str) -> bool:
    return is_url(cell) or Path(cell).suffix.lower() in IMAGE_EXTENSIONS


def _columns(
    rows: list[list[str]], paths: int, labels: int | None, name: str, *, first: int
) -> tuple[list[str], tuple[str | None, ...] | None]:
    for number, row in enumerate(rows, start=first):
        if len(row) <= paths or not row[paths].strip():
            raise UnreadableError(
                "DAT022",
                f"row {number} of {name} must name an image; got {len(row)} fields without a path",
                fix="Fill the row, or take it out.",
            )
    places = [row[paths].strip() for row in rows]
    if labels is None:
        return places, None
    cells = (row[labels] if len(row) > labels else "" for row in rows)
    return places, tuple(as_label(cell) for cell in cells)


def _unclear(name: str, got: str, header: list[str]) -> UsageError:
    listed = display_name(", ".join(header))[:200]
    return UsageError(
        "DAT023",
        f"{name} must have a clear column of paths; got {got} among: {listed}",
        fix=f"Name the column: {name}:COLUMN",
    )
