"""Prepared inputs: a source, given the shape and the value range that an encoder takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds, Input, InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.identity import content_id
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.feature_ranges import (
    OF_DATA,
    FeatureRanges,
    names_ranges,
    ranges_of_data,
    read_ranges,
)
from rmqm_spec.inputs.geometry import fit_image
from rmqm_spec.inputs.hashing import Hashed, Progress
from rmqm_spec.inputs.layouts import Layout
from rmqm_spec.inputs.opening import open_source
from rmqm_spec.inputs.parquet_files import ParquetFiles
from rmqm_spec.inputs.range_advice import advice_on_range, undone
from rmqm_spec.inputs.source import Source
from rmqm_spec.inputs.value_range import to_unit_range, within_range

__all__ = ["PreparedInputs", "open_inputs"]


class PreparedInputs:
    """
    Inputs of a source, loaded one at a time and made to fit an encoder.

    Parameters
    ----------
    source : Source
        Where raw inputs come from.
    spec : InputSpec
        What the encoder takes.
    preprocessing : Preprocessing
        Its geometry; the value map is applied later, after the alteration.
    indices : sequence of int, optional
        Which inputs of the source, in which order; without it, all of them.
    duplicates : int
        How many inputs of the source were left out because they equal another input.
    features : FeatureRanges, optional
        Ranges of the values of plain arrays, each with its own: they are then mapped to [0, 1].

    Raises
    ------
    ShapeError
        DAT012 if the source has images and the encoder takes plain arrays.

    Examples
    --------
    >>> spec = InputSpec(kind="image", shape=(1, 28, 28))
    >>> inputs = open_inputs(None, spec, Preprocessing(), n=5)
    >>> first = inputs.load(0)
    >>> len(inputs), inputs.bounds, first.values.shape, first.values.dtype.name
    (5, (0.0, 1.0), (1, 28, 28), 'float32')
    """

    def __init__(
        self,
        source: Source,
        spec: InputSpec,
        preprocessing: Preprocessing,
        *,
        indices: Sequence[int] | None = None,
        duplicates: int = 0,
        features: FeatureRanges | None = None,
    ) -> None:
        if spec.kind == "array" and source.value_range is None:
            raise ShapeError(
                "DAT012",
                f"inputs must have the encoder's shape {spec.shape}; got images from"
                f" {source.label}",
                fix="Give an array: --data inputs.npy",
            )
        self.source = source
        if isinstance(source, ArrayRows) and source.is_kept:
            spec = InputSpec(kind="array", shape=spec.shape)
        self.spec = spec
        self.preprocessing = preprocessing
        self.duplicates = duplicates
        self.features = features
        self._indices = range(len(source)) if indices is None else tuple(indices)

    @property
    def bounds(self) -> Bounds:
        """Range of the values: [0, 1] for images, the declared range for plain arrays.

        It is [0, 1] too for plain arrays whose values have ranges of their own.
        """
        declared = self.source.value_range if self.spec.kind == "array" else None
        return declared or (0.0, 1.0)

    @property
    def ignored(self) -> int:
        """Number of files that were left out because they are not images."""
        return self.source.ignored

    def __len__(self) -> int:
        return len(self._indices)

    def name(self, index: int) -> str:
        """Return where input `index` came from, without loading it."""
        return self.source.name(self._indices[index])

    def position(self, index: int) -> int:
        """Return the position of input `index` in the source, which has another order."""
        return self._indices[index]

    def digest(self, index: int) -> str:
        """Return the digest by which `select` orders inputs, without decoding any."""
        return self.source.digests[self._indices[index]]

    def label(self, index: int) -> str | None:
        """Return the label that the source has for input `index`, if any."""
        labels = self.source.labels
        return None if labels is None else labels[self._indices[index]]

    def load(self, index: int) -> Input:
        """
        Load an input; any number of threads may do so at a time.

        Returns
        -------
        Input
            With values of shape `spec.shape`, in `bounds`, that share no memory with the source.

        Raises
        ------
        UnreadableError
            IMG001 to IMG006 if the file cannot be decoded, DAT011 if a value is not finite.
        UsageError
            DAT010 if a value is outside the declared range, IMG007 if channels do not fit.
        """
        raw = self.source.read(self._indices[index])
        name = self.name(index)
        return Input(id=content_id(raw), name=name, values=self._prepare(raw, name))

    def select(self, n: int | None = None) -> PreparedInputs:
        """
        Choose the n inputs with the smallest digests: the same inputs in any order of the source.

        The digest is the SHA-256 of a file's bytes, or the content id of an array's row.

        Parameters
        ----------
        n : int, optional
            How many; without it, or if there are fewer, all. Of identical inputs only the first
            counts.

        Returns
        -------
        PreparedInputs
            The chosen inputs, in the order of their digests.

        Raises
        ------
        UsageError
            DAT015 if n is less than 1.
        """
        if n is not None and n < 1:
            raise UsageError(
                "DAT015",
                f"number of inputs must be at least 1; got {n}",
                fix="Give 1 or more, or leave the number out to use all inputs.",
            )
        digests = self.source.digests
        distinct: dict[str, int] = {}
        for position in self._indices:
            distinct.setdefault(digests[position], position)
        chosen = [distinct[digest] for digest in sorted(distinct)]
        duplicates = self.duplicates + len(self) - len(chosen)
        if isinstance(self.source, ParquetFiles):
            self.source.expect(chosen[:n])
        return PreparedInputs(
            self.source,
            self.spec,
            self.preprocessing,
            indices=chosen[:n],
            duplicates=duplicates,
            features=self.features,
        )

    def first(self, n: int) -> PreparedInputs:
        """Return the first n of them: those that `select` would choose."""
        return PreparedInputs(
            self.source,
            self.spec,
            self.preprocessing,
            indices=self._indices[:n],
            duplicates=self.duplicates,
            features=self.features,
        )

    def at(self, positions: Sequence[int]) -> PreparedInputs:
        """Return the inputs at these positions, in their order."""
        return PreparedInputs(
            self.source,
            self.spec,
            self.preprocessing,
            indices=[self._indices[position] for position in positions],
            duplicates=self.duplicates,
            features=self.features,
        )

    def prepared_by(self, preprocessing: Preprocessing) -> PreparedInputs:
        """Return the same inputs for an encoder that takes the same shape by its own geometry."""
        return PreparedInputs(
            self.source,
            self.spec,
            preprocessing,
            indices=self._indices,
            duplicates=self.duplicates,
            features=self.features,
        )

    def _prepare(self, raw: AnyArray, name: str) -> FloatArray:
        if self.spec.kind == "array":
            return self._prepare_plain(raw, name)
        try:
            image = to_unit_range(raw, self.source.value_range, name)
        except UsageError as error:
            raise self._of_all_rows(error) from error
        return fit_image(image, self.spec, self.preprocessing)

    def _prepare_plain(self, raw: AnyArray, name: str) -> FloatArray:
        """Check the values of a plain array against their range, and bring them into shape."""
        values: AnyArray = raw if self.features is not None else self._within(raw, name)
        if isinstance(self.source, ArrayRows):
            values = np.ascontiguousarray(self.source.in_encoder_order(values))
        values = values.reshape(self.spec.shape)
        return values if self.features is None else self.features.to_unit(values, name)

    def _within(self, raw: AnyArray, name: str) -> FloatArray:
        try:
            return within_range(raw, self.bounds, name)
        except UsageError as error:
            raise self._of_all_rows(error) from error

    def _of_all_rows(self, error: UsageError) -> UsageError:
        """Give the advice that holds for all rows: what one row needs may not do for the next."""
        source = self.source
        if error.code != "DAT010" or not isinstance(source, ArrayRows):
            return error
        known = self.preprocessing
        fix = advice_on_range(
            source.extent,
            source.value_range or (0.0, 1.0),
            of_images=source.of_images,
            undo=undone(known.mean, known.std, known.scale),
        )
        if self.spec.kind == "array":
            fix += " If each value has a range of its own: --range data, or --range FILE."
        return UsageError(error.code, error.message, fix=fix)


def open_inputs(
    data: str | Path | AnyArray | None,
    spec: InputSpec,
    preprocessing: Preprocessing,
    *,
    layout: Layout | None = None,
    value_range: Bounds | str | Path | None = None,
    n: int | None = None,
    progress: Progress | None = None,
    keeps_floats: bool | None = None,
) -> PreparedInputs:
    """
    Open the distinct inputs for an encoder, in an order that does not depend on the data's order.

    Parameters
    ----------
    data : str, Path, ndarray or None
        A folder, a pattern, an image file, .npy, .npz, .parquet, .tar, a list (.csv, .tsv, .txt), a
        URL of any of these, each with ``:key`` where it holds several; an array in memory; or None
        for the bundled images. See docs/inputs.md.
    spec : InputSpec
        What the encoder takes.
    preprocessing : Preprocessing
        Its geometry.
    layout : {"nhwc", "nchw", "nhw", "array"}, optional
        Meaning of an array's axes; without it, it is recognised.
    value_range : tuple of float or str, optional
        Range of the values, (low, high); without it, 0 to 255 for uint8, 0 to 1 for float. A text
        is the path of a file with a range for each value, or ``"data"`` for those of the data.
    n : int, optional
        Number of inputs to choose, see `PreparedInputs.select`; without it, all distinct inputs.
    progress : callable, optional
        Called with the number of inputs read and the number of all, while duplicates are searched.
    keeps_floats : bool, optional
        Whether an array of floats with a declared range reaches an encoder of images as it is: it
        then counts as an array, without resizing. By default, where no value map is known; with one
        the range is mapped to [0, 1], and the value map applied to that.

    Raises
    ------
    UsageError, UnreadableError, UnavailableError
        With codes DAT001 to DAT029; nothing is decoded yet.

    Examples
    --------
    >>> images = np.zeros((10, 32, 32, 3), dtype=np.uint8)
    >>> spec = InputSpec(kind="image", shape=(3, 32, 32))
    >>> inputs = open_inputs(images, spec, Preprocessing())
    >>> len(inputs), inputs.duplicates
    (1, 9)
    """
    if keeps_floats is None:
        keeps_floats = not preprocessing.is_known
    own = str(value_range) if names_ranges(value_range) else None
    source = open_source(
        data,
        spec,
        layout=layout,
        value_range=None if own is not None else value_range,  # type: ignore[arg-type]
        keeps_floats=keeps_floats,
        has_own_ranges=own is not None,
    )
    if isinstance(source, Hashed):
        source.progress = progress
    features = None if own is None else _features(own, source, spec)
    return PreparedInputs(source, spec, preprocessing, features=features).select(n)


def _features(asked: str, source: Source, spec: InputSpec) -> FeatureRanges:
    """Read a range for each value, from a file or off the data."""
    if not isinstance(source, ArrayRows) or (spec.kind == "image" and not source.is_kept):
        raise UsageError(
            "DAT017",
            f"ranges of single values must be given for plain arrays; got pictures from"
            f" {source.label}",
            fix="Leave --range out, or give the values of black and white: --range LOW,HIGH.",
        )
    found = ranges_of_data(source) if asked == OF_DATA else read_ranges(asked)
    return found.fitted(spec.shape)
