"""Images of Fashion-MNIST in a circle, so that a rotation neither cuts off nor fills in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen
from PIL import Image

from studies.training.circle import in_circle

__all__ = ["QUARTERS", "RotationImages", "quarters", "rotated"]

Pixels = npt.NDArray[np.uint8]

QUARTERS: Final = 4
_FILE: Final = "fashion_mnist_core.npz"
_FIRST_TRAINED: Final = 1_000
"""Test images before it are measured, those from it on train and judge the probes."""


def masked(images: Pixels) -> Pixels:
    """Return images (N, S, S) that are black outside the circle."""
    return np.where(in_circle(images.shape[-1]), images, np.uint8(0))


def rotated(images: Pixels, degrees: npt.NDArray[np.float64]) -> Pixels:
    """
    Return images (N, S, S) turned counterclockwise by Pillow, each by its own angle (N,).

    Bilinear; quarters of a turn move pixels and change none.

    Examples
    --------
    >>> image = np.array([[[1, 2], [3, 4]]], np.uint8)
    >>> rotated(image, np.array([90.0]))[0]
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """
    turned = [
        np.asarray(Image.fromarray(image).rotate(float(angle), Image.Resampling.BILINEAR))
        for image, angle in zip(images, degrees, strict=True)
    ]
    return masked(np.stack(turned))


def quarters(n_images: int, seed: int) -> npt.NDArray[np.int64]:
    """Return by how many quarters each image is turned: as many of each as can be, at random."""
    return np.random.default_rng(seed).permutation(np.arange(n_images) % QUARTERS)


@frozen(eq=False)
class Labelled:
    """Images (N, S, S) and their classes (N,)."""

    images: Pixels
    labels: npt.NDArray[np.int64]


@frozen
class RotationImages:
    """
    The images of the study; no image has two roles.

    Parameters
    ----------
    data : Path
        Folder with ``fashion_mnist_core.npz``.
    n_measured : int
        Test images whose rotations are encoded.
    n_trained, n_judged : int
        Test images that a probe learns from, and those that it is judged by.
    """

    data: Path
    n_measured: int = 300
    n_trained: int = 2_000
    n_judged: int = 2_000

    def training_file(self, folder: Path) -> Path:
        """Write the training images for the encoders; return the file."""
        path = folder / "fashion_in_circle.npz"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with np.load(self.data / _FILE, allow_pickle=False) as arrays:
                images, labels = masked(arrays["train_images"]), arrays["train_labels"]
            unfinished = path.with_suffix(".unfinished.npz")
            np.savez(unfinished, train_images=images, train_labels=labels)
            unfinished.replace(path)
        return path

    def measured(self) -> Labelled:
        """Return the test images whose rotations are encoded."""
        return self._test(0, self.n_measured)

    def trained(self) -> Labelled:
        """Return the test images that a probe learns from."""
        return self._test(_FIRST_TRAINED, self.n_trained)

    def judged(self) -> Labelled:
        """Return the test images that a probe is judged by."""
        return self._test(_FIRST_TRAINED + self.n_trained, self.n_judged)

    def _test(self, first: int, n_images: int) -> Labelled:
        with np.load(self.data / _FILE, allow_pickle=False) as arrays:
            chosen = slice(first, first + n_images)
            labels = arrays["test_labels"][chosen].astype(np.int64)
            return Labelled(masked(arrays["test_images"][chosen]), labels)
