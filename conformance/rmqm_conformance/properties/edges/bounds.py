"""Laws of values at the very bounds: RMQM-INP-008, wherever bounds are taken."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.laws import walk
from rmqm_conformance.operations import operation
from rmqm_conformance.properties.edges.values import INTEGERS
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_refusal, require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

PAIRS = ((0.0, 1.0), (-2.5, 3.5), (0.1, 0.7), (-5.0, -2.0), (0.0, 1e-6), (0.0, 1e4), (-0.3, 0.3))


def _at_and_beyond(dtype: str, low: float, high: float) -> Iterator[tuple[Array, Array]]:
    """Yield each bound in a type, and the number of the type that follows outside."""
    kind = np.dtype(dtype).type
    for bound, away in ((kind(high), kind(np.inf)), (kind(low), kind(-np.inf))):
        yield np.array(bound), np.array(np.nextafter(bound, away))


def _altered(name: str) -> Check:
    @walk(f"RMQM-INP-008/last-place-{name.replace('_', '-')}", needs=operation(name).needs)
    def last_place(subject: Subject) -> None:
        """The bounds, rounded to the type, are inside; the next number is refused."""
        for dtype in ("<f4", "<f8"):
            for low, high in PAIRS[: 3 if name in {"evaluate", "document"} else None]:
                request = sound(name) | {"low": low, "high": high}
                for inside, outside in _at_and_beyond(dtype, low, high):
                    values = np.full((2, 4), (low + high) / 2, dtype)
                    values[1, 2] = inside
                    subject.perform(name, **request | {"inputs": values})
                    values[1, 2] = outside
                    _require_refusal(subject, name, request | {"inputs": values}, outside)

    return last_place


@walk("RMQM-INP-008/last-place", needs="inputs")
def last_place_of_arrays(subject: Subject) -> None:
    """The bounds, rounded to the type, are inside; the next number is refused."""
    for dtype in ("<f2", "<f4", "<f8"):
        for low, high in PAIRS:
            for inside, outside in _at_and_beyond(dtype, low, high):
                kinds = ("array", "image") if (low, high) == (0.0, 1.0) else ("array",)
                for kind in kinds:
                    request = {"kind": kind, "low": low, "high": high}
                    values = np.full((1, 2, 3), (low + high) / 2, dtype)
                    values[0, 1, 1] = inside
                    subject.perform("prepare", input=values, **request)
                    values[0, 1, 1] = outside
                    _require_refusal(subject, "prepare", {"input": values, **request}, outside)


@walk("RMQM-INP-008/integers", needs="inputs")
def integers(subject: Subject) -> None:
    """Integers and truth values are held against the bounds as well, at both ends."""
    for dtype in INTEGERS:
        info = np.iinfo(dtype)
        wide = {"kind": "array", "low": min(-0.5, 1.0 * info.min), "high": 1.0 * info.max}
        ends = np.array([info.min, 0, info.max], dtype)
        subject.perform("prepare", input=ends, **wide)
        for low, high, bad in ((-0.5, 3.5, 4), (-0.5, 100.0, 101), (5.0, 127.0, 4)):
            request = {"kind": "array", "low": low, "high": high}
            subject.perform("prepare", input=np.array([5, 5], dtype) - (high < 5) * 3, **request)
            given = np.array([5 if high > 5 else 3, bad], dtype)
            _require_refusal(subject, "prepare", {"input": given, **request}, given[1])
        if info.min < 0:
            given, request = np.array([0, -1], dtype), {"kind": "array", "low": 0.0, "high": 9.0}
            _require_refusal(subject, "prepare", {"input": given, **request}, given[1])
        far = np.array([info.max], dtype)
        request = {"kind": "array", "low": -9.0, "high": info.max / 2}
        _require_refusal(subject, "prepare", {"input": far, **request}, far[0])
    truth = np.array([False, True])
    subject.perform("prepare", input=truth, kind="array", low=0.0, high=1.0)
    for low, high, value in ((0.0, 0.5, True), (0.5, 1.0, False)):
        request = {"input": truth, "kind": "array", "low": low, "high": high}
        _require_refusal(subject, "prepare", request, np.array(value))


def _require_refusal(subject: Subject, name: str, request: dict[str, Any], outside: Array) -> None:
    value, kind = outside.item(), outside.dtype.name
    why = f"the {kind} value {value!r} in [{request['low']}, {request['high']}]"
    require_refusal(subject, name, why=why, **request)


@walk("RMQM-INP-007/half-precision-at-bounds", needs="inputs", also="RMQM-INP-008")
def half_precision(subject: Subject) -> None:
    """A float16 value at a bound is kept as it is when its type changes, also past the bound."""
    for low, high in PAIRS:
        given = np.array([low, high], "<f2")
        got = subject.perform("prepare", input=given, kind="array", low=low, high=high)["values"]
        what = f"values of float16 in [{low}, {high}]"
        require_same_bits(what, got, given.astype("<f4" if got.itemsize == 4 else "<f8"))


CHECKS = (
    last_place_of_arrays,
    half_precision,
    integers,
    *map(_altered, ("white_noise", "evaluate", "pgd_step", "pgd_path", "document")),
)
