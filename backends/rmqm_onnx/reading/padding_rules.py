"""How classes of image processors treat an image that they pad to the network's size."""

from __future__ import annotations

from collections.abc import Mapping
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
from rmqm_onnx.reading.processor_values import colour_of_zero, values_of
from rmqm_onnx.reading.usual_rule import usual
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["PADDING_RULES"]

_OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073]
_GREY = (127 / 255,) * 3


def _sam(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize the longer side, and fill up at the bottom and the right with the mean."""
    length = (settings.get("size") or {}).get("longest_edge")
    require_resize(settings)
    require(settings, do_pad=True)
    if not isinstance(length, int):
        raise CannotApplyError("resizes by the longer side alone, and its size names none")
    size = as_pair(settings["pad_size"])
    if length > min(size):
        raise CannotApplyError(f"pads to {size[0]} x {size[1]}, less than the longer side {length}")
    values = values_of(settings)
    geometry = padded_of(processor, settings, (length, length), size)
    geometry |= {"fit": "contain", "fit_rounding": "up", "place": "corner"}
    return evolve(values, **geometry, fill=colour_of_zero(values))


def _eomt(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize until an image just fits into a square, and fill up with black."""
    size = settings.get("size") or {}
    shorter, longer = size.get("shortest_edge"), size.get("longest_edge")
    require_resize(settings)
    require(settings, do_pad=True, do_split_image=False)
    if processor.is_by_tensors:
        raise CannotApplyError("may leave the longer side a pixel short, on tensors")
    if shorter is None or shorter != longer:
        raise CannotApplyError("keeps the aspect ratio (size), so its images have no common size")
    square = (int(shorter), int(shorter))
    geometry = padded_of(processor, settings, square, square)
    geometry |= {"fit": "contain", "fit_rounding": "share", "place": "corner"}
    return evolve(values_of(settings), **geometry)


def _pi0(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize until an image just fits, and fill up at the bottom and the right with the mean."""
    given = settings.get("size") or {}
    require_resize(settings)
    require(settings, do_pad=True)
    if {"max_height", "max_width"} <= set(given):
        resize, fit = (given["max_height"], given["max_width"]), "contain"
    elif {"height", "width"} <= set(given):
        resize, fit = as_pair(given), "stretch"
    else:
        raise CannotApplyError("pads images of which it resizes one side (size)")
    size = as_pair(settings["pad_size"])
    if resize[0] > size[0] or resize[1] > size[1]:
        raise CannotApplyError(f"pads to {size[0]} x {size[1]}, less than its size")
    values = values_of(settings)
    geometry = padded_of(processor, settings, resize, size)
    geometry |= {"fit": fit, "fit_rounding": "down", "place": "corner"}
    return evolve(values, **geometry, fill=colour_of_zero(values))


def _janus(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize until an image just fits into a square, and centre it on the colour of the mean."""
    mean, is_of_5 = settings.get("image_mean"), processor.is_of_5
    settings = {**settings, "image_mean": mean or _OPENAI_MEAN}
    has_mean = mean is not None or is_of_5
    height, width = as_pair(settings["size"])
    require_resize(settings)
    require(settings, do_pad=True)
    if height != width:
        raise ValueError(f"size of {height} x {width}, which must be a square")
    return evolve(
        values_of(settings),
        **padded_of(processor, settings, (height, width), (height, width)),
        fit="contain",
        fit_rounding="scale" if is_of_5 else "down",
        at_least=int(settings["min_size"]),
        fill=_whole_levels(settings["image_mean"]) if has_mean else _GREY,
    )


def _llava(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Pad to a square before the resize, if so wanted."""
    preprocessing = usual(processor, {**settings, "do_pad": False})
    return _padded_to_square(preprocessing, settings) if settings.get("do_pad") else preprocessing


def _padded_to_square(preprocessing: Preprocessing, settings: Mapping[str, Any]) -> Preprocessing:
    """Fill up to a square first, with the colour of the mean."""
    crop, resize = preprocessing.crop, preprocessing.resize
    shorter = resize if isinstance(resize, int) else min(resize or crop or (1, 1))
    if crop and max(crop) > shorter:
        raise CannotApplyError("pads its images twice, with two colours (do_pad)")
    return evolve(preprocessing, square=True, fill=_whole_levels(settings["image_mean"]))


def _dpt(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size, rounded to a multiple."""
    multiple = settings.get("ensure_multiple_of") or 1
    height, width = (round(length / multiple) * multiple for length in as_pair(settings["size"]))
    if settings.get("do_resize") and settings.get("keep_aspect_ratio"):
        raise CannotApplyError(
            "keeps the aspect ratio (keep_aspect_ratio), so its images have no common size",
            square=height if height == width and not settings.get("do_pad") else None,
        )
    divisor = settings.get("size_divisor") if settings.get("do_pad") else None
    if divisor and (height % divisor or width % divisor):
        return _padded_to_multiple(processor, settings, (height, width))
    return usual(processor, {**settings, "size": [height, width], "do_pad": False})


def _padded_to_multiple(
    processor: ImageProcessor, settings: Mapping[str, Any], size: tuple[int, int]
) -> Preprocessing:
    """Fill up to a multiple with the mean; on tensors, transformers 4 took black."""
    if not settings.get("do_resize") or settings.get("do_center_crop"):
        raise CannotApplyError("pads images that have no common size (do_pad)")
    divisor = int(settings["size_divisor"])
    padded = (-(-size[0] // divisor) * divisor, -(-size[1] // divisor) * divisor)
    values = values_of(settings)
    fill = None if processor.is_fast else colour_of_zero(values)
    return evolve(values, **padded_of(processor, settings, size, padded), fill=fill)


PADDING_RULES = {
    "dpt": _dpt,
    "eomt": _eomt,
    "janus": _janus,
    "llava": _llava,
    "pi0": _pi0,
    "sam": _sam,
}


def _whole_levels(mean: Any) -> tuple[float, ...]:
    """Return a mean as the level of 255 below it."""
    values = [mean] * 3 if isinstance(mean, int | float) else mean
    return tuple(int(value * 255) / 255 for value in values)
