"""How classes of image processors treat an image that they rescale before they resize it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.pairs import as_pair
from rmqm_onnx.reading.processor_geometry import CannotApplyError, require_resize
from rmqm_onnx.reading.processor_values import values_of
from rmqm_onnx.reading.usual_rule import usual
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["FLOAT_RULES"]


def _owlv2(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Fill up to a square, with grey or since transformers 5 black; blur and resize in floats."""
    require_resize(settings)
    _require_rescale(settings)
    values = values_of(settings)
    is_grey = settings.get("do_pad") and not processor.is_of_5
    return evolve(
        values,
        size=as_pair(settings["size"]),
        resize_by="torch_blurred" if processor.is_by_tensors else "blurred",
        square=bool(settings.get("do_pad")),
        place="corner",
        fill=0.5 / values.scale if is_grey else None,
    )


def _sampled(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Rescale, then resize without antialiasing."""
    require_resize(settings)
    _require_rescale(settings)
    preprocessing = usual(processor, settings)
    if preprocessing.interpolation != "bilinear" or preprocessing.crop is not None:
        raise CannotApplyError("resizes without antialiasing, with a filter that is not bilinear")
    return evolve(preprocessing, resize_by="sampled")


def _dinov3(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Rescale first, and resize the numbers that this gives."""
    preprocessing = usual(processor, settings)
    if not settings.get("do_resize") or not settings.get("do_rescale"):
        return preprocessing
    if preprocessing.interpolation in ("bicubic", "lanczos"):
        raise CannotApplyError(
            f"rescales before it resizes: the {preprocessing.interpolation} filter then leaves the "
            "range of the pixels"
        )
    return evolve(preprocessing, resize_by="float")


FLOAT_RULES = {"dinov3": _dinov3, "owlv2": _owlv2, "sampled": _sampled}


def _require_rescale(settings: Mapping[str, Any]) -> None:
    if not settings.get("do_rescale"):
        raise CannotApplyError("resizes whole levels then (do_rescale = false)")
