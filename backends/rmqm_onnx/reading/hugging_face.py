"""Files of Hugging Face's transformers that say the preprocessing, read by the class they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from attrs import evolve

from rmqm_onnx.reading.image_processors import (
    ImageProcessor,
    class_of_model,
    class_of_processor,
    image_processor,
)
from rmqm_onnx.reading.pairs import as_pair
from rmqm_spec.contracts.preprocessing import TORCH_FILTERS, Interpolation, Preprocessing
from rmqm_spec.errors import UnreadableError

__all__ = ["is_image_processor", "read_image_processor", "read_processor"]

_FILTERS: dict[object, Interpolation] = {
    0: "nearest",
    1: "lanczos",
    2: "bilinear",
    3: "bicubic",
    4: "box",
    5: "hamming",
}
"""Pillow's numbers of its filters."""

_LANCZOS, _BICUBIC = 1, 3

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

_LARGE_CONVNEXT = 384
"""From this size on, ConvNext's images are resized straight to a square, without a crop."""


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
    try:
        preprocessing = _RULES[processor.rule](processor, processor.settings(content))
    except _CannotApplyError as error:
        raise _refused(source, name or "no class", f"which {error}") from error
    return evolve(preprocessing, source=source)


class _CannotApplyError(Exception):
    """What the class does with these values; the words follow "which"."""


def _refused(source: str, name: str, why: str) -> UnreadableError:
    return UnreadableError(
        "PRE009",
        f"the image processor in {source} must be one that can be applied exactly; got {name}, "
        f"{why}",
        fix=_BY_HAND,
    )


# The class.


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


# The rules.


