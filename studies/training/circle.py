"""The largest circle in a square image: what a rotation neither cuts off nor fills in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["in_circle"]


def in_circle(side: int) -> npt.NDArray[np.bool_]:
    """
    Return which pixels (side, side) have their centre in the largest circle.

    Examples
    --------
    >>> in_circle(4).astype(int)
    array([[0, 1, 1, 0],
           [1, 1, 1, 1],
           [1, 1, 1, 1],
           [0, 1, 1, 0]])
    """
    from_middle = np.arange(side) - (side - 1) / 2
    return np.asarray(np.hypot(from_middle[:, None], from_middle) <= side / 2)
