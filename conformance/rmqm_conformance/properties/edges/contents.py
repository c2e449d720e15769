"""Laws of ids at the edge of types: RMQM-INP-002."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.edges.values import (
    INTEGERS,
    integers_of,
    not_numbers_of,
    small_of,
)
from rmqm_conformance.properties.helpers import hash_of
from rmqm_conformance.require import require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "inputs"
FLOATS = ("<f2", "<f4", "<f8")


def _require_id(subject: Subject, array: Array) -> None:
    should = hash_of(array)
    got = subject.perform("content_id", input=array)["id"]
    require_equal(f"id of {array.dtype} {array.ravel()[:8]} of shape {array.shape}", got, should)


@walk("RMQM-INP-002/ends-of-types", needs=NEEDS)
def ends_of_types(subject: Subject) -> None:
    """Every bit of a value counts: large integers, subnormals, the sign of zero, and NaN."""
    for dtype in INTEGERS:
        _require_id(subject, integers_of(dtype))
    for dtype in FLOATS:
        _require_id(subject, small_of(dtype))
        _require_id(subject, -small_of(dtype))
        for value in not_numbers_of(dtype):
            _require_id(subject, np.full((1, 2), value))


@walk("RMQM-INP-002/odd-shapes", needs=NEEDS)
def odd_shapes(subject: Subject) -> None:
    """A single number has no axes; axes of length 1 count; no values have an id, or are refused."""
    for dtype in (*FLOATS, *INTEGERS, "|b1"):
        for shape in ((), (1,), (1, 1), (1, 3, 1), (1, 1, 1, 2, 1)):
            _require_id(subject, np.ones(shape, dtype))
    for shape in ((0,), (2, 0), (0, 2)):
        try:
            _require_id(subject, np.ones(shape))
        except Refused:
            continue


CHECKS = (ends_of_types, odd_shapes)
