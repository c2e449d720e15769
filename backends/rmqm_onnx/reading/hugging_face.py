"""Files of Hugging Face's transformers that say the preprocessing, read by the class they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rmqm_onnx.reading.image_processors import (
    ImageProcessor,
    class_of_model,
    class_of_processor,
    image_processor,
)
from rmqm_onnx.reading.processor_geometry import CannotApplyError
from rmqm_onnx.reading.processor_rules import RULES
from rmqm_onnx.reading.square_images import as_squares
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError

__all__ = ["is_image_processor", "read_image_processor", "read_processor"]

_KEYS = frozenset(
    {
        "do_center_crop",
        "do_rescale",
        "do_resize",
        "image_mean",
        "image_processor_type",
        "rescale_factor",
    }
)

_BY_HAND = (
    "Give the values by hand: --preprocess FILE with scale, mean, std, resize, crop and "
    "interpolation, or --mean, --std and --scale for images of the network's size."
)


def is_image_processor(content: Mapping[str, Any]) -> bool:
    """Return whether it is an image processor, not a processor of sound or text."""
    has_own_code = "AutoImageProcessor" in (content.get("auto_map") or {})
    return (
        bool(_KEYS & set(content))
        or isinstance(content.get("image_processor"), dict)
        or has_own_code
    )


def read_processor(
    content: Mapping[str, Any], source: str, model_type: object = None
) -> Preprocessing | None:
    """Read a processor_config.json: its image processor, where it holds one."""
    if not isinstance(content.get("image_processor"), dict):
        return None
    return read_image_processor(content, source, model_type)


def read_image_processor(
    content: Mapping[str, Any], source: str, model_type: object = None
) -> Preprocessing | None:
    """
    Read an image processor as its class would apply it.

    Parameters
    ----------
    content : mapping
        A preprocessor_config.json, or a processor_config.json that holds an image processor.
    source : str
        What errors call the file.
    model_type : str, optional
        The model type in the config.json beside it, for files that name no class.

    Returns
    -------
    Preprocessing or None
        None if the file belongs to a processor of something else.

    Raises
    ------
    UnreadableError
        PRE009 if the class cannot be applied.
    KeyError, TypeError, ValueError
        If the file cannot be understood.
    """
    nested = content.get("image_processor")
    is_nested = isinstance(nested, dict)
    if isinstance(nested, dict):
        content = {"processor_class": content.get("processor_class"), **nested}
    if "sampling_rate" in content:
        return None  # of sound
    name = _class_name(content, model_type)
    # Only transformers 5 writes one file for text and images, and its classes work on tensors.
    processor = image_processor(name, by_tensors=is_nested) if name else _without_class()
    if processor is None or name is None:
        if not is_image_processor(content):
            return None
        if processor is None:
            raise _refused(source, str(name), "which is not among the classes known here")
        content = _complete(content, source)
    if processor.rule == "timm":
        return None  # its values lie in the config.json of timm
    if processor.rule is None:
        raise _refused(source, name or "no class", f"which {processor.why_refused}")
    settings = processor.settings(content)
    try:
        preprocessing = RULES[processor.rule](processor, settings)
    except CannotApplyError as error:
        fix = _BY_HAND
        if error.square is not None and processor.rule in ("usual", "dpt"):
            fix = as_squares(processor, settings, error.square)
        raise _refused(source, name or "no class", f"which {error}", fix) from error
    return evolve(preprocessing, source=source)


def _refused(source: str, name: str, why: str, fix: str = _BY_HAND) -> UnreadableError:
    return UnreadableError(
        "PRE009",
        f"the image processor in {source} must be one that can be applied exactly; got {name}, "
        f"{why}",
        fix=fix,
    )


def _class_name(content: Mapping[str, Any], model_type: object) -> str | None:
    """Return the class as transformers finds it: named, of its own code, or of the model."""
    remote = content.get("auto_map") or {}
    named = (
        content.get("image_processor_type")
        or content.get("feature_extractor_type")
        or remote.get("AutoImageProcessor")
        or class_of_model(model_type)
        or class_of_processor(content.get("processor_class"))
    )
    return None if named is None else str(named)


def _without_class() -> ImageProcessor:
    """Return the rule for files that name no class and leave nothing to it."""
    return ImageProcessor(
        name="",
        rule="usual",
        why_refused="",
        is_by_tensors=False,
        is_square=True,
        defaults={"do_rescale": True, "rescale_factor": 1 / 255},
        also=(
            "do_resize", "size", "resample", "do_center_crop", "crop_size", "do_normalize",
            "image_mean", "image_std", "do_flip_channel_order", "rescale_offset",
        ),
    )  # fmt: skip


def _complete(content: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    """Return a file without a class as it stands; refuse one that leaves something to its class."""
    is_about_size = content.get("size") is not None or content.get("resample") is not None
    resizes = content.get("do_resize", is_about_size)
    missing = []
    if resizes and isinstance(content.get("size"), int):
        missing.append("whether size is a square or the shorter side")
    if resizes and content.get("size") is None:
        missing.append("size")
    if resizes and content.get("resample") is None:
        missing.append("resample")
    if missing:
        raise UnreadableError(
            "PRE009",
            f"an image processor must name its class where that decides; got none in {source}, "
            f"which leaves open {' and '.join(missing)}",
            fix="Add image_processor_type with the class to the file, for example "
            f"ViTImageProcessor. {_BY_HAND}",
        )
    return {"do_resize": resizes, "do_normalize": "image_mean" in content, **content}
