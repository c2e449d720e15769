"""Resize, crop and padding of an image processor, from the keys of its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.pairs import as_pair
from rmqm_spec.contracts.preprocessing import TORCH_FILTERS, Interpolation

__all__ = [
    "CannotApplyError",
    "crop_of",
    "filter_of",
    "geometry_of",
    "padded_of",
    "require",
    "require_resize",
    "size_of",
]

_FILTERS: dict[object, Interpolation] = {
    0: "nearest",
    1: "lanczos",
    2: "bilinear",
    3: "bicubic",
    4: "box",
    5: "hamming",
}
"""Pillow's numbers of its filters."""


class CannotApplyError(Exception):
    """
    What the class does with these values.

    Parameters
    ----------
    why : str
        The words that follow "which".
    square : int, optional
        The length to which it resizes both sides of a square image, where others keep theirs.
    """

    def __init__(self, why: str, square: int | None = None) -> None:
        super().__init__(why)
        self.square = square


def geometry_of(
    processor: ImageProcessor,
    settings: Mapping[str, Any],
    resize: int | tuple[int, int] | None,
    crop: tuple[int, int] | None,
) -> dict[str, Any]:
    """Return the fields of a resize, to a size or a shorter side, and a centre crop."""
    if isinstance(resize, int) and crop is None:
        raise CannotApplyError(
            f"resizes the shorter side to {resize} and crops nothing, so its images have no "
            "common size",
            square=resize,
        )
    _refuse_padding(settings, crop or (resize if isinstance(resize, tuple) else None))
    fields: dict[str, Any] = {"size": crop or resize}
    if resize is not None:
        fields |= filter_of(processor, settings)
    if crop is not None and crop != resize:
        rounding = "truncate" if processor.is_by_tensors else "floor"
        fields |= {"resize": resize, "crop": crop, "crop_rounding": rounding}
    return fields


def padded_of(
    processor: ImageProcessor,
    settings: Mapping[str, Any],
    resize: int | tuple[int, int],
    size: tuple[int, int],
) -> dict[str, Any]:
    """Return the fields of a resize, and of padding in the centre up to a size."""
    if settings.get("do_center_crop"):
        raise CannotApplyError("crops the images that it pads (do_center_crop)")
    fields = {"size": size, "resize": resize, "crop": size, "crop_rounding": "truncate"}
    return fields | filter_of(processor, settings)


def filter_of(processor: ImageProcessor, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filter of a resize, and whose arithmetic it has."""
    interpolation = _interpolation(settings)
    if processor.is_by_tensors and interpolation not in TORCH_FILTERS:
        raise CannotApplyError(f"has no {interpolation} filter on tensors (resample)")
    by = "torch" if processor.is_by_tensors else "pillow"
    return {"interpolation": interpolation, "resize_by": by}


def size_of(processor: ImageProcessor, settings: Mapping[str, Any]) -> int | tuple[int, int]:
    """Read a size: the shorter side, or height and width."""
    size = settings.get("size")
    if size is None:
        raise ValueError("do_resize without size")
    if isinstance(size, int):
        return (size, size) if processor.is_square else size
    if not isinstance(size, dict):
        return as_pair(size)
    keys = {key for key, value in size.items() if value is not None}
    if {"height", "width"} <= keys:
        return as_pair(size)
    if keys == {"shortest_edge"}:
        return int(size["shortest_edge"])
    if keys & {"shortest_edge", "longest_edge", "max_height", "max_width"}:
        raise CannotApplyError(
            f"keeps the aspect ratio (size with {' and '.join(sorted(keys))}), so its images "
            "have no common size",
            square=size["shortest_edge"] if keys == {"shortest_edge", "longest_edge"} else None,
        )
    raise ValueError(f"size with {', '.join(sorted(keys)) or 'nothing'}")


def crop_of(settings: Mapping[str, Any]) -> tuple[int, int] | None:
    """Read the size of the centre crop, or None where nothing is cropped."""
    if not settings.get("do_center_crop"):
        return None
    if settings.get("crop_size") is None:
        raise ValueError("do_center_crop without crop_size")
    return as_pair(settings["crop_size"])


def _refuse_padding(settings: Mapping[str, Any], size: tuple[int, int] | None) -> None:
    """Refuse what would be padded; images that have one size already are not."""
    if not settings.get("do_pad"):
        return
    pad_size = settings.get("pad_size")
    if size is None or (pad_size is not None and as_pair(pad_size) != size):
        raise CannotApplyError("pads its images (do_pad)")


def _interpolation(settings: Mapping[str, Any]) -> Interpolation:
    code = settings.get("resample")
    if code not in _FILTERS:
        raise ValueError(f"resample {code!r}, which is none of Pillow's 0 to 5")
    return _FILTERS[code]


def require_resize(settings: Mapping[str, Any]) -> None:
    """Refuse images of their own sizes."""
    if not settings.get("do_resize"):
        raise CannotApplyError("leaves its images as large as they are (do_resize = false)")


def require(settings: Mapping[str, Any], **wanted: bool) -> None:
    """Refuse the other value of a switch, with which images have no common size."""
    for key, value in wanted.items():
        if bool(settings.get(key)) != value:
            given = str(not value).lower()
            raise CannotApplyError(f"gives images of no common size ({key} = {given})")
