"""
The table of the image processor classes of transformers: what each does, and its defaults.

It lies in ``image_processors.toml`` and is checked, class by class, against transformers itself
(``tests/transformers``). A class is applied by its own rule, or refused by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

__all__ = ["ImageProcessor", "class_of_model", "class_of_processor", "image_processor", "names"]

_PIL_DIFFERS = "pads images in another way than the class without Pil, which files name"


@frozen(kw_only=True)
class ImageProcessor:
    """
    A class of the table.

    Parameters
    ----------
    name : str
        As in the table, without a suffix.
    rule : str, optional
        How it treats an image; None if the class is refused.
    why_refused : str
        What it does that cannot be applied.
    is_by_tensors : bool
        Whether it works on tensors (torchvision), not on arrays (Pillow and NumPy).
    is_fast : bool
        Whether it is named Fast, as in transformers 4 alone.
    is_square : bool
        Whether a plain number as size is a square, not the shorter side.
    defaults : mapping of str to object
        The value of every key that the class reads, where the file has none.
    also : tuple of str
        Keys that it reads and that have no value by default.
    """

    name: str
    rule: str | None
    why_refused: str
    is_by_tensors: bool
    is_fast: bool = False
    is_square: bool
    defaults: Mapping[str, Any]
    also: tuple[str, ...] = ()

    @property
    def is_of_5(self) -> bool:
        """Whether it works on tensors as in transformers 5."""
        return self.is_by_tensors and not self.is_fast

    def settings(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keys that the class reads: those of the file, and else its defaults."""
        given = {key: value for key, value in content.items() if value is not None}
        return {key: given.get(key, self.defaults.get(key)) for key in (*self.defaults, *self.also)}


@cache
def _table() -> dict[str, Any]:
    text = files(__package__).joinpath("image_processors.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def names() -> tuple[str, ...]:
    """Return the names of all classes, without suffixes."""
    return tuple(_table()["classes"])


def class_of_model(model_type: object) -> str | None:
    """Return the class that a model type has, which transformers takes where a file names none."""
    return _table()["model_types"].get(model_type) if isinstance(model_type, str) else None


def class_of_processor(processor_class: object) -> str | None:
    """Return the class of images that a processor of images and text has."""
    if not isinstance(processor_class, str):
        return None
    name: str | None = _table()["processors"].get(processor_class)
    return name


def image_processor(name: str, *, by_tensors: bool = False) -> ImageProcessor | None:
    """
    Look a class up, under any of its names: feature extractor, Fast, Pil.

    Parameters
    ----------
    name : str
        The class's name in a file.
    by_tensors : bool
        Whether a name without a suffix means the class that works on tensors, as in transformers 5;
        in transformers 4 it is the class that works on arrays.

    Returns
    -------
    ImageProcessor or None
        None if there is no such class.
    """
    is_fast = name.endswith("Fast")
    base = name.removesuffix("Fast").removesuffix("Pil")
    if base.endswith("FeatureExtractor"):
        base = base.removesuffix("FeatureExtractor") + "ImageProcessor"
    known = _table()["classes"].get(base)
    if known is None:
        return None
    if name.endswith("Pil") and not known.get("pil", True):
        known = {**known, "rule": None, "refused": _PIL_DIFFERS}
    by_tensors = is_fast or (by_tensors and not name.endswith("Pil"))
    kind = "tensors" if by_tensors else "arrays"
    defaults = dict(known.get(kind) or known.get("arrays") or known.get("tensors") or {})
    also = tuple(defaults.pop("also", ()))
    return ImageProcessor(
        name=base,
        rule=known.get("rule"),
        why_refused=known.get("refused", ""),
        is_by_tensors=(by_tensors and "tensors" in known) or "arrays" not in known,
        is_fast=is_fast,
        is_square=known.get("square", True),
        defaults=defaults,
        also=also,
    )
