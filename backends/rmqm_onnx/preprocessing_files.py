"""Preprocessing written by others: Hugging Face's, timm's, or our own keys in a file or a model."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import fields

from rmqm_spec.errors import UnreadableError
from rmqm_spec.preprocessing import Preprocessing

__all__ = ["METADATA_KEY", "find_preprocessing", "read_preprocessing"]

METADATA_KEY = "rmqm.preprocess"
"""Key of an ONNX model's metadata under which its preprocessing may stand, as JSON."""

_FILTERS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
"""Pillow's numbers of its filters, as Hugging Face writes them."""


def find_preprocessing(metadata: Mapping[str, str], model: Path) -> Preprocessing | None:
    """
    Look for preprocessing in the model's metadata, then beside the model.

    Parameters
    ----------
    metadata : mapping of str to str
        The model's metadata.
    model : Path
        The model's file; its folder and, for a folder named ``onnx``, the one above are searched.

    Returns
    -------
    Preprocessing or None
        None if nothing is found. Statistics are never guessed.

    Raises
    ------
    UnreadableError
        If something is found that cannot be understood.
    """
    if METADATA_KEY in metadata:
        return _parse(metadata[METADATA_KEY], f"ONNX metadata {METADATA_KEY}", _own, json.loads)
    folders = [model.parent, model.parent.parent] if model.parent.name == "onnx" else [model.parent]
    for name, reader in (("preprocessor_config.json", _hugging_face), ("config.json", _timm)):
        for folder in folders:
            if (folder / name).is_file():
                found = _parse(_text(folder / name), name, reader, json.loads)
                if found is not None:
                    return found
    return None


def read_preprocessing(path: Path) -> Preprocessing:
    """
    Read ``--preprocess``: TOML or JSON with our keys, a preprocessor_config.json or a timm config.

    Raises
    ------
    UnreadableError
        If the file is missing or cannot be understood.
    """
    text = _text(path)
    loads = tomllib.loads if path.suffix == ".toml" else json.loads
    found = _parse(text, str(path), _any, loads)
    if found is None:
        raise _unreadable(path, "no known key")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _parse(text: str, source: str, reader: Any, loads: Any) -> Preprocessing | None:
    try:
        content = loads(text)
        found: Preprocessing | None = reader(dict(content), source)
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(source, error) from error
    return found


def _unreadable(source: object, reason: object) -> UnreadableError:
    known = ", ".join(field.name for field in fields(Preprocessing) if field.name != "source")
    return UnreadableError(
        "PRE004",
        f"preprocessing in {source} must be readable; got {reason}",
        fix=f"Correct it, or say it with --scale, --mean, --std, or --preprocess with {known}.",
    )


def _any(content: dict[str, Any], source: str) -> Preprocessing | None:
    if "pretrained_cfg" in content or "input_size" in content:
        return _timm(content, source)
    if "image_mean" in content or "do_normalize" in content or "rescale_factor" in content:
        return _hugging_face(content, source)
    return _own(content, source)


def _own(content: dict[str, Any], source: str) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)} - {"source"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    for key in ("crop", "size"):
        if content.get(key) is not None:
            content[key] = _pair(content[key])
    return Preprocessing(**content, source=source)


def _hugging_face(content: dict[str, Any], source: str) -> Preprocessing:
    """Read an image processor of transformers; its statistics refer to rescaled pixels."""
    rescaled = content.get("do_rescale", True)
    factor = float(content.get("rescale_factor", 1 / 255)) if rescaled else 1.0
    normalise = content.get("do_normalize", "image_mean" in content)
    crop = None
    if content.get("do_center_crop", False):
        if "crop_size" not in content:
            raise ValueError("do_center_crop without crop_size")
        crop = _pair(content["crop_size"])
    resize, size = _hugging_face_size(content)
    return Preprocessing(
        scale=_snapped(255 * factor),
        mean=content["image_mean"] if normalise else None,
        std=content["image_std"] if normalise else None,
        resize=resize,
        crop=crop,
        size=crop or size,
        interpolation=_FILTERS[int(content.get("resample", 2))],  # type: ignore[arg-type]
        source=source,
    )


def _hugging_face_size(content: dict[str, Any]) -> tuple[int | None, tuple[int, int] | None]:
    """Return the shorter side, or the exact height and width, that images are resized to."""
    size = content.get("size")
    if size is None or not content.get("do_resize", True):
        return None, None
    if isinstance(size, dict) and "shortest_edge" in size:
        return int(size["shortest_edge"]), None
    if isinstance(size, dict) and not {"height", "width"} <= set(size):
        raise ValueError(f"size with keys {sorted(size)}")
    return None, _pair(size)


def _timm(content: dict[str, Any], source: str) -> Preprocessing | None:
    """Read a pretrained configuration of timm; None for a config.json of something else."""
    config = content.get("pretrained_cfg", content)
    if not {"mean", "std"} <= set(config):
        return None
    _, height, width = config.get("input_size", (3, 224, 224))
    crop_share = float(config.get("crop_pct") or 1.0)
    return Preprocessing(
        mean=config["mean"],
        std=config["std"],
        resize=int(min(height, width) / crop_share),
        crop=(int(height), int(width)),
        size=(int(height), int(width)),
        interpolation=str(config.get("interpolation", "bilinear")),  # type: ignore[arg-type]
        source=source,
    )


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, dict):
        return int(value["height"]), int(value["width"])
    if isinstance(value, int):
        return value, value
    height, width = value
    return int(height), int(width)


def _snapped(scale: float) -> float:
    """Undo the rounding of 255 * (1/255) as files write it."""
    return float(round(scale)) if abs(scale - round(scale)) < 1e-6 else scale
