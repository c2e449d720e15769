"""Inputs that are already in memory: an array, one input per row."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds, Input
from rmqm_spec.errors import ShapeError
from rmqm_spec.identity import content_id

__all__ = ["ArrayInputs"]


class ArrayInputs:
    """
    The rows of an array as inputs.

    Parameters
    ----------
    values : (N, *S) ndarray of float
        Inputs within `bounds`.
    bounds : tuple of two floats
        Declared range.
    ids : sequence of str, optional
        A name for each row; by default its content hash.
    given : (N, *S) ndarray, optional
        The inputs as they were given, where `values` were converted: the content that names them.

    Raises
    ------
    ShapeError
        If there is not one id per row.
    """

    def __init__(
        self,
        values: FloatArray,
        bounds: Bounds,
        ids: Sequence[str] | None = None,
        *,
        given: AnyArray | None = None,
    ) -> None:
        if ids is not None and len(ids) != len(values):
            raise ShapeError(
                "ARG001",
                f"ids must name each of the {len(values)} inputs; got {len(ids)} ids",
                fix="Give one id per input, or leave ids out.",
            )
        self._values = values
        self._ids = ids
        self._given = values if given is None else given
        self.bounds = bounds

    def __len__(self) -> int:
        """Return N."""
        return len(self._values)

    def load(self, index: int) -> Input:
        """Return row `index`."""
        identity = content_id(self._given[index]) if self._ids is None else self._ids[index]
        return Input(id=identity, name=self.name(index), values=self._values[index])

    def name(self, index: int) -> str:
        """Return how row `index` is called in messages."""
        return f"inputs[{index}]"
