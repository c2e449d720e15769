"""What an encoder knows of the class of an image, and of the angle by which it is turned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.nnk import all_neighbourhoods, interpolated, predictions, votes_of_rules
from studies.nnk.rotation.images import (
    QUARTERS,
    Labelled,
    Pixels,
    RotationImages,
    quarters,
    rotated,
)

__all__ = ["TASKS", "accuracies", "angular_error"]

Float64Array = npt.NDArray[np.float64]
Encode = Callable[[Pixels], Float64Array]

TASKS: Final = ("class", "class-turned", "quarter", "angle")
"""Names; the value of ``angle`` is an error in degrees, of the others an accuracy."""

_PENALTIES: Final = tuple(10.0**power for power in range(-3, 5))
_CANDIDATES: Final = 50
_SEEDS: Final = {"trained": 1, "judged": 2}


@frozen(eq=False)
class _Part:
    """
    Encodings (N, E) of one part of the images under each treatment, and what is asked of them.

    Parameters
    ----------
    upright, turned, quartered : (N, E) ndarray
        Unit encodings.
    labels, quarters : (N,) ndarray of int
        Classes, and quarters of a turn.
    degrees : (N,) ndarray
        Any angle.
    """

    upright: Float64Array
    turned: Float64Array
    quartered: Float64Array
    labels: npt.NDArray[np.int64]
    quarters: npt.NDArray[np.int64]
    degrees: Float64Array


def accuracies(encode: Encode, images: RotationImages) -> Mapping[str, float]:
    """
    Return the values of all tasks, by ``TASK_ridge`` and ``TASK_nnk``.

    Parameters
    ----------
    encode : callable
        From images (N, S, S) to encodings (N, E).
    images : RotationImages
        What the probes learn from, and what judges them.
    """
    known = _part(encode, images.trained(), _SEEDS["trained"])
    asked = _part(encode, images.judged(), _SEEDS["judged"])
    questions = {
        "class": (known.upright, known.labels, asked.upright, asked.labels),
        "class-turned": (known.turned, known.labels, asked.turned, asked.labels),
        "quarter": (known.quartered, known.quarters, asked.quartered, asked.quarters),
    }
    values = {}
    for name, question in questions.items():
        values[f"{name}_ridge"] = _ridge_accuracy(*question)
        values[f"{name}_nnk"] = _nnk_accuracy(*question)
    by_ridge = _ridge_points(known.turned, on_circle(known.degrees), asked.turned)
    by_nnk = _nnk_points(known.turned, on_circle(known.degrees), asked.turned)
    values["angle_ridge"] = angular_error(by_ridge, asked.degrees)
    values["angle_nnk"] = angular_error(by_nnk, asked.degrees)
    return values


def on_circle(degrees: Float64Array) -> Float64Array:
    """Return cosine and sine (N, 2) of angles (N,)."""
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def angular_error(points: Float64Array, degrees: Float64Array) -> float:
    """
    Return the mean absolute error of the angles of points, in degrees from 0 to 180.

    Parameters
    ----------
    points : (N, 2) ndarray
        Predicted cosines and sines, of any length.
    degrees : (N,) ndarray
        The angles.

    Examples
    --------
    >>> angular_error(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([350.0, 80.0]))
    10.0
    """
    predicted = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    difference = (predicted - degrees + 180) % 360 - 180
    return float(np.abs(difference).mean().round(9))


def _part(encode: Encode, images: Labelled, seed: int) -> _Part:
    n_images = len(images.images)
    degrees = np.random.default_rng(seed).uniform(0, 360, n_images)
    quarter = quarters(n_images, seed)
    return _Part(
        upright=_unit(encode(images.images)),
        turned=_unit(encode(rotated(images.images, degrees))),
        quartered=_unit(encode(rotated(images.images, quarter * (360.0 / QUARTERS)))),
        labels=images.labels,
        quarters=quarter,
        degrees=degrees,
    )


def _ridge_accuracy(known: Float64Array, answers: Any, asked: Float64Array, right: Any) -> float:
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), RidgeClassifierCV(_PENALTIES)).fit(known, answers)
    return float(probe.score(asked, right))


def _ridge_points(known: Float64Array, points: Float64Array, asked: Float64Array) -> Float64Array:
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), RidgeCV(_PENALTIES)).fit(known, points)
    return np.asarray(probe.predict(asked))


def _nnk_accuracy(known: Float64Array, answers: Any, asked: Float64Array, right: Any) -> float:
    votes = votes_of_rules(asked, known, answers, min(_CANDIDATES, len(known)))["nnk"]
    return float(np.mean(predictions(votes) == right))


def _nnk_points(known: Float64Array, points: Float64Array, asked: Float64Array) -> Float64Array:
    found = all_neighbourhoods(asked, known, min(_CANDIDATES, len(known)))
    return interpolated(found.indices, found.shares, points)


def _unit(rows: Float64Array) -> Float64Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
