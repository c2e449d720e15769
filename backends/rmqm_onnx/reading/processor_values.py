"""The value map of an image processor, from the keys of its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rmqm_onnx.reading.processor_geometry import CannotApplyError
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["colour_of_zero", "values_of"]


def values_of(settings: Mapping[str, Any]) -> Preprocessing:
    """Return the value map; statistics refer to rescaled pixels."""
    rescales = settings.get("do_rescale")
    factor = float(settings.get("rescale_factor") or 1 / 255) if rescales else 1.0
    mean, std = _statistics(settings)
    if rescales and (settings.get("rescale_offset") or settings.get("offset")):
        # Pixels are rescaled, and then 1 is subtracted.
        mean = tuple(value + 1 for value in mean or (0.0,))
    flipped = bool(settings.get("do_flip_channel_order", False))
    return Preprocessing(
        scale=_snapped(255 * factor),
        # It flips last, so its statistics are for RGB; ours are in the network's order.
        mean=mean[::-1] if mean and flipped else mean,
        std=std[::-1] if std and flipped else std,
        channel_order="bgr" if flipped else "rgb",
    )


def colour_of_zero(values: Preprocessing) -> tuple[float, ...] | None:
    """Return the colour in [0, 1] of which the value map makes 0; None for black."""
    colour = tuple(value / values.scale for value in values.mean or ())
    if not all(0 <= value <= 1 for value in colour):
        raise CannotApplyError("pads its images with a colour that is none (image_mean)")
    return colour if any(colour) else None


def _statistics(
    settings: Mapping[str, Any],
) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    mean = std = None
    given = settings.get("image_mean"), settings.get("image_std")
    normalises = settings.get("do_normalize")
    if (normalises or settings.get("include_top")) and None in given:
        raise ValueError("do_normalize without image_mean and image_std")
    if normalises:
        mean, std = _floats(given[0]), _floats(given[1])
    if settings.get("include_top"):
        # It divides by the deviation once more.
        std = tuple(value * (value if normalises else 1.0) for value in _floats(given[1]))
    return mean, std


def _floats(values: Any) -> tuple[float, ...]:
    given = [values] if isinstance(values, int | float) else cast(list[Any], values)
    return tuple(float(value) for value in given)


def _snapped(scale: float) -> float:
    """Undo the rounding of 255 * (1/255) as files write it."""
    return float(round(scale)) if scale > 0.5 and abs(scale - round(scale)) < 1e-6 else scale
