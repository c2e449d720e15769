"""How most classes of image processors treat an image."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.processor_geometry import CannotApplyError, crop_of, geometry_of, size_of
from rmqm_onnx.reading.processor_values import values_of
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["usual"]


def usual(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size or a shorter side, crop the centre, rescale, normalise."""
    for key in ("do_pan_and_scan", "crop_to_patches"):
        if settings.get(key):
            raise CannotApplyError(f"cuts an image into several ({key})")
    resize = size_of(processor, settings) if settings.get("do_resize") else None
    crop = crop_of(settings)
    return evolve(values_of(settings), **geometry_of(processor, settings, resize, crop))
