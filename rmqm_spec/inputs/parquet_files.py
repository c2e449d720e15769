"""Images in the rows of parquet files, as Hugging Face keeps them: {bytes, path}."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from attrs import frozen

from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.encoded_images import EncodedImages
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.npz_files import MAX_UNPACKED_BYTES
from rmqm_spec.inputs.optional import optional_package
from rmqm_spec.inputs.parquet_columns import image_column, label_column, label_names
from rmqm_spec.inputs.spool import Spool

__all__ = ["ParquetFiles"]

_BATCH_ROWS = 64
"""Rows that are in memory at a time."""


@frozen(kw_only=True, eq=False)
class _Table:
    """One file: its footer, which says where the row groups are, is read once."""

    path: Path
    name: str
    footer: Any
    column: str

    def images(self, groups: Sequence[int]) -> Iterator[list[bytes | None]]:
        """Yield the bytes of images, a few rows at a time."""
        row = 0
        for cells in self.batches(self.column, groups):
            yield [self._image(cell, row + k) for k, cell in enumerate(cells)]
            row += len(cells)

    def _image(self, cell: Any, row: int) -> bytes | None:
        """Return the image of a cell, which may be a list that holds one image."""
        if isinstance(cell, list):
            if len(cell) > 1:
                raise UsageError(
                    "DAT023",
                    f"every row of {self.name} must hold one image; got {len(cell)} in row {row}"
                    f" of column {self.column}: lists of images are not read",
                    fix="Write the table again with one image a row.",
                )
            cell = cell[0] if cell else None
        return cell.get("bytes") if isinstance(cell, dict) else cell

    def batches(self, column: str, groups: Sequence[int]) -> Iterator[list[Any]]:
        """Yield values of a column, a few rows at a time."""
        import pyarrow as pa
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(
                self.path, metadata=self.footer, buffer_size=2**20, pre_buffer=False
            ) as file:
                for batch in file.iter_batches(_BATCH_ROWS, row_groups=groups, columns=[column]):
                    values = batch.column(0)
                    if pa.types.is_struct(values.type):
                        values = values.flatten()[0]
                    yield values.to_pylist()
        except Exception as error:  # pyarrow raises many kinds on damaged files
            raise _damaged(self.name, error) from error

    @property
    def group_ends(self) -> list[int]:
        """Rows up to the end of each row group."""
        groups = range(self.footer.num_row_groups)
        return list(accumulate(self.footer.row_group(k).num_rows for k in groups))


class ParquetFiles(EncodedImages):
    """
    A source whose inputs are rows of parquet files.

    A row can be read only with the row group that it is in. So each row group is read once for the
    digests and once more when the first of its inputs is wanted: those of its inputs that will be
    read, see `expect`, are kept in a temporary file and read from there, in any order, by any
    thread.

    Parameters
    ----------
    paths : sequence of Path
        Files, in order.
    label : str
        What to call the collection.
    column : str, optional
        Which column holds the images; without it, the only column that can.
    names : sequence of str, optional
        What to call the files; by default their paths.
    value_range : tuple of float, optional
        See `EncodedImages`.

    Raises
    ------
    UnavailableError
        DAT024 if pyarrow is missing.
    UnreadableError
        DAT022 if a file is damaged, DAT002 if there are no rows, DAT013 if a row group unpacks to
        more than can be held.
    UsageError
        DAT023 if it is not clear which column is meant.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        label: str,
        column: str | None = None,
        names: Sequence[str] | None = None,
        value_range: Bounds | None = None,
    ) -> None:
        super().__init__(label=label, value_range=value_range)
        optional_package("pyarrow.parquet", "parquet files")
        shown = names or [display_name(path) for path in paths]
        self._tables = [_open(path, name, column) for path, name in zip(paths, shown, strict=True)]
        self._ends = list(accumulate(table.footer.num_rows for table in self._tables))
        if not self._ends or not self._ends[-1]:
            raise UnreadableError(
                "DAT002",
                f"{label} must have at least one row; got none",
                fix="Check what wrote it.",
            )
        self._wanted: Collection[int] = range(len(self))
        self._spool = Spool()

    def __len__(self) -> int:
        return int(self._ends[-1])

    def name(self, index: int) -> str:
        """Return the file with the number of the row."""
        table, row = self._place(index)
        return f"{self._tables[table].name}[{row}]"

    def expect(self, indices: Collection[int]) -> None:
        """Say which inputs will be read: others are not kept when their row group is read."""
        self._wanted = frozenset(indices)

    def encoded(self, index: int) -> bytes:
        """Return the bytes in row `index`."""
        data = self._spool.get(index, lambda: self._group_of(index))
        if data is None:
            raise UnreadableError(
                "DAT027",
                f"{self.name(index)} must hold the bytes of an image; got none",
                fix="A file that holds paths only must be written again with the images in it.",
            )
        return data

    @cached_property
    def labels(self) -> tuple[str | None, ...] | None:
        """Values of the column label (labels, fine_label, ...), as class names where there are."""
        return self._labels(label_column)

    def labels_from(self, column: str) -> tuple[str | None, ...] | None:
        """Return what another column says of each image; None if there is no such column."""
        return self._labels(lambda schema: column if column in schema.names else None)

    def _labels(self, choose: Callable[[Any], str | None]) -> tuple[str | None, ...] | None:
        labels: list[str | None] = []
        for table in self._tables:
            schema = table.footer.schema.to_arrow_schema()
            column = choose(schema)
            if column is None:
                labels += [None] * table.footer.num_rows
                continue
            named = label_names(schema, column)
            groups = range(table.footer.num_row_groups)
            labels += [named(value) for batch in table.batches(column, groups) for value in batch]
        return tuple(labels) if any(label is not None for label in labels) else None

    def _hashed(self) -> Iterator[str]:
        """Hash the rows in the order of the files, with a few in memory at a time."""
        index = 0
        for table in self._tables:
            for batch in table.images(range(table.footer.num_row_groups)):
                for data in batch:
                    digest = None if data is None else hashlib.sha256(data).hexdigest()
                    yield digest or self._digest_of_nothing(index)
                    index += 1

    def _group_of(self, index: int) -> Iterator[tuple[int, bytes]]:
        """Yield the wanted inputs of the row group that an input is in."""
        number, row = self._place(index)
        table = self._tables[number]
        ends = table.group_ends
        group = bisect_right(ends, row)
        key = index - row + (ends[group - 1] if group else 0)
        for batch in table.images([group]):
            for data in batch:
                if data is not None and (key in self._wanted or key == index):
                    yield key, data
                key += 1

    def _place(self, index: int) -> tuple[int, int]:
        table = bisect_right(self._ends, index)
        return table, index - (self._ends[table - 1] if table else 0)


