"""Preprocessing written by others, or our own keys: in a model, beside it, or in a given file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

from attrs import fields

from rmqm_onnx.reading.beside import is_beside, json_beside
from rmqm_onnx.reading.hugging_face import (
    is_image_processor,
    read_image_processor,
    read_processor,
)
from rmqm_onnx.reading.pairs import as_pair
from rmqm_onnx.reading.timm_files import is_timm, read_open_clip, read_timm
from rmqm_spec.contracts.preprocessing import (
    BILINEAR_ONLY,
    TORCH_FILTERS,
    ChannelOrder,
    CropRounding,
    Fit,
    FitRounding,
    Interpolation,
    Place,
    Preprocessing,
    ResizeBy,
)
from rmqm_spec.errors import UnreadableError
from rmqm_spec.regular_files import check_regular

__all__ = [
    "METADATA_KEY",
    "find_preprocessing",
    "find_size",
    "preprocessing_sources",
    "read_preprocessing",
]

METADATA_KEY = "rmqm.preprocess"
"""Key of an ONNX model's metadata under which its preprocessing may stand, as JSON."""

_Reader = Callable[[Any, str], Preprocessing | None]


def find_preprocessing(
    metadata: Mapping[str, str], model: Path, dims: tuple[int | None, ...] = ()
) -> Preprocessing | None:
    """
    Look for preprocessing in the model's metadata, then beside the model.

    Parameters
    ----------
    metadata : mapping of str to str
        The model's metadata.
    model : Path
        The model's file; its folder and, if that is named ``onnx``, its parent are searched, and
        the folders of the parts that a modules.json (sentence-transformers) names there.
    dims : tuple of int, optional
        Axes of the network's input, which choose between timm's sizes for training and testing.

    Returns
    -------
    Preprocessing or None
        None if there is nothing. Statistics are never guessed.

    Raises
    ------
    UnreadableError
        If there is something that cannot be understood, or a class that cannot be applied.
    """
    if METADATA_KEY in metadata:
        return _parse(metadata[METADATA_KEY], f"ONNX metadata {METADATA_KEY}", _own, json.loads)
    folders = _folders(model)
    model_type = _model_type(folders)
    readers: dict[str, _Reader] = {
        "processor_config.json": partial(read_processor, model_type=model_type),
        "preprocessor_config.json": partial(read_image_processor, model_type=model_type),
        "open_clip_config.json": read_open_clip,
        "config.json": partial(read_timm, dims=dims),
    }
    for name, reader in readers.items():
        for folder in folders:
            if is_beside(folder / name):
                preprocessing = _parse(_text(folder / name), name, reader, json.loads)
                if preprocessing is not None:
                    return preprocessing
    return None


def preprocessing_sources(metadata: Iterable[str], model: Path) -> list[str]:
    """Name what holds, or may hold, preprocessing in or beside a model; none of it is read."""
    within = [f"ONNX metadata {METADATA_KEY}"] if METADATA_KEY in metadata else []
    folders = _folders(model)
    names = ("processor_config.json", "preprocessor_config.json", "open_clip_config.json")
    return within + [name for name in names if any((place / name).is_file() for place in folders)]


def find_size(model: Path) -> tuple[int, int] | None:
    """
    Look up the height and width of images in the config.json beside a model.

    Returns
    -------
    tuple of int or None
        ``image_size``, or that of ``vision_config``; None if there is none that can be read.
    """
    for folder in _folders(model):
        config = _config_of(folder)
        for part in (config, config.get("vision_config")):
            size = part.get("image_size") if isinstance(part, dict) else None
            lengths = [size, size] if isinstance(size, int) else size
            if isinstance(lengths, list) and len(lengths) == 2 and all(map(_is_length, lengths)):
                return lengths[0], lengths[1]
    return None


def read_preprocessing(path: Path) -> Preprocessing:
    """
    Read ``--preprocess``: TOML or JSON with our keys, or a file of transformers, timm, open_clip.

    Raises
    ------
    UnreadableError
        If the file is missing or cannot be understood.
    """
    text = _text(path)
    loads = tomllib.loads if path.suffix == ".toml" else json.loads
    preprocessing = _parse(text, str(path), partial(_any, folder=path.parent), loads)
    if preprocessing is None:
        raise _unreadable(path, "no known key")
    return preprocessing


