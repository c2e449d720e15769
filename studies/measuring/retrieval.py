"""Retrieval by cosine: every image is asked among all others of the task."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["mean_average_precision", "recall_at_1"]


def recall_at_1(encodings: npt.NDArray[np.floating], labels: npt.NDArray[np.integer]) -> float:
    """
    Return the share of images whose most similar other image is of their class.

    Parameters
    ----------
    encodings : (N, E) ndarray
        Unit encodings.
    labels : (N,) ndarray
        Classes. Images that are the only ones of theirs are not asked.

    Examples
    --------
    >>> recall_at_1(np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]), np.array([0, 0, 0]))
    1.0
    """
    return float(np.mean([right[0] for right in _answers(encodings, labels)]))


def mean_average_precision(
    encodings: npt.NDArray[np.floating], labels: npt.NDArray[np.integer]
) -> float:
    """
    Return the mean over images of the average precision over all other images.

    The average precision of an image is the mean, over the others of its class, of the share of
    its class among all that are at least as high in the order. Parameters are those of
    `recall_at_1`.

    Examples
    --------
    >>> encodings = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]])
    >>> round(mean_average_precision(encodings, np.array([0, 1, 0, 1])), 3)
    0.417
    """
    return float(np.mean([_average_precision(right) for right in _answers(encodings, labels)]))


def _answers(
    encodings: npt.NDArray[np.floating], labels: npt.NDArray[np.integer]
) -> list[npt.NDArray[np.bool_]]:
    """Return for each image which of the others, the most similar first, are of its class."""
    similar = np.asarray(encodings, np.float64) @ np.asarray(encodings, np.float64).T
    # The image itself comes first, whatever rounding says, and is left out; ties keep their order.
    np.fill_diagonal(similar, np.inf)
    order = np.argsort(-similar, axis=1, kind="stable")[:, 1:]
    right = labels[order] == labels[:, None]
    asked = [row for row in right if row.any()]
    if not asked:
        raise ValueError("retrieval needs a class with two images; every class has one")
    return asked


def _average_precision(right: npt.NDArray[np.bool_]) -> float:
    places = np.flatnonzero(right)
    return float(np.mean(np.arange(1, len(places) + 1) / (places + 1)))
