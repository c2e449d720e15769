"""Open the source that is meant by the given data."""

from __future__ import annotations

import glob
from pathlib import Path

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds, InputSpec
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.default import default_source
from rmqm_spec.inputs.downloads import fetch_file, is_url, without_secrets
from rmqm_spec.inputs.file_sets import (
    SHARD_EXTENSIONS,
    expand_braces,
    shards_in_folder,
    shards_matching,
)
from rmqm_spec.inputs.files import IMAGE_EXTENSIONS, ImageFiles
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.layouts import Layout
from rmqm_spec.inputs.npy_files import read_npy
from rmqm_spec.inputs.npz_files import npz_shape, read_npz
from rmqm_spec.inputs.parquet_files import ParquetFiles
from rmqm_spec.inputs.path_lists import LIST_EXTENSIONS, PathList
from rmqm_spec.inputs.source import Source
from rmqm_spec.inputs.tar_shards import TarShards
from rmqm_spec.inputs.value_range import check_value_range
from rmqm_spec.nearest import nearest_path

__all__ = ["open_source", "shape_of_rows"]

_ARRAY_EXTENSIONS = frozenset({".npy", ".npz"})
_WITH_KEYS = frozenset({".npz"}) | SHARD_EXTENSIONS | LIST_EXTENSIONS
_PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip")


def open_source(
    data: str | Path | AnyArray | None,
    spec: InputSpec,
    *,
    layout: Layout | None = None,
    value_range: Bounds | None = None,
    keeps_floats: bool = False,
    has_own_ranges: bool = False,
) -> Source:
    """
    Pick the source of raw inputs for `data`, see `rmqm_spec.inputs.prepared.open_inputs`.

    With `keeps_floats`, floats of a declared range count as arrays, and with `has_own_ranges` each
    value has a range of its own, see `ArrayRows`.

    Raises
    ------
    UnreadableError
        DAT001 if nothing is there, DAT002 if there is no image file, DAT005 or DAT013 if an array
        file cannot be read.
    UsageError
        DAT003 if there is no default, DAT004 if the kind of file is not supported, DAT017 if an
        option does not apply; and the errors of `ArrayRows`.

    Examples
    --------
    >>> spec = InputSpec(kind="image", shape=(3, 32, 32))
    >>> open_source(None, spec).label
    'patches of 32 pixels of china.jpg and flower.jpg of scikit-learn'
    """
    value_range = None if value_range is None else check_value_range(value_range)
    if data is None:
        _check_unused("range", value_range, "the bundled images")
        _check_unused("data-layout", layout, "the bundled images")
        return default_source(spec)
    if isinstance(data, np.ndarray):
        return ArrayRows(
            data,
            spec,
            label="array",
            layout=layout,
            value_range=value_range,
            keeps_floats=keeps_floats,
            has_own_ranges=has_own_ranges,
        )
    given = str(data)
    wanted = _Wanted(spec, layout, value_range, keeps_floats, has_own_ranges)
    if is_url(given):
        return _behind_url(given, wanted)
    path, key = _existing(given)
    if path is not None and path.is_file():
        return _file(path, key, display_name(path), wanted)
    if path is not None and not path.is_dir():
        raise UnreadableError(
            "DAT001",
            f"data must be a file or a folder; got {display_name(path)!r}, which is a pipe, a"
            " device or a socket",
            fix="Save what it gives as a file with the ending of its kind, and give that file.",
        )
    _check_unused("data-layout", layout, "image files")
    return _files(path, given, value_range)


def shape_of_rows(data: str | Path | AnyArray | None) -> tuple[int, ...] | None:
    """
    Return the shape of one input in an array, before it is known what an encoder takes.

    The result is None for other data, and where it is not clear which array is meant: what is
    wrong with them is said when they are opened.

    Examples
    --------
    >>> shape_of_rows(np.zeros((5, 16000)))
    (16000,)
    """
    if isinstance(data, np.ndarray):
        return data.shape[1:] or None
    if data is None or is_url(str(data)):
        return None
    path, key = _existing(str(data))
    if path is None or not path.is_file():
        return None
    try:
        if path.suffix.lower() == ".npy":
            return read_npy(path).shape[1:] or None
        if path.suffix.lower() == ".npz":
            return npz_shape(path, key)
    except RmqmError:
        pass
    return None


@frozen
class _Wanted:
    """What an encoder takes, and what was declared of the data."""

    spec: InputSpec
    layout: Layout | None
    value_range: Bounds | None
    keeps_floats: bool
    has_own_ranges: bool


