"""Which source is meant by what was given as data."""

from __future__ import annotations

import glob
from pathlib import Path

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.contract import Bounds, InputSpec
from rmqm_spec.inputs.default import default_source
from rmqm_spec.inputs.files import IMAGE_EXTENSIONS, ImageFiles
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.layouts import Layout
from rmqm_spec.inputs.npy_files import read_npy
from rmqm_spec.inputs.npz_files import read_npz, split_key
from rmqm_spec.inputs.source import Source
from rmqm_spec.inputs.value_range import check_value_range

__all__ = ["open_source"]

_ARRAY_EXTENSIONS = frozenset({".npy", ".npz"})


def open_source(
    data: str | Path | AnyArray | None,
    spec: InputSpec,
    *,
    layout: Layout | None = None,
    value_range: Bounds | None = None,
) -> Source:
    """
    Pick the source of raw inputs for `data`, see `rmqm_spec.inputs.prepared.open_inputs`.

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
        return ArrayRows(data, spec, label="array", layout=layout, value_range=value_range)
    path, key = _existing(str(data))
    if path is not None and path.suffix.lower() in _ARRAY_EXTENSIONS and path.is_file():
        return _array_file(path, key, spec, layout, value_range)
    _check_unused("data-layout", layout, "image files")
    return _image_files(path, str(data), value_range)


def _existing(data: str) -> tuple[Path | None, str | None]:
    """Path of what exists under the name as it is, or under its part before ``:key``."""
    for name, key in ((data, None), split_key(data)):
        try:
            if name and Path(name).exists():
                return Path(name), key
        except OSError:  # a name that is too long, a folder that may not be searched
            continue
    return None, None


def _array_file(
    path: Path, key: str | None, spec: InputSpec, layout: Layout | None, value_range: Bounds | None
) -> ArrayRows:
    label = display_name(path)
    if path.suffix.lower() == ".npy":
        values = read_npy(path)
    else:
        key, values = read_npz(path, spec, key=key, layout=layout)
        label = f"{label}:{key}"
    return ArrayRows(values, spec, label=label, layout=layout, value_range=value_range)


def _image_files(path: Path | None, data: str, value_range: Bounds | None) -> ImageFiles:
    if path is None:
        if glob.has_magic(data):
            return ImageFiles.matching(data, value_range=value_range)
        raise UnreadableError(
            "DAT001",
            f"data must be an existing file, folder or pattern; got {display_name(data)!r}",
            fix="Check the path. A URL is not followed: download the data first.",
        )
    if path.is_dir():
        return ImageFiles.in_folder(path, value_range=value_range)
    if path.suffix.lower() in IMAGE_EXTENSIONS:
        return ImageFiles([path], label=display_name(path), value_range=value_range)
    raise UsageError(
        "DAT004",
        f"data must be a folder, an image, .npy or .npz; got {display_name(path)!r}",
        fix="Give a folder of images, or save the inputs as an array: numpy.save('inputs.npy', x).",
    )


def _check_unused(option: str, value: object, source: str) -> None:
    if value is not None:
        raise UsageError(
            "DAT017",
            f"{option} must be left out for {source}; got {value!r}",
            fix=f"Leave --{option} out, or give an array with --data.",
        )
