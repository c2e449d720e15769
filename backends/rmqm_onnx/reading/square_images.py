"""The advice for classes that keep the aspect ratio: square crops, which they leave alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rmqm_onnx.reading.image_processors import ImageProcessor
from rmqm_onnx.reading.processor_geometry import filter_of
from rmqm_onnx.reading.processor_values import values_of
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["as_squares"]


def as_squares(processor: ImageProcessor, settings: Mapping[str, Any], length: int) -> str:
    """
    Offer the centre square of every image, treated as the class treats square images.

    Parameters
    ----------
    processor : ImageProcessor
        The class.
    settings : mapping
        Its keys.
    length : int
        Height and width that a square image gets.

    Returns
    -------
    str
        The advice, with the contents of a file for ``--preprocess``.
    """
    cropped = evolve(
        values_of(settings),
        resize=length,
        crop=(length, length),
        **filter_of(processor, settings),
    )
    usual = Preprocessing().to_dict()
    given = {key: value for key, value in cropped.to_dict().items() if value != usual.get(key)}
    return (
        f"For a network of {length} x {length}: --preprocess FILE, a .json file with "
        f"{json.dumps(given)}. Square images are then as the class has them; of others the centre "
        "is taken. For another size, give one common resize and crop."
    )
