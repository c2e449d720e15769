"""The inputs that are used when none are given: real images that come with the package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import UsageError
from rmqm_spec.identity import content_id
from rmqm_spec.inputs.images import decode_image

__all__ = ["BundledImages", "default_source"]

_BUNDLED = Path(__file__).with_name("bundled")
"""Data that scikit-learn has too; `LICENSES.md` beside them says whose they are."""

_PHOTOGRAPHS = ("china.jpg", "flower.jpg")
_PATCH_LENGTHS = (16, 64)
"""At most 64 pixels: 60 patches of each photograph, 640 x 427. At least 16: with some content."""


class BundledImages:
    """
    A source whose inputs are images in memory, each with its own name.

    Parameters
    ----------
    images : sequence of (H, W, C) ndarray
        uint8, or float32 in [0, 1].
    names : sequence of str
        One name for each image.
    label : str
        What to call the collection.
    """

    ignored = 0
    value_range = None
    labels = None

    def __init__(self, images: Sequence[AnyArray], names: Sequence[str], *, label: str) -> None:
        self.label = label
        self._images = images
        self._names = names

    def __len__(self) -> int:
        return len(self._images)

    def name(self, index: int) -> str:
        """Return the name of image `index`."""
        return self._names[index]

    def read(self, index: int) -> AnyArray:
        """Return image `index`."""
        return self._images[index]

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Content id of every image."""
        return tuple(content_id(image) for image in self._images)


def default_source(spec: InputSpec) -> BundledImages:
    """
    Choose the bundled images that suit an encoder.

    Parameters
    ----------
    spec : InputSpec
        What the encoder takes. Grey images get the 1797 handwritten digits, 8 x 8 pixels. RGB
        images get square patches of two photographs, as large as the encoder's longer side but
        with 16 to 64 pixels, side by side: 120 patches of 64 pixels, 520 of 32.

    Returns
    -------
    BundledImages
        Images before geometry.

    Raises
    ------
    UsageError
        DAT003 if the encoder takes anything else.

    Examples
    --------
    >>> source = default_source(InputSpec(kind="image", shape=(3, 32, 32)))
    >>> len(source), source.name(1), source.read(1).shape
    (520, 'china.jpg[y=0, x=32]', (32, 32, 3))
    """
    channels = spec.shape[0] if spec.kind == "image" else None
    if channels == 1:
        return _digits()
    if channels == 3:
        smallest, largest = _PATCH_LENGTHS
        return _patches(min(max(smallest, *spec.shape[1:]), largest))
    raise UsageError(
        "DAT003",
        f"inputs must be given for an encoder that takes no grey or RGB images;"
        f" got {spec.kind}s of shape {spec.shape}",
        fix="Give inputs of that shape: --data inputs.npy",
    )


def _digits() -> BundledImages:
    with np.load(_BUNDLED / "digits.npz", allow_pickle=False) as arrays:
        levels = arrays["images"]  # (1797, 8, 8), 0 to 16
    images = (levels.astype(np.float32) / 16)[..., np.newaxis]
    names = [f"digits[{index}]" for index in range(len(images))]
    return BundledImages(list(images), names, label="handwritten digits of scikit-learn")


def _patches(length: int) -> BundledImages:
    images, names = [], []
    for photograph in _PHOTOGRAPHS:
        pixels = decode_image(_BUNDLED / photograph)
        height, width = pixels.shape[:2]
        corners = product(
            range(0, height - length + 1, length), range(0, width - length + 1, length)
        )
        for y, x in corners:
            images.append(pixels[y : y + length, x : x + length])
            names.append(f"{photograph}[y={y}, x={x}]")
    label = f"patches of {length} pixels of {' and '.join(_PHOTOGRAPHS)} of scikit-learn"
    return BundledImages(images, names, label=label)
