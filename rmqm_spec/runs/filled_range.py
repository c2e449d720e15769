"""How much of the range that inputs are taken to have they fill, and what to do if it is little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.prepared import PreparedInputs
from rmqm_spec.inputs.range_advice import looks_normalised, outward, undone
from rmqm_spec.inputs.value_range import natural_range

__all__ = ["LOOKED_AT", "share_findings"]

LOOKED_AT = 8
"""How many inputs are looked at to say what kind of values they hold."""

_SMALL_SHARE = 0.05
"""16-bit pictures of a camera of 12 bits fill 0.06 of their range."""

_BYTES_OF_UNIT = 1 / 255 * 1.001
"""Highest value of pictures that were divided by 255 once more than they should be."""

_BYTES_OF_SIXTEEN_BITS = 255.5 / 65535
"""Highest value of 16-bit files that hold bytes."""


def share_findings(prepared: PreparedInputs) -> Iterator[Finding]:
    """Doubt a range, declared or assumed, of which the inputs fill a small share only."""
    source = prepared.source
    if prepared.features is not None:
        return
    rows = list(_first_rows(prepared))
    extent = _extent(rows, source.value_range)
    if not rows or not _is_small(extent):
        return
    kind = "assumed"
    looked_at = f"the first {len(rows)} inputs run"
    if isinstance(source, ArrayRows):
        low, high = source.value_range or (0.0, 1.0)
        values = source.extent
        extent = (values[0] - low) / (high - low), (values[1] - low) / (high - low)
        if not _is_small(extent):
            return
        kind = "declared" if source.has_declared_range else kind
        looked_at = "the values run"
        fix = _for_array(prepared, source, values)
    else:
        (low, high), fix = (0.0, 1.0), _for_files(rows, extent)
        if all(row.dtype == np.uint8 for row in rows):
            low, high = 0.0, 255.0
        values = low + extent[0] * (high - low), low + extent[1] * (high - low)
    yield Finding(
        code="DAT033",
        level="warn",
        message=f"{looked_at} from {values[0]:.4g} to {values[1]:.4g}, {extent[1] - extent[0]:.1%} "
        f"of the {kind} range [{low:g}, {high:g}]: noise relative to that range drowns them",
        fix=fix,
    )


def _first_rows(prepared: PreparedInputs) -> Iterator[AnyArray]:
    for index in range(min(len(prepared), LOOKED_AT)):
        with suppress(UnreadableError):
            yield prepared.source.read(prepared.position(index))


def _extent(rows: list[AnyArray], value_range: Bounds | None) -> Bounds:
    """Return the lowest and the highest value, as shares of the range of their type."""
    shares = []
    for row in rows:
        low, high = value_range or natural_range(row.dtype) or (0.0, 1.0)
        shares += [(float(end(row)) - low) / (high - low) for end in (np.min, np.max)]
    return (min(shares), max(shares)) if shares else (0.0, 0.0)


def _is_small(extent: Bounds) -> bool:
    return 0 < extent[1] - extent[0] < _SMALL_SHARE  # also false where a value is not finite


def _for_array(prepared: PreparedInputs, source: ArrayRows, extent: Bounds) -> str:
    least, most = extent
    if source.of_images and source.is_float:
        known = prepared.preprocessing
        if source.has_declared_range and known.mean and looks_normalised(least, most):
            undo = undone(known.mean, known.std, known.scale)
            return f"They look normalised. Undo that, and leave --range out: {undo}."
        if not source.has_declared_range and least >= 0 and most <= _BYTES_OF_UNIT:
            return "They seem to have been divided by 255 twice: multiply them by 255."
        if not source.has_declared_range:
            low, high = outward(_black(extent), most).split(",")
            shifted = "x" if float(low) == 0 else f"(x - {low})".replace("- -", "+ ")
            width = high if float(low) == 0 else f"{float(high) - float(low):.6g}"
            return (
                "Nothing to do if these pictures are that dark or flat. Else map them to [0, 1]: "
                f"numpy.clip({shifted} / {width}, 0, 1)."
            )
    if source.of_images and not source.has_declared_range:
        return (
            "If they are pictures with few levels, declare the values of black and white: "
            f"--range={outward(_black(extent), most)}. Numbers of classes, as in masks, are no "
            "pictures."
        )
    return f"Declare the range that such data have, such as --range={outward(least, most)}."


def _for_files(rows: list[AnyArray], extent: Bounds) -> str:
    masks = "Numbers of classes, as in masks, are no pictures."
    if any(row.dtype == np.uint8 for row in rows):
        return (
            "Nothing to do if these pictures are that dark or flat. Else save them so that white "
            f"is 255. {masks}"
        )
    if extent[1] <= _BYTES_OF_SIXTEEN_BITS:
        return (
            "They seem to hold 8 bits in files of 16 bits: save them with 8 bits, "
            "Image.fromarray(numpy.asarray(image).astype(numpy.uint8))."
        )
    return (
        "Nothing to do if these pictures are that dark or flat. Else save them so that white is "
        f"the highest value of the file's type, 65535 for 16 bits. {masks}"
    )


def _black(extent: Bounds) -> float:
    """Return the value of black: 0, unless all values are far from it."""
    least, most = extent
    return 0.0 if 0 <= least < most / 2 else least
