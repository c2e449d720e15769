"""Options that several alterations of images share, and how their texts are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rmqm_spec.alterations.images.choices import FILLS, SIGNS
from rmqm_spec.contracts.option import Option

__all__ = ["FILL", "SIGN", "STRENGTH", "number"]


def number(
    *, above: float, most: float | None = None, below: float | None = None
) -> Callable[[Any], float]:
    """
    Return a reader of numbers between two ends.

    Examples
    --------
    >>> number(above=0, most=360)("90")
    90.0
    """
    end = f"at most {most:g}" if most is not None else f"below {below:g}"

    def read(given: Any) -> float:
        value = float(given)
        within = value <= most if most is not None else below is not None and value < below
        if not (value > above and within):
            raise ValueError(f"it must be above {above:g} and {end}")
        return value

    return read


SIGN = Option(
    name="sign",
    help="drawn for each image (default), plus or minus: which way the images change.",
    choices=SIGNS,
    default="drawn",
)
FILL = Option(
    name="fill",
    help="What comes into the frame: low (the lower bound, default), mean or edge.",
    choices=FILLS,
    default="low",
)
STRENGTH = Option(
    name="strength",
    help="Change of the factor at the last level; 0.8 by default.",
    read=number(above=0, most=1),
    default=0.8,
)
