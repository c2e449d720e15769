"""Encodings of labelled images by ONNX files, kept in a working folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["Labelled", "cached", "encodings", "read_labelled"]

_AT_ONCE = 500


@frozen(eq=False)
class Labelled:
    """
    Images with their classes.

    Parameters
    ----------
    images : (N, H, W, C) ndarray of uint8
        Pixels.
    labels : (N,) ndarray of int
        Classes from 0.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.intp]

    def drawn(self, n_images: int) -> Labelled:
        """Return so many images, drawn once and for all: the first of a fixed order."""
        rows = np.random.default_rng(0).permutation(len(self.images))[:n_images]
        return Labelled(self.images[rows], self.labels[rows])


def read_labelled(path: Path) -> Labelled:
    """Return ``images`` and ``labels`` of an .npz file."""
    with np.load(path, allow_pickle=False) as arrays:
        return Labelled(arrays["images"], arrays["labels"].astype(np.intp))


def encodings(
    model: Path,
    images: npt.NDArray[np.uint8],
    *,
    output: str | None = None,
    preprocessing: Preprocessing | None = None,
) -> npt.NDArray[np.float32]:
    """
    Return the encodings (N, E) of images (N, H, W, C).

    Parameters
    ----------
    model : Path
        An ONNX file that takes images of this size.
    images : (N, H, W, C) ndarray of uint8
        Pixels, handed over as values from 0 to 1.
    output : str, optional
        Tensor with the encodings, where it is not the model's own output.
    preprocessing : Preprocessing, optional
        By default none: the network takes values from 0 to 1.
    """
    options = OpenOptions(
        output=output, preprocessing=preprocessing or Preprocessing(), threads=1, batch_size=50
    )
    encoder = open_encoder(model, options)
    found = []
    for first in range(0, len(images), _AT_ONCE):
        pixels = images[first : first + _AT_ONCE].transpose(0, 3, 1, 2)
        found.append(encoder.encode(np.ascontiguousarray(pixels, dtype=np.float32) / 255))
    return np.concatenate(found).astype(np.float32)


def cached(
    file: Path, model: Path, images: Mapping[str, npt.NDArray[np.uint8]], **options: object
) -> dict[str, npt.NDArray[np.float32]]:
    """Return the encodings of several sets of images by name, from a file once it is written."""
    if not file.exists():
        found = {name: encodings(model, each, **options) for name, each in images.items()}
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished.npz")
        np.savez(unfinished, **found)
        unfinished.replace(file)
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in images}