def _behind_url(url: str, wanted: _Wanted) -> Source:
    """Fetch a file, and open it under the name of its URL."""
    plain, key = split_suffix(url)
    path = fetch_file(plain)
    name = without_secrets(plain)
    return _file(path, key, name, wanted, base=plain)


def _existing(data: str) -> tuple[Path | None, str | None]:
    """Return the path that exists under the whole name, or under its part before ``:key``."""
    for name, key in ((data, None), split_suffix(data)):
        try:
            if name and Path(name).exists():
                return Path(name), key
        except (OSError, ValueError):  # a name too long, a folder that may not be searched
            continue
    return None, None


def split_suffix(data: str) -> tuple[str, str | None]:
    """
    Split ``file.ext:key`` into a file that holds several things and the name of the thing meant.

    Examples
    --------
    >>> split_suffix("train.parquet:image"), split_suffix("https://a.org:80/b.npz")
    (('train.parquet', 'image'), ('https://a.org:80/b.npz', None))
    """
    stem, separator, key = data.rpartition(":")
    if separator and key and Path(stem).suffix.lower() in _WITH_KEYS:
        return stem, key
    return data, None


def _file(
    path: Path,
    key: str | None,
    name: str,
    wanted: _Wanted,
    *,
    base: str | None = None,
) -> Source:
    kind = path.suffix.lower()
    if kind in _ARRAY_EXTENSIONS:
        return _array_file(path, key, name, wanted)
    _check_unused("data-layout", wanted.layout, "image files")
    value_range = wanted.value_range
    if kind in SHARD_EXTENSIONS:
        return _shards([path], key, name, value_range, names=[name])
    if kind in LIST_EXTENSIONS:
        return PathList(path, label=name, column=key, base=base, value_range=value_range)
    if kind in IMAGE_EXTENSIONS:
        return ImageFiles([path], label=name, value_range=value_range, names=[name])
    raise _not_supported(name, path)


def _shards(
    paths: list[Path],
    key: str | None,
    label: str,
    value_range: Bounds | None,
    *,
    names: list[str] | None = None,
) -> Source:
    if paths[0].suffix.lower() == ".tar":
        return TarShards(paths, label=label, extension=key, names=names, value_range=value_range)
    return ParquetFiles(paths, label=label, column=key, names=names, value_range=value_range)


def _files(path: Path | None, data: str, value_range: Bounds | None) -> Source:
    """Open a folder, or what a pattern matches."""
    name = display_name(data)
    if path is not None:
        shards = shards_in_folder(path)
        if shards is not None:
            return _shards(shards, None, name, value_range)
        return ImageFiles.in_folder(path, value_range=value_range)
    pattern, key = split_suffix(data)
    if glob.has_magic(pattern) or expand_braces(pattern) != [pattern]:
        shards = shards_matching(pattern)
        if shards is not None:
            return _shards(shards, key, name, value_range)
        return ImageFiles.matching(data, value_range=value_range)
    raise UnreadableError(
        "DAT001",
        f"data must be an existing file, folder or pattern; got {name!r}",
        fix=_meant(data),
    )


def _meant(data: str) -> str:
    """Return the advice on a path that is not there, with a name like it that is."""
    plain, key = split_suffix(data)
    near = nearest_path(Path(plain))
    if near is None:
        return "Check the path. A URL begins with its protocol, for example https://"
    return f"Did you mean {display_name(near)}{'' if key is None else f':{key}'}?"


def _array_file(path: Path, key: str | None, label: str, wanted: _Wanted) -> ArrayRows:
    if path.suffix.lower() == ".npy":
        values = read_npy(path)
    else:
        key, values = read_npz(path, wanted.spec, key=key, layout=wanted.layout)
        label = f"{label}:{key}"
    return ArrayRows(
        values,
        wanted.spec,
        label=label,
        layout=wanted.layout,
        value_range=wanted.value_range,
        keeps_floats=wanted.keeps_floats,
        has_own_ranges=wanted.has_own_ranges,
    )


def _not_supported(name: str, path: Path) -> UsageError:
    fix = "Give a folder of images, or save the inputs as an array: numpy.save('inputs.npy', x)."
    if path.name.lower().endswith(_PACKED):
        fix = "Unpack it: images in the middle of a compressed archive cannot be read alone."
    return UsageError(
        "DAT004",
        f"data must be a folder, an image, .npy, .npz, .parquet, .tar, .csv, .tsv or .txt;"
        f" got {name!r}",
        fix=fix,
    )


def _check_unused(option: str, value: object, source: str) -> None:
    if value is not None:
        raise UsageError(
            "DAT017",
            f"{option} must be left out for {source}; got {value!r}",
            fix=f"Leave --{option} out, or give an array with --data.",
        )
