"""Labels that do not come with the inputs: an array, a column of a table, names of folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.files import folder_of
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.missing_labels import as_label
from rmqm_spec.inputs.npy_files import read_npy
from rmqm_spec.inputs.npz_files import read_npz, split_key
from rmqm_spec.inputs.parquet_files import ParquetFiles
from rmqm_spec.inputs.path_lists import PathList
from rmqm_spec.inputs.source import Source
from rmqm_spec.inputs.tar_shards import TarShards
from rmqm_spec.inputs.text_tables import TABLE_EXTENSIONS, column_place, read_rows

__all__ = ["FOLDERS", "read_labels"]

FOLDERS = "folders"
"""What stands for the name of the folder that a file lies in."""

COLUMN = "column:"
"""Prefix of a column of the inputs' own table."""

_NAMES = ("path", "file", "filename", "file_name", "name", "image")
"""Columns that name the input of a row, in this order."""


def read_labels(asked: str, source: Source, spec: InputSpec) -> list[str | None]:
    """
    Read a label for each input of a source.

    Parameters
    ----------
    asked : str
        ``file.npy`` or ``file.npz:key``: an array (N,) in the order of the source; ``file.csv`` or
        ``file.csv:column`` (or ``.tsv``): a table with a header, whose column is ``label`` unless
        it is named; ``folders``: the name of the folder of each file; ``column:NAME``: another
        column of the parquet file or list with the inputs, or an ending beside images in archives.
    source : Source
        The inputs.
    spec : InputSpec
        What the encoder takes.

    Returns
    -------
    list of str or None
        By position in the source. None where a table has no row for an input, and where a label is
        empty, NaN or another spelling of nothing, see `rmqm_spec.inputs.missing_labels`.

    Raises
    ------
    UsageError, UnreadableError
        PRB011 for labels that do not fit the inputs; DAT001, DAT005, DAT006 or DAT013 for files
        that cannot be read.

    Notes
    -----
    A table with a column path, file, filename, file_name, name or image is matched with inputs by
    name: the whole name, or its end from a folder on. Without such a column rows are in order.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from rmqm_spec.inputs.opening import open_source
    >>> spec = InputSpec(kind="image", shape=(1, 8, 8))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(f"{folder}/labels.npy", np.array([3, 1]))
    ...     read_labels(f"{folder}/labels.npy", open_source(np.zeros((2, 8, 8)), spec), spec)
    ['3', '1']
    """
    if asked == FOLDERS:
        return [folder_of(Path(source.name(index))) for index in range(len(source))]
    if asked.startswith(COLUMN):
        return _from_source(asked.removeprefix(COLUMN), source)
    path, key = _split(asked)
    if not path.is_file():
        raise UnreadableError(
            "DAT001",
            f"labels must be an existing file, {FOLDERS} or {COLUMN}NAME;"
            f" got {display_name(asked)!r}",
            fix="Check the path: file.npz:key, file.npy, file.csv:column.",
        )
    separator = TABLE_EXTENSIONS.get(path.suffix.lower())
    if separator is not None:
        return _from_table(path, key or "label", separator, source)
    if path.suffix.lower() == ".npz":
        key, values = read_npz(path, spec, key=key)
        return _from_array(values, f"{display_name(path)}:{key}", source)
    if path.suffix.lower() == ".npy":
        return _from_array(read_npy(path), display_name(path), source)
    raise _unfit(
        f"in an .npy, .npz, .csv or .tsv file; got {display_name(path)!r}",
        fix="One label a line below the line `label` is a .csv file.",
    )


def _from_source(column: str, source: Source) -> list[str | None]:
    if isinstance(source, ParquetFiles | PathList | TarShards):
        labels = source.labels_from(column)
        if labels is not None:
            return list(labels)
    raise _unfit(f"a column of {source.label}; got no column {display_name(column)!r} there")


def _split(asked: str) -> tuple[Path, str | None]:
    """Split a text into a file and its key or column; file names may hold colons, too."""
    name, key = split_key(asked)
    if key is None and not Path(asked).is_file():
        stem, separator, column = asked.rpartition(":")
        if separator and Path(stem).suffix.lower() in TABLE_EXTENSIONS:
            return Path(stem), column
    return Path(name), key


def _from_array(values: AnyArray, name: str, source: Source) -> list[str | None]:
    if values.ndim != 1:
        raise _unfit(
            f"one array (N,); got the shape {values.shape} of {name}",
            fix="Name the array of labels: file.npz:KEY. One-hot rows: save their argmax.",
        )
    _check_number(len(values), name, source)
    return [as_label(value) for value in values.tolist()]


def _from_table(path: Path, column: str, separator: str, source: Source) -> list[str | None]:
    name = display_name(path)
    known_names = {*_NAMES, column.lower()}
    rows = read_rows(path, name, separator=separator, known=known_names, code="PRB011")
    header = [cell.strip() for cell in rows[0]] if rows else []
    place = column_place(header, column)
    if place is None:
        raise _unfit(
            f"a column {column!r} of {name}; got the columns {', '.join(header) or '(none)'}",
            fix=f"Name the column: {name}:COLUMN",
        )
    cells = [[*row, *[""] * (len(header) - len(row))] for row in rows[1:]]
    labels = [as_label(row[place]) for row in cells]
    places = (column_place(header, usual) for usual in _NAMES)
    named = next((other for other in places if other not in {None, place}), None)
    if named is None:
        _check_number(len(cells), name, source)
        return labels
    known = _by_name([row[named] for row in cells], labels, name)
    matched = [_lookup(source.name(index), known) for index in range(len(source))]
    if not any(matched):
        raise _unfit(
            f"those of inputs in column {header[named]!r} of {name};"
            f" got no {source.name(0)!r} there",
            fix="The column must hold the paths of the inputs, or their ends from a folder on.",
        )
    return matched


def _by_name(
    names: list[str], labels: list[str | None], table: str
) -> Mapping[tuple[str, ...], str | None]:
    known: dict[tuple[str, ...], str | None] = {}
    for row, (name, label) in enumerate(zip(names, labels, strict=True), start=2):
        parts = Path(name.strip().replace("\\", "/")).parts
        if known.setdefault(parts, label) != label:
            raise _unfit(f"one for each name in {table}; got two for {name!r}, again in row {row}")
    return known


def _lookup(name: str, known: Mapping[tuple[str, ...], str | None]) -> str | None:
    """Return the label of a name, or of the longest end of it that the table has."""
    parts = Path(name.replace("\\", "/")).parts
    ends = (parts[first:] for first in range(len(parts)))
    return next((known[end] for end in ends if end in known), None)


def _check_number(n_labels: int, name: str, source: Source) -> None:
    if n_labels != len(source):
        raise _unfit(
            f"one for each of the {len(source)} inputs of {source.label}; got {n_labels} in {name}"
        )


def _unfit(rule: str, fix: str = "Give the labels that belong to --data.") -> UsageError:
    return UsageError("PRB011", f"labels must be {rule}", fix=fix)
