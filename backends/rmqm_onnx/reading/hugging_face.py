"""A preprocessor_config.json of Hugging Face's transformers, read as preprocessing."""

from __future__ import annotations

from typing import Any, cast

from rmqm_spec.contracts.preprocessing import Interpolation, Preprocessing

__all__ = ["as_pair", "is_image_processor", "read_image_processor"]

_FILTERS: dict[object, Interpolation] = {
    0: "nearest",
    1: "lanczos",
    2: "bilinear",
    3: "bicubic",
}
"""Pillow's numbers of its filters; box (4) and hamming (5) are not among ours."""

_KEYS = frozenset({"image_mean", "do_rescale", "do_resize", "do_center_crop", "rescale_factor"})

_BY_SHORTER_SIDE = (
    "Bit",
    "CLIP",
    "ChineseCLIP",
    "ConvNext",
    "Levit",
    "MobileNetV",
    "MobileViT",
    "PoolFormer",
    "VideoMAE",
    "ViTHybrid",
)
"""Processors for which a plain number as size means the shorter side; for others, a square."""


def is_image_processor(content: dict[str, Any]) -> bool:
    """Return whether it is an image processor, not a processor of sound or text."""
    return bool(_KEYS & set(content))


def read_image_processor(content: dict[str, Any], source: str) -> Preprocessing | None:
    """
    Read an image processor; its statistics refer to rescaled pixels.

    Returns
    -------
    Preprocessing or None
        None if the file belongs to a processor of something else.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it cannot be understood.
    """
    if not is_image_processor(content):
        return None
    rescaled = content.get("do_rescale", True)
    factor = float(content.get("rescale_factor", 1 / 255)) if rescaled else 1.0
    mean, std = _statistics(content)
    resize, crop, size = _geometry(content)
    flipped = bool(content.get("do_flip_channel_order", False))
    return Preprocessing(
        scale=_snapped(255 * factor),
        # It flips last, so its statistics are for RGB; ours are in the network's order.
        mean=mean[::-1] if mean and flipped else mean,
        std=std[::-1] if std and flipped else std,
        channel_order="bgr" if flipped else "rgb",
        resize=resize,
        crop=crop,
        size=crop or size,
        interpolation=_interpolation(content),
        source=source,
    )


def as_pair(value: Any) -> tuple[int, int]:
    """Read a height and width: a dictionary, two numbers, or a number for a square."""
    if isinstance(value, dict):
        return int(value["height"]), int(value["width"])
    if isinstance(value, int):
        return value, value
    height, width = value
    return int(height), int(width)


def _statistics(
    content: dict[str, Any],
) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    mean = std = None
    if content.get("do_normalize", "image_mean" in content):
        if "image_mean" not in content or "image_std" not in content:
            raise ValueError("do_normalize without image_mean and image_std")
        mean, std = _floats(content["image_mean"]), _floats(content["image_std"])
    if content.get("rescale_offset", False) and content.get("do_rescale", True):
        # Pixels are rescaled, and then 1 is subtracted.
        mean = tuple(value + 1 for value in mean or (0.0,))
    return mean, std


def _geometry(
    content: dict[str, Any],
) -> tuple[int | None, tuple[int, int] | None, tuple[int, int] | None]:
    """Return the shorter side before the crop, the crop, and the exact size."""
    crop = None
    if content.get("do_center_crop", False):
        if content.get("crop_size") is None:
            raise ValueError("do_center_crop without crop_size")
        crop = as_pair(content["crop_size"])
    size = content.get("size")
    if size is None or not content.get("do_resize", True):
        return None, crop, None
    if isinstance(size, int) and _processor(content).startswith(_BY_SHORTER_SIDE):
        size = {"shortest_edge": size}
    if isinstance(size, dict) and "shortest_edge" in size:
        return _by_shorter_side(int(size["shortest_edge"]), crop, content.get("crop_pct"))
    if isinstance(size, dict) and not {"height", "width"} <= set(size):
        raise ValueError(f"size with {', '.join(sorted(size)) or 'nothing'}")
    if crop is not None and as_pair(size) != crop:
        raise ValueError("a resize to an exact size before a smaller crop")
    return None, crop, as_pair(size)


def _by_shorter_side(
    shorter: int, crop: tuple[int, int] | None, share: float | None
) -> tuple[int | None, tuple[int, int] | None, tuple[int, int] | None]:
    """Read the shorter side; ConvNext's is that of the crop, and large images are only resized."""
    if share is None:
        return shorter, crop, None
    square = (shorter, shorter)
    return (int(shorter / share), square, square) if shorter < 384 else (None, None, square)


def _processor(content: dict[str, Any]) -> str:
    return str(content.get("image_processor_type") or content.get("feature_extractor_type") or "")


def _interpolation(content: dict[str, Any]) -> Interpolation:
    if not content.get("do_resize", True):
        return "bilinear"
    code = content.get("resample", 2)
    if code not in _FILTERS:
        raise ValueError(f"resample {code!r}, which is none of Pillow's 0 to 3")
    return _FILTERS[code]


def _floats(values: Any) -> tuple[float, ...]:
    given = [values] if isinstance(values, int | float) else cast(list[Any], values)
    return tuple(float(value) for value in given)


def _snapped(scale: float) -> float:
    """Undo the rounding of 255 * (1/255) as files write it."""
    return float(round(scale)) if scale > 0.5 and abs(scale - round(scale)) < 1e-6 else scale
