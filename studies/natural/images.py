"""The images of the study, resized to what an encoder takes, as .npz files in a working folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from attrs import frozen
from PIL import Image

from studies.measuring.tasks import Task

__all__ = ["NaturalImages"]

_FIRST_JUDGED = 5_000
"""CIFAR-10 test images are taken from the first half to measure, from the second to judge."""


@frozen
class NaturalImages:
    """
    CIFAR-10 and Caltech-101 for encoders of any size of input.

    Parameters
    ----------
    data : Path
        Folder with ``cifar10_jpeg_test10000.npz`` and ``caltech101_core_64px.npz``.
    folder : Path
        Receives the files.
    n_measured, n_judged : int
        Images of CIFAR-10 to measure without labels, and to judge with.
    per_class : int
        Images of each of the 101 classes of Caltech-101; there are 12.
    """

    data: Path
    folder: Path
    n_measured: int = 200
    n_judged: int = 1_000
    per_class: int = 12

    def source(self, side: int) -> Path:
        """Write test images of CIFAR-10 without labels; return the file."""
        path = self.folder / f"cifar10_{self.n_measured}_at_{side}.npz"
        if not path.exists():
            images, _ = self._cifar10(0, self.n_measured)
            _write(path, images=resized(images, side))
        return path

    def tasks(self, side: int) -> list[Task]:
        """Write Caltech-101, and other test images of CIFAR-10, with labels."""
        caltech = self.folder / f"caltech101_{self.per_class}_at_{side}.npz"
        if not caltech.exists():
            images, labels = self._caltech101()
            _write(caltech, images=resized(images, side), labels=labels)
        cifar = self.folder / f"cifar10_judged_{self.n_judged}_at_{side}.npz"
        if not cifar.exists():
            images, labels = self._cifar10(_FIRST_JUDGED, self.n_judged)
            _write(cifar, images=resized(images, side), labels=labels)
        return [Task("caltech101", caltech), Task("cifar10", cifar)]

    def _cifar10(self, first: int, n_images: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray]:
        """Return images that follow one another in an order of chance: the file's is by class."""
        with np.load(self.data / "cifar10_jpeg_test10000.npz", allow_pickle=False) as arrays:
            rows = np.random.default_rng(0).permutation(10_000)[first : first + n_images]
            return arrays["images"][rows], arrays["labels"][rows]

    def _caltech101(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray]:
        """Return the first images of every class."""
        with np.load(self.data / "caltech101_core_64px.npz", allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        rows = [np.flatnonzero(labels == label)[: self.per_class] for label in np.unique(labels)]
        chosen = np.concatenate(rows)
        return images[chosen], labels[chosen]


def resized(images: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return images (N, side, side, 3) by Pillow's antialiased bilinear filter."""
    if images.shape[1] == side:
        return images
    size = (side, side)
    return np.stack(
        [
            np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))
            for image in images
        ]
    )


def _write(path: Path, **arrays: npt.NDArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, **arrays)
    unfinished.replace(path)
