"""The rows of an array as inputs."""

from __future__ import annotations

import math

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds, InputSpec
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.identity import content_id
from rmqm_spec.inputs.hashing import Hashed
from rmqm_spec.inputs.layout_advice import WITH_ALPHA, advice_on_one_axis, without_alpha
from rmqm_spec.inputs.layouts import Layout, as_image, recognise_layout
from rmqm_spec.inputs.value_range import check_value_range, natural_range

__all__ = ["ArrayRows", "fit_layout"]


_AT_A_TIME = 1 << 22
"""Values that are looked at together, so that a mapped file is never read as a whole."""


class ArrayRows(Hashed):
    """
    A source whose inputs are the rows of an array, in memory or memory-mapped.

    Parameters
    ----------
    values : (N, ...) ndarray
        N inputs. uint8, bool or float; other integers need a `value_range`.
    spec : InputSpec
        What the encoder takes.
    label : str
        What to call the array; row 12 is called ``label[12]``.
    layout : {"nhwc", "nchw", "nhw", "array"}, optional
        Meaning of the axes; without it, it is recognised.
    value_range : tuple of float, optional
        Range of the values; without it, 0 to 255 for uint8, 0 to 1 for bool and float.
    has_own_ranges : bool
        Whether each value has a range of its own, which its owner knows: then there is no natural
        range, and floats count as of a declared range.
    keeps_floats : bool
        Whether floats of a declared range reach an encoder of images as they are: then they count
        as arrays, which are neither resized nor mapped to [0, 1].

    Raises
    ------
    UsageError
        DAT007 if the type is not usable, DAT014 if the range is not valid.
    ShapeError
        DAT008 if the layout is unclear, DAT009 if there are no values, DAT012 if an input does not
        fit the encoder.

    Examples
    --------
    >>> spec = InputSpec(kind="image", shape=(3, 32, 32))
    >>> rows = ArrayRows(np.zeros((5, 3, 8, 6)), spec, label="images.npy")
    >>> rows.layout, len(rows), rows.name(4), rows.read(4).shape
    ('nchw', 5, 'images.npy[4]', (8, 6, 3))
    """

    ignored = 0
    labels = None

    def __init__(
        self,
        values: AnyArray,
        spec: InputSpec,
        *,
        label: str,
        layout: Layout | None = None,
        value_range: Bounds | None = None,
        keeps_floats: bool = False,
        has_own_ranges: bool = False,
    ) -> None:
        self.layout: Layout = fit_layout(values.shape, values.dtype, spec, layout)
        self.label = label
        self.value_range = (0.0, 1.0) if has_own_ranges else _known_range(values, value_range)
        self.is_float = values.dtype.kind == "f"
        self.has_declared_range = value_range is not None or has_own_ranges
        self.of_images = spec.kind == "image"
        self.is_kept = (
            keeps_floats and spec.kind == "image" and self.is_float and self.has_declared_range
        )
        self._values = values
        self._spec = spec
        if self.is_kept:
            self._check_kept()

    def __len__(self) -> int:
        return len(self._values)

    def name(self, index: int) -> str:
        """Return the label with the number of the row."""
        return f"{self.label}[{index}]"

    def read(self, index: int) -> AnyArray:
        """Return row `index`, an image as (H, W, C), a plain array as it is; a view."""
        row = np.asarray(self._values[index])
        is_image = self._spec.kind == "image" and not self.is_kept
        return as_image(row, self.layout, self._spec) if is_image else row

    @property
    def extent(self) -> Bounds:
        """Lowest and highest finite value of all rows; not finite where there is none."""
        low, high = math.inf, -math.inf
        rows = max(1, _AT_A_TIME // max(1, math.prod(self._values.shape[1:])))
        for first in range(0, len(self._values), rows):
            values = np.asarray(self._values[first : first + rows])
            finite = values[np.isfinite(values)] if self.is_float else values
            if finite.size:
                low, high = min(low, float(finite.min())), max(high, float(finite.max()))
        return low, high

    def in_encoder_order(self, row: AnyArray) -> AnyArray:
        """Return a row that counts as an array with the axes of the encoder's shape; a view."""
        if not self.is_kept:
            return row.reshape(self._spec.shape)
        return as_image(row, self.layout, self._spec).transpose(2, 0, 1)

    def _check_kept(self) -> None:
        given = self.in_encoder_order(np.asarray(self._values[0])).shape
        if given != self._spec.shape:
            raise ShapeError(
                "DAT012",
                f"floats that reach the encoder as they are must have its shape {self._spec.shape}"
                f" (channels, rows, columns); got {given} in layout {self.layout}",
                fix="Give them in that size. If they are pictures, which can be resized: --scale 1"
                " maps their range to [0, 1].",
            )

    def _digest(self, index: int) -> str:
        return content_id(self.read(index))


def fit_layout(
    shape: tuple[int, ...], dtype: np.dtype[np.generic], spec: InputSpec, layout: Layout | None
) -> Layout:
    """
    Recognise the layout of an array, and check that every row of it can be given to the encoder.

    Raises
    ------
    UsageError, ShapeError
        See `ArrayRows`.

    Examples
    --------
    >>> fit_layout((9, 4, 3), np.dtype("f4"), InputSpec(kind="array", shape=(12,)), None)
    'array'
    """
    if math.prod(shape) == 0:
        raise ShapeError(
            "DAT009",
            f"data must hold at least one input with at least one value; got shape {shape}",
            fix="Check what wrote the file, or the expression that selected the rows.",
        )
    layout = recognise_layout(shape, dtype, spec, layout)
    if spec.kind == "array":
        _check_plain(shape, spec)
    elif layout in {"nhwc", "nchw"}:
        _check_channels(shape[3 if layout == "nhwc" else 1], layout, spec, shape)
    return layout


def _check_plain(shape: tuple[int, ...], spec: InputSpec) -> None:
    """Accept the encoder's shape, also flattened, and shapes that differ by axes of length 1."""
    given, wanted = shape[1:], spec.shape
    flat = len(given) == 1 or len(wanted) == 1
    squeezed = [n for n in given if n != 1] == [n for n in wanted if n != 1]
    if shape and (squeezed or (flat and math.prod(given) == math.prod(wanted))):
        return
    raise ShapeError(
        "DAT012",
        f"inputs must have the encoder's shape {wanted}, or be that flattened; got {given}"
        f" from an array of shape {shape}",
        fix=advice_on_one_axis(shape, spec)
        if len(shape) < 2
        else "Reshape the array to (N, *shape); a single input needs a first axis of length 1.",
    )


def _check_channels(given: int, layout: Layout, spec: InputSpec, shape: tuple[int, ...]) -> None:
    wanted = spec.shape[0]
    if given == wanted or {given, wanted} == {1, 3}:
        return
    raise ShapeError(
        "DAT012",
        f"images must have 1 or 3 channels, or the encoder's {wanted}; got {given} channels"
        f" from an array of shape {shape} in layout {layout}",
        fix=without_alpha(layout, given)
        if given in WITH_ALPHA
        else "Drop the channels that the encoder does not take, or give --data-layout.",
    )


def _met(values: AnyArray) -> str:
    """Say which values there are, where they are numbers."""
    if values.dtype.kind not in "iu" or not values.size:
        return ""
    return f"; those in the array run from {values.min()} to {values.max()}"


def _known_range(values: AnyArray, value_range: Bounds | None) -> Bounds:
    if value_range is not None:
        return check_value_range(value_range)
    natural = natural_range(values.dtype)
    if natural is None:
        raise UsageError(
            "DAT007",
            f"data must be uint8 or float, or have a declared range; got {values.dtype}",
            fix="Declare the lowest and highest value that such data can have: --range LOW,HIGH"
            f"{_met(values)}.",
        )
    return natural
