"""What to do about values outside the range that they are taken to have."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from rmqm_spec.contracts.inputs import Bounds

__all__ = ["advice_on_range", "looks_normalised", "outward", "undone"]

_USUAL_RANGES: tuple[tuple[int, int], ...] = ((-1, 1), (0, 255), (0, 65535))

_OVERSHOOT = 0.1
"""How far a bicubic or Lanczos filter may carry pixels out of [0, 1]."""

_NORMALISED = 12.0
"""What values hardly exceed that were divided by their own deviation."""


def outward(low: float, high: float, digits: int = 4) -> str:
    """
    Write a range with a few digits, so that it contains all that lies from low to high.

    Examples
    --------
    >>> outward(-2.04545, 2.5), outward(0.1, 12345.6), outward(-0.0, 1 / 255)
    ('-2.046,2.5', '0.1,1.235e+04', '0,0.003922')
    """
    rounded = (
        # The shortest text of a number reads as the same number: 0.1 stays 0.1.
        Context(prec=digits, rounding=way).create_decimal(Decimal(repr(float(end) + 0.0)))
        for end, way in ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    )
    return ",".join(f"{float(end):.{digits}g}" for end in rounded)


def looks_normalised(smallest: float, largest: float) -> bool:
    """Whether values can be those of something that was normalised by a mean and a deviation."""
    return -_NORMALISED <= smallest < 0 and largest <= _NORMALISED


def undone(mean: Sequence[float] | None, std: Sequence[float] | None, scale: float) -> str:
    """Return how to undo a normalisation, with the encoder's statistics where they are known."""
    undo = "numpy.clip(x * std + mean, 0, 1)"
    if mean is None or std is None:
        return undo
    if scale != 1:
        undo = f"numpy.clip((x * std + mean) / {scale:g}, 0, 1)"
    return f"{undo}. This encoder's preprocessing has mean {list(mean)} and std {list(std)}" + (
        "" if scale == 1 else f", after a factor of {scale:g}"
    )


def advice_on_range(
    extent: Bounds, value_range: Bounds, *, of_images: bool = True, undo: str | None = None
) -> str:
    """
    Say what values outside their range probably are, and what to do about it.

    A range is named for pictures only where the values fill it: in a range that is much too wide
    the noise is too strong, and pictures have hardly any contrast.

    Parameters
    ----------
    extent : tuple of float
        Lowest and highest value of all inputs that are known.
    value_range : tuple of float
        What they were taken to lie in.
    of_images : bool
        Whether they are for an encoder of images.
    undo : str, optional
        How to undo a normalisation, see `undone`.

    Examples
    --------
    >>> advice_on_range((0, 200), (0, 1))
    'Declare the range that holds for all inputs: --range=0,255.'
    """
    smallest, largest = extent
    declare = "declare the range that holds for all inputs:"
    for first, last in _USUAL_RANGES if of_images else _USUAL_RANGES[:1]:
        fills = largest > last / 8 and (first == 0 or smallest < first / 2)
        if first <= smallest and largest <= last and fills and not _is_close(extent, value_range):
            return f"{declare.capitalize()} --range={first},{last}."
    if not of_images:
        return (
            "Declare the lowest and the highest value that inputs can have; those of this array "
            f"lie in --range={outward(smallest, largest)}."
        )
    ends = "--range=LOW,HIGH with the lowest and the highest value that inputs can have"
    if _is_close(extent, value_range):
        clipped = "numpy.clip(x, {:g}, {:g})".format(*value_range)
        return (
            f"If they are pictures that were resized, clip them: {clipped}. Else {declare} {ends}."
        )
    if looks_normalised(smallest, largest):
        return (
            "They look normalised by a mean and a deviation. For pictures, undo that before "
            f"saving: {undo or undone(None, None, 1)}. Or {declare} {ends}."
        )
    return f"{declare.capitalize()} {ends}."


def _is_close(extent: Bounds, value_range: Bounds) -> bool:
    """Whether values leave their range by no more than a resize carries them."""
    low, high = value_range
    room = _OVERSHOOT * (high - low)
    return extent[0] >= low - room and extent[1] <= high + room