def _open(path: Path, name: str, column: str | None) -> _Table:
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            footer, schema = file.metadata, file.schema_arrow
    except Exception as error:  # pyarrow raises many kinds on damaged files
        raise _damaged(name, error) from error
    chosen = image_column(schema, column, name)
    for k in range(footer.num_row_groups):
        size = _unpacked_bytes(footer.row_group(k), chosen)
        if size > MAX_UNPACKED_BYTES:
            raise UnreadableError(
                "DAT013",
                f"row group {k} of {name} must unpack to at most {MAX_UNPACKED_BYTES} bytes; got"
                f" {size}",
                fix="Write the file again with smaller row groups.",
            )
    return _Table(path=path, name=name, footer=footer, column=chosen)


def _unpacked_bytes(group: Any, column: str) -> int:
    chunks = (group.column(k) for k in range(group.num_columns))
    paths = (column, f"{column}.")  # of a column, and of what lies in its lists
    return sum(
        chunk.total_uncompressed_size
        for chunk in chunks
        if chunk.path_in_schema == paths[0] or chunk.path_in_schema.startswith(paths[1])
    )


def _damaged(name: str, error: Exception) -> UnreadableError:
    reason = " ".join(str(error).split())
    return UnreadableError(
        "DAT022",
        f"{name} must be a complete parquet file; got {type(error).__name__}: {reason}",
        fix="Fetch or write it again.",
    )
