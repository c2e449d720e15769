"""All columns of an encoder of the study, from its ONNX file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from attrs import asdict

from rmqm_onnx import open_encoder
from rmqm_spec.contracts.backend import OpenOptions
from studies.nnk.rotation.images import Pixels, RotationImages, rotated
from studies.nnk.rotation.invariance import ANGLES, Float64Array, invariance
from studies.nnk.rotation.tasks import Encode, accuracies
from studies.training.recipe import Recipe

__all__ = ["opened", "row", "views"]


def opened(file: Path) -> Encode:
    """Return an ONNX file as a function from images (N, S, S), uint8, to encodings (N, E)."""
    encoder = open_encoder(file, OpenOptions(threads=1))

    def encode(images: Pixels) -> Float64Array:
        values = images[:, None].astype(np.float32) / np.float32(255)
        return np.asarray(encoder.encode(values), dtype=np.float64)

    return encode


def views(encode: Encode, images: Pixels) -> Float64Array:
    """Return the encodings (N, A, E) of images turned by `ANGLES`."""
    turned = [encode(rotated(images, np.full(len(images), angle))) for angle in ANGLES]
    return np.stack(turned, axis=1)


def row(recipe: Recipe, *, file: Path, images: RotationImages) -> dict[str, Any]:
    """
    Return recipe, training, invariance and accuracies of an encoder.

    Parameters
    ----------
    recipe : Recipe
        How it came about.
    file : Path
        The ONNX file; its training is in the JSON beside it.
    images : RotationImages
        What it is measured on and judged by.
    """
    encode = opened(file)
    facts = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    facts.pop("seconds")
    means, curves = invariance(views(encode, images.measured().images))
    values: dict[str, Any] = {**asdict(recipe), **facts}
    for name, mean in means.items():
        values |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
    return {**values, **curves, **accuracies(encode, images)}
