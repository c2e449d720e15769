"""Laws of arrays that are no images: RMQM-INP-003, RMQM-INP-006, RMQM-INP-008."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.edges.values import INTEGERS
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


NO_IMAGES: Final[tuple[tuple[int, ...], ...]] = (
    (),
    (3,),
    (2, 4, 5, 3),
    (2, 4, 5, 1),
    (1, 1, 4, 5, 3),
)
"""Shapes of a single number, a row, and batches."""


@walk("RMQM-INP-003/no-image", needs="inputs", also="RMQM-INP-009")
def no_image(subject: Subject) -> None:
    """No channel of an image is dropped and no axis moved; a row or a batch is no image."""
    for dtype in ("|u1", "<f4", "<f8"):
        for shape in ((4, 5, 2), (4, 5, 4), (4, 5, 5), (1, 5, 6), (3, 5, 6)):
            image = _of(shape, dtype)
            got = _prepared(subject, image)
            whole = got is None or got.shape == (shape[2], *shape[:2])
            require(whole, f"prepare must refuse an image of shape {shape}, or keep all of it")
        for other in NO_IMAGES:
            got = _prepared(subject, _of(other, dtype))
            require(got is None, f"prepare must refuse an image of shape {other}; it answers")


def _of(shape: tuple[int, ...], dtype: str) -> Array:
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape) % 7
    return values.astype(dtype) if dtype == "|u1" else (values / 7).astype(dtype)


def _prepared(subject: Subject, image: Array) -> Array | None:
    """Return the prepared image; None if it is refused, or ends in an error."""
    asked: dict[str, Any] = {"kind": "image", "low": 0.0, "high": 1.0}
    try:
        values: Array = subject.perform("prepare", input=image, **asked)["values"]
    except (Refused, Errored):
        return None
    return values


@walk("RMQM-INP-006/eight-bits-alone", needs="inputs", also="RMQM-INP-003 RMQM-INP-008")
def eight_bits_alone(subject: Subject) -> None:
    """Integers of another type than eight bits without a sign are not divided by anything."""
    for dtype in (*INTEGERS, "|b1"):
        if dtype == "|u1":
            continue
        within = np.array([0, 1, 1, 0, 1, 0]).reshape(2, 1, 3).astype(dtype)
        got = _prepared(subject, within)
        kept = got is None or np.array_equal(got, within.transpose(2, 0, 1).astype("<f4"))
        require(kept, f"an image of {dtype} may be refused, but keeps 0 and 1; got {got!r:.80}")
        for bad in (-1, 2, 100, 255, 1000) if dtype != "|b1" else ():
            if np.iinfo(dtype).min <= bad <= np.iinfo(dtype).max:
                outside = within.copy()
                outside[1, 0, 1] = bad
                got = _prepared(subject, outside)
                require(got is None, f"prepare must refuse {bad} in an image of {dtype}", got=got)


CHECKS = (no_image, eight_bits_alone)
