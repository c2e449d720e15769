"""The images that encoders are measured on and judged by, as .npz files in a working folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from attrs import frozen
from PIL import Image

__all__ = ["MNIST_TASKS", "Task", "mnist_source", "mnist_tasks"]

MNIST_TASKS: Final = ("kmnist", "fashion", "omniglot", "mnist")
_OF_EACH = 2_000
_CHARACTERS = 75


@frozen
class Task:
    """
    Labelled images.

    Parameters
    ----------
    name : str
        Name of the task.
    file : Path
        An .npz with ``images`` and ``labels``.
    """

    name: str
    file: Path


def mnist_source(data: Path, folder: Path, n_images: int) -> Path:
    """Write the first test images of MNIST, without labels; return the file."""
    with np.load(data / "mnist.npz", allow_pickle=False) as arrays:
        return _written(folder / f"mnist_{n_images}.npz", images=arrays["test_images"][:n_images])


def mnist_tasks(data: Path, folder: Path, n_images: int = _OF_EACH) -> list[Task]:
    """
    Write the tasks of 28 x 28 images: KMNIST, Fashion-MNIST, Omniglot and MNIST itself.

    Parameters
    ----------
    data : Path
        Folder with ``kmnist.npz``, ``fashion_mnist_core.npz``, ``omniglot_evaluation.npz`` and
        ``mnist.npz``.
    folder : Path
        Receives the files.
    n_images : int
        Images of a task; none of MNIST's is among the first 1,000 test images.
    """
    tasks = []
    for name, file, first in (
        ("kmnist", "kmnist.npz", 0),
        ("fashion", "fashion_mnist_core.npz", 0),
        ("mnist", "mnist.npz", 1_000),
    ):
        with np.load(data / file, allow_pickle=False) as arrays:
            images = arrays["test_images"][first : first + n_images]
            labels = arrays["test_labels"][first : first + n_images]
        path = _written(folder / f"{name}_{n_images}.npz", images=images, labels=labels)
        tasks.append(Task(name, path))
    with np.load(data / "omniglot_evaluation.npz", allow_pickle=False) as arrays:
        chosen = arrays["labels"] < max(2, min(_CHARACTERS, n_images // 20))
        images, labels = arrays["images"][chosen], arrays["labels"][chosen]
    strokes = images if np.median(images) < 128 else 255 - images
    small = np.stack(
        [
            np.asarray(Image.fromarray(image).resize((28, 28), Image.Resampling.BOX))
            for image in strokes
        ]
    )
    path = _written(folder / f"omniglot_{n_images}.npz", images=small, labels=labels)
    tasks.append(Task("omniglot", path))
    return tasks


def _written(path: Path, **arrays: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path