def _folders(model: Path) -> list[Path]:
    folder = model.absolute().parent
    folders = [folder, folder.parent] if folder.name == "onnx" else [folder]
    return [*folders, *(part for folder in folders for part in _parts(folder))]


def _parts(folder: Path) -> Iterator[Path]:
    """Yield the folders of the parts of a sentence-transformers model."""
    modules = json_beside(folder / "modules.json")
    for module in modules if isinstance(modules, list) else ():
        path = module.get("path") if isinstance(module, dict) else None
        if isinstance(path, str) and path and Path(path).name == path:
            yield folder / path


def _model_type(folders: list[Path]) -> object:
    for folder in folders:
        model_type = _config_of(folder).get("model_type")
        if model_type:
            return model_type
    return None


def _config_of(folder: Path) -> dict[str, Any]:
    config = json_beside(folder / "config.json")
    return config if isinstance(config, dict) else {}


def _is_length(value: object) -> bool:
    return isinstance(value, int) and value > 0


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
    except (
        ArithmeticError,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else error
        raise _unreadable(source, reason) from error


def _unreadable(source: object, reason: object) -> UnreadableError:
    known = ", ".join(field.name for field in fields(Preprocessing) if field.name != "source")
    return UnreadableError(
        "PRE004",
        f"preprocessing in {source} must be readable; got {reason}",
        fix=f"Correct it, or say it with --scale, --mean, --std, or --preprocess with {known}.",
    )


def _any(content: dict[str, Any], source: str, folder: Path) -> Preprocessing | None:
    if is_timm(content) or "pretrained_cfg" in content or "input_size" in content:
        return read_timm(content, source)
    if "model_cfg" in content:
        return read_open_clip(content, source)
    if is_image_processor(content):
        return read_image_processor(content, source, _config_of(folder).get("model_type"))
    return _own(content, source)


def _own(content: dict[str, Any], source: str) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)} - {"source"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    pairs: dict[str, tuple[float, float]] = {
        key: as_pair(content[key]) for key in ("crop", "size", "thumbnail") if content.get(key)
    }
    if isinstance(content.get("resize"), list):
        pairs["resize"] = as_pair(content["resize"])
    if content.get("zoom"):
        height, width = content["zoom"]
        pairs["zoom"] = (float(height), float(width))
    return Preprocessing(**{**content, **pairs}, source=source)


_CHOICES: dict[str, Any] = {
    "channel_order": ChannelOrder,
    "interpolation": Interpolation,
    "fit": Fit,
    "fit_rounding": FitRounding,
    "place": Place,
    "resize_by": ResizeBy,
    "crop_rounding": CropRounding,
}


def _checked(preprocessing: Preprocessing) -> Preprocessing:
    """Refuse values that no field may have."""
    for name, choices in _CHOICES.items():
        if getattr(preprocessing, name) not in get_args(choices):
            raise ValueError(f"{name} {getattr(preprocessing, name)!r}")
    if preprocessing.resize_by == "torch" and preprocessing.interpolation not in TORCH_FILTERS:
        raise ValueError(f"interpolation {preprocessing.interpolation!r} with resize_by 'torch'")
    if preprocessing.resize_by in BILINEAR_ONLY and preprocessing.interpolation != "bilinear":
        by = preprocessing.resize_by
        raise ValueError(f"interpolation {preprocessing.interpolation!r} with resize_by {by!r}")
    switches = (preprocessing.trim, preprocessing.turn, preprocessing.square)
    if not all(switch in (True, False) for switch in switches):
        raise ValueError(f"{list(switches)} for trim, turn and square, which must be true or false")
    resize = preprocessing.resize
    before_crop = resize if isinstance(resize, tuple) else () if resize is None else (resize,)
    pairs = (preprocessing.crop, preprocessing.size, preprocessing.thumbnail)
    lengths = [*before_crop, *(length for pair in pairs for length in pair or ())]
    if not all(map(_is_length, (*lengths, preprocessing.at_least))):
        raise ValueError(
            f"{[*lengths, preprocessing.at_least]} for resize, crop, size, thumbnail and at_least, "
            "which must be whole and above 0"
        )
    shares = [*(preprocessing.zoom or ()), *(preprocessing.fill or ())]
    if not all(0 <= share <= 1 for share in shares) or 0 in (preprocessing.zoom or ()):
        raise ValueError(f"{shares} for zoom and fill, which must be shares of 1")
    return preprocessing
