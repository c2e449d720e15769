"""What a group of inputs gave: the smallest piece of a run that is kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UnreadableError

__all__ = ["Group", "column_key"]


@frozen(eq=False)
class Group:
    """
    What a group of inputs gave: those at positions `first` to `end - 1`.

    Parameters
    ----------
    first, end : int
        Positions among all inputs.
    ids : tuple of str
        Of the n inputs that could be read.
    columns : mapping of str to (n, ...) ndarray
        What each measure keeps of them, by `column_key`; empty where none could be read.
    dtype : type of NumPy
        The type of the encodings.
    unreadable : tuple of (int, UnreadableError)
        The other positions, and what is wrong there.
    """

    first: int
    end: int
    ids: tuple[str, ...]
    columns: Mapping[str, AnyArray]
    dtype: npt.DTypeLike
    unreadable: tuple[tuple[int, UnreadableError], ...] = ()

    @property
    def readable(self) -> list[int]:
        """Positions of the inputs that could be read."""
        unreadable = {position for position, _ in self.unreadable}
        return [place for place in range(self.first, self.end) if place not in unreadable]


def column_key(measure: str, column: str) -> str:
    """
    Name a column among those of all measures, by the `keeper` of its measure.

    Examples
    --------
    >>> column_key("rmqm", "displacements")
    'rmqm.displacements'
    """
    return f"{measure}.{column}"
