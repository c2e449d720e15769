"""The images whose spectra are measured: drawn, all, of other data sets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from studies.spectra.distributions import DISTRIBUTIONS, inputs_of

__all__ = ["OTHERS", "Images", "read_image_sets"]

FloatArray = npt.NDArray[np.float32]

_DRAWN: Final = (6_000, 1_000)
_PER_SET: Final = 2_000
_PER_DISTRIBUTION: Final = 200
OTHERS: Final = ("mnist", "kmnist", "fashion")
"""Sets of test images, in which predictors are held against errors."""


@frozen(eq=False)
class Images:
    """
    Inputs of a set.

    Parameters
    ----------
    values : (N, 1, 28, 28) ndarray of float32
        0 to 1.
    labels : (N,) ndarray of int
        Classes, or what takes their place.
    n_train : int
        The first so many were trained on.
    """

    values: FloatArray
    labels: npt.NDArray[np.int64]
    n_train: int = 0

    def __len__(self) -> int:
        """Return N."""
        return len(self.values)


def read_image_sets(folder: Path, *, quick: bool = False) -> dict[str, Images]:
    """
    Read MNIST, KMNIST and Fashion-MNIST, and draw; a quick run has a tenth of everything.

    Returns
    -------
    dict of str to Images
        ``all`` and ``drawn``, training images first; `OTHERS`, test images of three data sets;
        ``no-images``, whose labels count the distributions.
    """
    part = 10 if quick else 1
    train, train_labels = _read(folder / "mnist.npz", "train")
    test, test_labels = _read(folder / "mnist.npz", "test")
    if quick:
        train, train_labels, test, test_labels = (
            values[: len(values) // part] for values in (train, train_labels, test, test_labels)
        )
    random = np.random.default_rng(0)
    chosen = random.choice(len(train), _DRAWN[0] // part, replace=False)
    order = random.permutation(len(test))
    of_test, left = np.split(order, [_DRAWN[1] // part])
    left = left[: _PER_SET // part]
    sets = {
        "all": _joined(train, train_labels, test, test_labels),
        "drawn": _joined(train[chosen], train_labels[chosen], test[of_test], test_labels[of_test]),
        "mnist": Images(_scaled(test[left]), test_labels[left]),
    }
    for name, file in (("kmnist", "kmnist"), ("fashion", "fashion_mnist_core")):
        images, labels = _read(folder / f"{file}.npz", "test")
        rows = random.choice(len(images), _PER_SET // part, replace=False)
        sets[name] = Images(_scaled(images[rows]), labels[rows])
    count = _PER_DISTRIBUTION // part
    drawn = [inputs_of(name, count, _scaled(train), _scaled(test)) for name in DISTRIBUTIONS]
    sets["no-images"] = Images(np.concatenate(drawn), np.repeat(np.arange(len(drawn)), count))
    return sets


def _read(path: Path, split: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    with np.load(path, allow_pickle=False) as arrays:
        return arrays[f"{split}_images"], arrays[f"{split}_labels"].astype(np.int64)


def _joined(
    train: npt.NDArray[np.uint8],
    train_labels: npt.NDArray[np.int64],
    test: npt.NDArray[np.uint8],
    test_labels: npt.NDArray[np.int64],
) -> Images:
    parts: Sequence[npt.NDArray[np.uint8]] = (train, test)
    return Images(
        _scaled(np.concatenate(parts)), np.concatenate([train_labels, test_labels]), len(train)
    )


def _scaled(images: npt.NDArray[np.uint8]) -> FloatArray:
    return (images[:, None] / np.float32(255)).astype(np.float32)
