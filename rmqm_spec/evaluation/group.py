"""What a group of inputs gave: the smallest piece of a run that is kept."""

from __future__ import annotations

import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UnreadableError

__all__ = ["Group"]


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
    displacements, step_lengths : (n, J) ndarray of float64
        Their distances.
    dtype : type of NumPy
        The type of the encodings.
    unreadable : tuple of (int, UnreadableError)
        The other positions, and what is wrong there.
    """

    first: int
    end: int
    ids: tuple[str, ...]
    displacements: Float64Array
    step_lengths: Float64Array
    dtype: npt.DTypeLike
    unreadable: tuple[tuple[int, UnreadableError], ...] = ()

    @property
    def readable(self) -> list[int]:
        """Positions of the inputs that could be read."""
        others = {position for position, _ in self.unreadable}
        return [one for one in range(self.first, self.end) if one not in others]
