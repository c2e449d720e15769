"""How each class of image processors treats an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from rmqm_onnx.reading.float_rules import FLOAT_RULES
from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.padding_rules import PADDING_RULES
from rmqm_onnx.reading.page_rules import PAGE_RULES
from rmqm_onnx.reading.pairs import as_pair
from rmqm_onnx.reading.processor_geometry import CannotApplyError, crop_of, geometry_of, size_of
from rmqm_onnx.reading.processor_values import values_of
from rmqm_onnx.reading.usual_rule import usual
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["RULES"]

_LANCZOS, _BICUBIC = 1, 3

_LARGE_CONVNEXT = 384
"""From this size on, ConvNext's images are resized straight to a square, without a crop."""


def _levit(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Enlarge the shorter side by 256 / 224."""
    size = size_of(processor, settings)
    if isinstance(size, int):
        size = int(256 / 224 * size)
    resize = size if settings.get("do_resize") else None
    return evolve(
        values_of(settings), **geometry_of(processor, settings, resize, crop_of(settings))
    )


def _convnext(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Crop small sizes out of a larger resize; large sizes are squares without a crop."""
    if not settings.get("do_resize"):
        return usual(processor, settings)
    if settings.get("do_center_crop"):
        raise CannotApplyError("crops the centre twice (do_center_crop)")
    shorter = size_of(processor, settings)
    if not isinstance(shorter, int):
        raise ValueError("size without shortest_edge")  # noqa: TRY004
    square = (shorter, shorter)
    if shorter >= _LARGE_CONVNEXT:
        geometry = geometry_of(processor, settings, square, None)
    else:
        before_crop = int(shorter / settings["crop_pct"])
        geometry = geometry_of(processor, settings, before_crop, square)
        if processor.is_fast:
            geometry["crop_rounding"] = "even"
    return evolve(values_of(settings), **geometry)


def _poolformer(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Enlarge the size by 1 / crop_pct before the crop."""
    resize = size_of(processor, settings) if settings.get("do_resize") else None
    share = settings.get("crop_pct")
    if share is not None and isinstance(resize, int):
        resize = int(resize / share)
    elif share is not None and isinstance(resize, tuple):
        height, width = (int(length / share) for length in resize)
        resize = height if height == width else (height, width)
    return evolve(
        values_of(settings), **geometry_of(processor, settings, resize, crop_of(settings))
    )


def _perceiver(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Crop a share of the shorter side first, then resize."""
    size = as_pair(settings["size"])
    geometry = geometry_of(processor, settings, size if settings.get("do_resize") else None, None)
    if settings.get("do_center_crop"):
        of = as_pair(settings["crop_size"])
        geometry["zoom"] = (size[0] / of[0], size[1] / of[1])
    return evolve(values_of(settings), **geometry)


def _idefics(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a square, always with the bicubic filter; transformers 5 has the usual keys."""
    if processor.is_by_tensors:
        return usual(processor, settings)
    settings = {
        **settings,
        "do_resize": True,
        "do_rescale": True,
        "do_normalize": True,
        "size": settings["image_size"],
        "resample": _BICUBIC,
    }
    return usual(processor, settings)


def _layoutlmv2(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Leave the values as bytes, in the order BGR."""
    return usual(processor, {**settings, "do_flip_channel_order": True})


def _chameleon(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Take the bicubic filter for the Lanczos filter, which tensors did not have."""
    if processor.is_fast and settings.get("resample") == _LANCZOS:
        settings = {**settings, "resample": _BICUBIC}
    return usual(processor, settings)


def _maskformer(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size, rounded up to a multiple."""
    size = size_of(processor, settings)
    divisor = settings.get("size_divisor") or 1
    if isinstance(size, tuple):
        settings = {**settings, "size": [-(-length // divisor) * divisor for length in size]}
    return usual(processor, settings)


def _pp_lcnet(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize the shorter side, rounding the longer, crop the centre, and flip to BGR."""
    shorter, divisor = settings["resize_short"], settings.get("size_divisor") or 1
    if not settings.get("do_resize") or not settings.get("do_center_crop") or divisor != 1:
        raise CannotApplyError("gives images of no common size, or rounds them to a multiple")
    preprocessing = usual(
        processor, {**settings, "size": [shorter, shorter], "do_flip_channel_order": True}
    )
    return evolve(
        preprocessing,
        resize=(shorter, shorter),
        crop=preprocessing.size,
        fit="cover",
        fit_rounding="scale",
    )


def _superpoint(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size; grey images would need weights of their own."""
    if settings.get("do_grayscale"):
        raise CannotApplyError("makes its images grey (do_grayscale)")
    return usual(processor, settings)


RULES: dict[str, Callable[[ImageProcessor, dict[str, Any]], Preprocessing]] = {
    "usual": usual,
    "chameleon": _chameleon,
    "convnext": _convnext,
    "idefics": _idefics,
    "layoutlmv2": _layoutlmv2,
    "levit": _levit,
    "maskformer": _maskformer,
    "perceiver": _perceiver,
    "poolformer": _poolformer,
    "pp_lcnet": _pp_lcnet,
    "superpoint": _superpoint,
    **FLOAT_RULES,
    **PADDING_RULES,
    **PAGE_RULES,
}
