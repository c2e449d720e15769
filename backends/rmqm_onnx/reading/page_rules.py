"""How classes of image processors treat scanned pages: margins, turning, shrinking, padding."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.pairs import as_pair
from rmqm_onnx.reading.processor_geometry import (
    CannotApplyError,
    padded_of,
    require,
    require_resize,
)
from rmqm_onnx.reading.processor_values import values_of
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["PAGE_RULES"]

_BICUBIC = 3


def _donut(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Turn a page, resize its shorter side, shrink it until it fits, and centre it on black."""
    if processor.is_of_5 and settings.get("resample") != _BICUBIC:
        raise CannotApplyError("shrinks its images with a filter that is not bicubic (resample)")
    given = settings["size"]
    # Old files have the width first.
    return _page(processor, settings, as_pair(given[::-1] if isinstance(given, list) else given))


def _nougat(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Cut off the margins of a page, then as Donut; on tensors, transformers 4 had no options."""
    if processor.is_fast:
        settings = {**settings, "do_crop_margin": True, "resample": _BICUBIC}
    preprocessing = _page(processor, settings, as_pair(settings["size"]))
    return evolve(preprocessing, trim=bool(settings.get("do_crop_margin")))


def _page(
    processor: ImageProcessor, settings: dict[str, Any], size: tuple[int, int]
) -> Preprocessing:
    require_resize(settings)
    require(settings, do_thumbnail=True, do_pad=True)
    geometry = padded_of(processor, settings, min(size), size)
    turn = bool(settings.get("do_align_long_axis"))
    return evolve(values_of(settings), **geometry, thumbnail=size, turn=turn)


PAGE_RULES = {"donut": _donut, "nougat": _nougat}