def _usual(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size or a shorter side, crop the centre, rescale, normalise."""
    for key in ("do_pan_and_scan", "crop_to_patches"):
        if settings.get(key):
            raise _CannotApplyError(f"cuts an image into several ({key})")
    resize = _size(processor, settings) if settings.get("do_resize") else None
    crop = _crop(settings)
    return evolve(_values(settings), **_geometry(processor, settings, resize, crop))


def _levit(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Enlarge the shorter side by 256 / 224."""
    size = _size(processor, settings)
    if isinstance(size, int):
        size = int(256 / 224 * size)
    resize = size if settings.get("do_resize") else None
    return evolve(_values(settings), **_geometry(processor, settings, resize, _crop(settings)))


def _convnext(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Crop small sizes out of a larger resize; large sizes are squares without a crop."""
    if not settings.get("do_resize"):
        return _usual(processor, settings)
    if settings.get("do_center_crop"):
        raise _CannotApplyError("crops the centre twice (do_center_crop)")
    shorter = _size(processor, settings)
    if not isinstance(shorter, int):
        raise ValueError("size without shortest_edge")  # noqa: TRY004
    square = (shorter, shorter)
    if shorter >= _LARGE_CONVNEXT:
        geometry = _geometry(processor, settings, square, None)
    else:
        before_crop = int(shorter / settings["crop_pct"])
        geometry = _geometry(processor, settings, before_crop, square)
        if processor.is_fast:
            geometry["crop_rounding"] = "even"
    return evolve(_values(settings), **geometry)


def _poolformer(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Enlarge the size by 1 / crop_pct before the crop."""
    resize = _size(processor, settings) if settings.get("do_resize") else None
    share = settings.get("crop_pct")
    if share is not None and isinstance(resize, int):
        resize = int(resize / share)
    elif share is not None and isinstance(resize, tuple):
        height, width = (int(length / share) for length in resize)
        resize = height if height == width else (height, width)
    return evolve(_values(settings), **_geometry(processor, settings, resize, _crop(settings)))


def _perceiver(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Crop a share of the shorter side first, then resize."""
    size = as_pair(settings["size"])
    geometry = _geometry(processor, settings, size if settings.get("do_resize") else None, None)
    if settings.get("do_center_crop"):
        of = as_pair(settings["crop_size"])
        geometry["zoom"] = (size[0] / of[0], size[1] / of[1])
    return evolve(_values(settings), **geometry)


def _dpt(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size, rounded to a multiple."""
    if settings.get("do_resize") and settings.get("keep_aspect_ratio"):
        raise _CannotApplyError(
            "keeps the aspect ratio (keep_aspect_ratio), so its images have no common size"
        )
    multiple = settings.get("ensure_multiple_of") or 1
    height, width = (round(length / multiple) * multiple for length in as_pair(settings["size"]))
    divisor = settings.get("size_divisor") if settings.get("do_pad") else None
    if divisor and (height % divisor or width % divisor):
        raise _CannotApplyError(f"pads its images to a multiple of {divisor} (do_pad)")
    return _usual(processor, {**settings, "size": [height, width], "do_pad": False})


def _idefics(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a square, always with the bicubic filter; transformers 5 has the usual keys."""
    if processor.is_by_tensors:
        return _usual(processor, settings)
    settings = {
        **settings,
        "do_resize": True,
        "do_rescale": True,
        "do_normalize": True,
        "size": settings["image_size"],
        "resample": _BICUBIC,
    }
    return _usual(processor, settings)


def _layoutlmv2(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Leave the values as bytes, in the order BGR."""
    return _usual(processor, {**settings, "do_flip_channel_order": True})


def _chameleon(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Take the bicubic filter for the Lanczos filter, which tensors did not have."""
    if processor.is_fast and settings.get("resample") == _LANCZOS:
        settings = {**settings, "resample": _BICUBIC}
    return _usual(processor, settings)


def _dinov3(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Rescale first, and resize the numbers that this gives."""
    preprocessing = _usual(processor, settings)
    if not settings.get("do_resize") or not settings.get("do_rescale"):
        return preprocessing
    if preprocessing.interpolation in ("bicubic", "lanczos"):
        raise _CannotApplyError(
            f"rescales before it resizes: the {preprocessing.interpolation} filter then leaves the "
            "range of the pixels"
        )
    return evolve(preprocessing, resize_by="float")


def _llava(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Refuse a square that is padded before the resize."""
    if settings.get("do_pad"):
        raise _CannotApplyError("pads its images to squares (do_pad)")
    return _usual(processor, settings)


def _superpoint(processor: ImageProcessor, settings: dict[str, Any]) -> Preprocessing:
    """Resize to a size; grey images would need weights of their own."""
    if settings.get("do_grayscale"):
        raise _CannotApplyError("makes its images grey (do_grayscale)")
    return _usual(processor, settings)


_RULES: dict[str, Callable[[ImageProcessor, dict[str, Any]], Preprocessing]] = {
    "usual": _usual,
    "chameleon": _chameleon,
    "convnext": _convnext,
    "dinov3": _dinov3,
    "dpt": _dpt,
    "idefics": _idefics,
    "layoutlmv2": _layoutlmv2,
    "levit": _levit,
    "llava": _llava,
    "perceiver": _perceiver,
    "poolformer": _poolformer,
    "superpoint": _superpoint,
}


# Geometry.


def _geometry(
    processor: ImageProcessor,
    settings: Mapping[str, Any],
    resize: int | tuple[int, int] | None,
    crop: tuple[int, int] | None,
) -> dict[str, Any]:
    """Return the fields of a resize, to a size or a shorter side, and a centre crop."""
    if isinstance(resize, int) and crop is None:
        raise _CannotApplyError(
            f"resizes the shorter side to {resize} and crops nothing, so its images have no "
            "common size"
        )
    _refuse_padding(settings, crop or (resize if isinstance(resize, tuple) else None))
    fields: dict[str, Any] = {"size": crop or resize}
    if resize is not None:
        interpolation = _interpolation(settings)
        if processor.is_by_tensors and interpolation not in TORCH_FILTERS:
            raise _CannotApplyError(f"has no {interpolation} filter on tensors (resample)")
        fields["interpolation"] = interpolation
        fields["resize_by"] = "torch" if processor.is_by_tensors else "pillow"
    if crop is not None and crop != resize:
        rounding = "truncate" if processor.is_by_tensors else "floor"
        fields |= {"resize": resize, "crop": crop, "crop_rounding": rounding}
    return fields


def _size(processor: ImageProcessor, settings: Mapping[str, Any]) -> int | tuple[int, int]:
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
        raise _CannotApplyError(
            f"keeps the aspect ratio (size with {' and '.join(sorted(keys))}), so its images "
            "have no common size"
        )
    raise ValueError(f"size with {', '.join(sorted(keys)) or 'nothing'}")


def _crop(settings: Mapping[str, Any]) -> tuple[int, int] | None:
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
        raise _CannotApplyError("pads its images (do_pad)")


def _interpolation(settings: Mapping[str, Any]) -> Interpolation:
    code = settings.get("resample")
    if code not in _FILTERS:
        raise ValueError(f"resample {code!r}, which is none of Pillow's 0 to 5")
    return _FILTERS[code]


# Values.


def _values(settings: Mapping[str, Any]) -> Preprocessing:
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
