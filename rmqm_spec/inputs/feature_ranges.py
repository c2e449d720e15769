"""Ranges that differ from value to value: columns of a table, channels of a sensor."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import RmqmError, ShapeError, UnreadableError, UsageError
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.npy_files import read_npy
from rmqm_spec.inputs.npz_files import npz_array
from rmqm_spec.inputs.text_tables import read_text

__all__ = ["OF_DATA", "FeatureRanges", "names_ranges", "ranges_of_data", "read_ranges"]

OF_DATA: Final = "data"
"""What stands for ranges that are read off the data."""

_EXTENSIONS = frozenset({".json", ".npy", ".npz"})

_MAX_RECORDED = 1024
"""More values are recorded by their digest alone."""

_BLOCK = 1024


@frozen(kw_only=True, eq=False)
class FeatureRanges:
    """
    A range for each value of an input (clause RMQM-ALT-007).

    Parameters
    ----------
    low, high : (*S) ndarray of float64
        Ends of each range. Where they are equal, the value stays as it is.
    source : str
        Where they come from, for people.
    n_rows : int, optional
        How many rows of data they were read off.

    Examples
    --------
    >>> ranges = FeatureRanges(low=np.array([0.0, -1.0]), high=np.array([50.0, 1.0]), source="r")
    >>> unit = ranges.to_unit(np.array([25.0, 1.0]), "row")
    >>> unit, ranges.from_unit(unit)
    (array([0.5, 1. ]), array([25.,  1.]))
    """

    low: Float64Array
    high: Float64Array
    source: str
    n_rows: int | None = None

    @property
    def n_constant(self) -> int:
        """Number of values whose range has no width."""
        return int(np.count_nonzero(self.low == self.high))

    def fitted(self, shape: tuple[int, ...]) -> FeatureRanges:
        """
        Return the ranges for inputs of a shape: flattened, or repeated along its first axes.

        Raises
        ------
        ShapeError
            DAT014 if they do not fit.
        """
        try:
            if self.low.size == np.prod(shape):
                low, high = self.low.reshape(shape), self.high.reshape(shape)
            else:
                low, high = np.broadcast_to(self.low, shape), np.broadcast_to(self.high, shape)
        except ValueError as error:
            raise ShapeError(
                "DAT014",
                f"ranges of {self.source} must fit inputs of shape {shape}; got {self.low.shape}",
                fix="Give low and high of that shape, or of its last axes.",
            ) from error
        return FeatureRanges(low=low, high=high, source=self.source, n_rows=self.n_rows)

    def to_unit(self, values: AnyArray, name: str) -> Float64Array:
        """
        Map an input to [0, 1], value by value; 0 where a range has no width.

        Raises
        ------
        UnreadableError
            DAT011 if a value is not finite.
        UsageError
            DAT010 if a value lies outside its range.
        """
        given = values.astype(np.float64)
        n_bad = np.count_nonzero(~np.isfinite(given))
        if n_bad:
            raise UnreadableError(
                "DAT011",
                f"values of {name} must be finite; got {n_bad} of {given.size} that are NaN or"
                " infinite",
                fix="Leave this input out, or repair what wrote it.",
            )
        # An end that was read as float64 need not be a float32: compare in the type of the input.
        kind = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
        low, high = self.low.astype(kind), self.high.astype(kind)
        outside = (values < low) | (values > high)
        if outside.any():
            place = tuple(int(k) for k in np.argwhere(outside)[0])
            raise UsageError(
                "DAT010",
                f"value {list(place)} of {name} must lie in [{self.low[place]:g},"
                f" {self.high[place]:g}] of {self.source}; got {given[place]:g}",
                fix="Declare ranges that hold for all inputs, or take those of the data: "
                "--range data.",
            )
        return np.clip((given - self.low) / self._widths, 0, 1)

    def from_unit(self, units: AnyArray) -> Float64Array:
        """Return the values themselves: undo `to_unit`, for one input or many."""
        values: Float64Array = self.low + units.astype(np.float64) * (self.high - self.low)
        return values

    def pull_back(self, gradient: AnyArray) -> Float64Array:
        """Carry a gradient of the values back to [0, 1]."""
        carried: Float64Array = gradient.astype(np.float64) * (self.high - self.low)
        return carried

    def to_dict(self) -> dict[str, Any]:
        """Return what belongs to the protocol: the ranges themselves, not where they were found."""
        both = np.stack([self.low, self.high])
        digest = hashlib.sha256(np.ascontiguousarray(both, dtype="<f8").tobytes()).hexdigest()
        known: dict[str, Any] = {"sha256": digest}
        if self.low.size <= _MAX_RECORDED:
            known |= {"low": self.low.tolist(), "high": self.high.tolist()}
        return known

    @property
    def _widths(self) -> Float64Array:
        width = self.high - self.low
        return np.where(width > 0, width, 1.0)


def names_ranges(asked: object) -> bool:
    """Whether something names ranges of single values: a file of the right kind, or the data."""
    if not isinstance(asked, str | Path):
        return False
    return str(asked) == OF_DATA or Path(asked).suffix.lower() in _EXTENSIONS


def read_ranges(asked: str) -> FeatureRanges:
    """
    Read ranges from a file.

    Parameters
    ----------
    asked : str
        An .npz file with the arrays ``low`` and ``high``, a .json file with lists of these names,
        or an .npy file whose first axis holds low and high.

    Raises
    ------
    UnreadableError
        DAT001 or DAT005 if there is no such file, or it cannot be read.
    UsageError
        DAT014 if it holds something else.
    """
    path, name = Path(asked), display_name(asked)
    if not path.is_file():
        raise UnreadableError(
            "DAT001",
            f"--range must be LOW,HIGH, {OF_DATA}, or an existing file; got {name!r}",
            fix="Check the path: an .npz or .json file with low and high, or an .npy file.",
        )
    low, high = _ends(path, name)
    if low.shape != high.shape or low.size == 0:
        raise _no_ranges(name, f"shapes {low.shape} and {high.shape}")
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        raise _no_ranges(name, "ends that are not finite")
    if (low > high).any():
        place = [int(k) for k in np.argwhere(low > high)[0]]
        raise _no_ranges(name, f"low above high at {place}")
    return _checked(FeatureRanges(low=low, high=high, source=name))


def _ends(path: Path, name: str) -> tuple[Float64Array, Float64Array]:
    kind = path.suffix.lower()
    try:
        if kind == ".npy":
            low, high = read_npy(path)
        elif kind == ".npz":
            low, high = npz_array(path, "low"), npz_array(path, "high")
        else:
            document = json.loads(read_text(path, name, code="DAT005"))
            low, high = document["low"], document["high"]
        return _as_floats(low), _as_floats(high)
    except RmqmError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _no_ranges(name, f"{type(error).__name__} {error}") from error


def _as_floats(values: Any) -> Float64Array:
    given = np.asarray(values)
    if given.dtype.kind not in "fiu":
        raise TypeError(f"{given.dtype} instead of numbers")
    return given.astype(np.float64)


def _no_ranges(name: str, got: str) -> UsageError:
    return UsageError(
        "DAT014",
        f"{name} must hold low and high, finite numbers of one shape with low <= high; got {got}",
        fix="For example numpy.savez('ranges.npz', low=x.min(0), high=x.max(0)).",
    )


def ranges_of_data(source: ArrayRows) -> FeatureRanges:
    """
    Read the smallest and the largest value of each feature off all rows of an array.

    Values that are not finite do not count: their inputs are left out.
    """
    low: npt.NDArray[np.float64] | None = None
    high: npt.NDArray[np.float64] | None = None
    for start in range(0, len(source), _BLOCK):
        rows = np.stack([source.read(k) for k in range(start, min(start + _BLOCK, len(source)))])
        block = np.where(np.isfinite(rows), rows, np.nan).astype(np.float64)
        least, most = np.fmin.reduce(block, axis=0), np.fmax.reduce(block, axis=0)
        low = least if low is None else np.fmin(low, least)
        high = most if high is None else np.fmax(high, most)
    if low is None or high is None or not np.isfinite(low).all():
        raise _no_ranges(source.label, "features without a finite value")
    ends = (source.in_encoder_order(end) for end in (low, high))
    lowest, highest = (np.ascontiguousarray(end) for end in ends)
    found = FeatureRanges(low=lowest, high=highest, source=source.label, n_rows=len(source))
    return _checked(found)


def _checked(ranges: FeatureRanges) -> FeatureRanges:
    if ranges.n_constant == ranges.low.size:
        raise _no_ranges(ranges.source, "no range that has a width")
    return ranges
