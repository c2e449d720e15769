"""Pretrained configurations of timm and open_clip, read as their own transforms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from rmqm_onnx.reading.pairs import as_pair
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["is_timm", "read_open_clip", "read_timm"]

_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_OPENAI_MEAN = (0.48145466, 0.4578275, 0.40821073)
_OPENAI_STD = (0.26862954, 0.26130258, 0.27577711)
_CROP_SHARE = 0.875

_OPEN_CLIP_MODES = {"shortest": "center", "longest": "border", "squash": "squash"}
"""Its ways to resize, as timm calls them."""

Size = tuple[int, int]


def is_timm(content: object) -> bool:
    """Return whether it is a configuration of timm."""
    config = _config(content)
    if config is None or not isinstance(config.get("input_size"), list | tuple):
        return False
    return config is not content or {"mean", "std"} <= set(config)


def read_timm(
    content: object, source: str, dims: tuple[int | None, ...] = ()
) -> Preprocessing | None:
    """
    Read a pretrained configuration as ``timm.data.create_transform`` would.

    Parameters
    ----------
    content : object
        A config.json.
    source : str
        What errors call the file.
    dims : tuple of int, optional
        Axes of the network's input. If they hold the configuration's size for testing, and not that
        for training, that size and its share are taken, as by timm with ``use_test_size``.

    Returns
    -------
    Preprocessing or None
        None for a config.json of something else.
    """
    config = _config(content)
    if config is None or not is_timm(content):
        return None
    size = _size(config["input_size"])
    share = config.get("crop_pct") or _CROP_SHARE
    if config.get("test_input_size") and _has(dims, _size(config["test_input_size"]), size):
        size = _size(config["test_input_size"])
        share = config.get("test_crop_pct") or share
    mean = tuple(config.get("mean") or _IMAGENET_MEAN)
    return Preprocessing(
        mean=mean,
        std=config.get("std") or _IMAGENET_STD,
        interpolation=config.get("interpolation") or "bicubic",
        source=source,
        **_geometry(config.get("crop_mode") or "center", size, float(share), mean),
    )


def read_open_clip(content: object, source: str) -> Preprocessing | None:
    """
    Read an open_clip_config.json as open_clip's transform for evaluation.

    Returns
    -------
    Preprocessing or None
        None for a file of something else.
    """
    if not isinstance(content, dict) or not isinstance(content.get("model_cfg"), dict):
        return None
    config, vision = content.get("preprocess_cfg") or {}, content["model_cfg"].get("vision_cfg")
    if not isinstance(vision, dict):
        return None
    mode = config.get("resize_mode") or "shortest"
    if mode not in _OPEN_CLIP_MODES:
        raise ValueError(f"resize_mode {mode!r}")
    size = as_pair(vision.get("image_size") or config.get("size") or 224)
    colour = config.get("fill_color") or 0
    levels = colour if isinstance(colour, list | tuple) else [colour]
    fields = _geometry(_OPEN_CLIP_MODES[mode], size, 1.0, tuple(level / 255 for level in levels))
    is_bilinear = config.get("interpolation") == "bilinear" and fields.get("fit") != "cover"
    return Preprocessing(
        mean=config.get("mean") or _OPENAI_MEAN,
        std=config.get("std") or _OPENAI_STD,
        interpolation="bilinear" if is_bilinear else "bicubic",
        source=source,
        **fields,
    )


def _config(content: object) -> Mapping[str, Any] | None:
    config = (content.get("pretrained_cfg") or content) if isinstance(content, dict) else None
    return config if isinstance(config, dict) else None


def _size(lengths: Any) -> Size:
    _, height, width = (int(length) for length in lengths)
    return height, width


def _has(dims: tuple[int | None, ...], size: Size, other: Size) -> bool:
    """Return whether the axes hold `size` side by side, and not the other."""
    pairs = list(pairwise(dims))
    return size in pairs and other not in pairs


def _geometry(mode: str, size: Size, share: float, colour: tuple[float, ...]) -> dict[str, Any]:
    """Return resize and crop of a way to crop."""
    height, width = (math.floor(length / share) for length in size)
    if mode == "squash":
        fields: dict[str, Any] = {"resize": (height, width), "crop": size}
        return {"size": size} if (height, width) == size else {**fields, "size": size}
    if mode == "border":
        levels = tuple(round(255 * value) / 255 for value in colour)
        fill = levels if any(levels) else None
        before_crop = {"resize": (height, width), "fit": "contain"}
        return {**before_crop, "crop": size, "size": size, "fill": fill}
    if mode != "center":
        raise ValueError(f"crop_mode {mode!r}")
    if height == width:
        return {"resize": height, "crop": size, "size": size}
    return {"resize": (height, width), "fit": "cover", "crop": size, "size": size}
