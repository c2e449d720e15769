"""Preprocessing written by others: Hugging Face's, timm's, or our own keys in a file or a model."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from attrs import fields

from rmqm_onnx.reading.hugging_face import as_pair, is_image_processor, read_image_processor
from rmqm_spec.contracts.preprocessing import ChannelOrder, Interpolation, Preprocessing
from rmqm_spec.errors import UnreadableError
from rmqm_spec.regular_files import check_regular

__all__ = ["METADATA_KEY", "find_preprocessing", "read_preprocessing"]

METADATA_KEY = "rmqm.preprocess"
"""Key of an ONNX model's metadata under which its preprocessing may stand, as JSON."""


def find_preprocessing(metadata: Mapping[str, str], model: Path) -> Preprocessing | None:
    """
    Look for preprocessing in the model's metadata, then beside the model.

    Parameters
    ----------
    metadata : mapping of str to str
        The model's metadata.
    model : Path
        The model's file; its folder and, if that is named ``onnx``, its parent are searched.

    Returns
    -------
    Preprocessing or None
        None if there is nothing. Statistics are never guessed.

    Raises
    ------
    UnreadableError
        If there is something that cannot be understood.
    """
    if METADATA_KEY in metadata:
        return _parse(metadata[METADATA_KEY], f"ONNX metadata {METADATA_KEY}", _own, json.loads)
    folder = model.absolute().parent
    folders = [folder, folder.parent] if folder.name == "onnx" else [folder]
    readers = {"preprocessor_config.json": read_image_processor, "config.json": _timm}
    for name, reader in readers.items():
        for folder in folders:
            if (folder / name).is_file():
                preprocessing = _parse(_text(folder / name), name, reader, json.loads)
                if preprocessing is not None:
                    return preprocessing
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
    preprocessing = _parse(text, str(path), _any, loads)
    if preprocessing is None:
        raise _unreadable(path, "no known key")
    return preprocessing


def _text(path: Path) -> str:
    try:
        check_regular(path)
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _parse(text: str, source: str, reader: Any, loads: Any) -> Preprocessing | None:
    try:
        preprocessing: Preprocessing | None = reader(loads(text), source)
        return preprocessing and _checked(preprocessing)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else error
        raise _unreadable(source, reason) from error


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
    if is_image_processor(content):
        return read_image_processor(content, source)
    return _own(content, source)


def _own(content: dict[str, Any], source: str) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)} - {"source"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    pairs = {key: as_pair(content[key]) for key in ("crop", "size") if content.get(key)}
    return Preprocessing(**{**content, **pairs}, source=source)


def _timm(content: dict[str, Any], source: str) -> Preprocessing | None:
    """Read a pretrained configuration of timm; None for a config.json of something else."""
    config = (content.get("pretrained_cfg") or content) if isinstance(content, dict) else None
    if not isinstance(config, dict) or not {"mean", "std", "input_size"} <= set(config):
        return None
    _, height, width = (int(length) for length in config["input_size"])
    share = float(config.get("crop_pct") or 1.0)
    mode = config.get("crop_mode") or "center"
    if mode != "center" and (mode, share) != ("squash", 1):
        raise ValueError(f"crop_mode {mode!r} with crop_pct {share:g}")
    size = (height, width)
    return Preprocessing(
        mean=config["mean"],
        std=config["std"],
        resize=int(min(size) / share) if mode == "center" else None,
        crop=size if mode == "center" else None,
        size=size,
        interpolation=config.get("interpolation") or "bilinear",
        source=source,
    )


def _checked(preprocessing: Preprocessing) -> Preprocessing:
    """Refuse values that no field may have."""
    if preprocessing.channel_order not in get_args(ChannelOrder):
        raise ValueError(f"channel_order {preprocessing.channel_order!r}")
    if preprocessing.interpolation not in get_args(Interpolation):
        raise ValueError(f"interpolation {preprocessing.interpolation!r}")
    resize = () if preprocessing.resize is None else (preprocessing.resize,)
    lengths = [*resize, *(preprocessing.crop or ()), *(preprocessing.size or ())]
    if not all(isinstance(length, int) and length > 0 for length in lengths):
        raise ValueError(f"{lengths} for resize, crop and size, which must be whole and above 0")
    return preprocessing
