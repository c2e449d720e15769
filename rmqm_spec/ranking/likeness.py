"""What the encoders of a ranking have in common: architecture, and size of the encodings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, Final

from attrs import frozen

__all__ = ["Likeness", "likeness"]

_NO_COMPUTATION: Final = frozenset({"Cast", "Constant", "Dropout", "Identity"})
"""Operators that exporters add or leave out as they like."""


@frozen
class Likeness:
    """
    What all encoders of a ranking have in common.

    Parameters
    ----------
    architecture : bool or None
        Whether their networks have the same operators, each equally often; widths may differ. None
        where the operators of one are not known.
    size : bool or None
        Whether their encodings have equally many values; None where that is not known.
    """

    architecture: bool | None
    size: bool | None


def likeness(ranked: Sequence[Mapping[str, Any]]) -> Likeness:
    """
    Return what encoders have in common.

    Parameters
    ----------
    ranked : sequence of mapping
        Encoders of a ranking (``ranked`` of ``rmqm-rank/1``).

    Examples
    --------
    >>> conv = {"model": {"operators": {"Conv": 2, "Relu": 1}}, "output": {"shape": [64]}}
    >>> exported = {"model": {"operators": {"Conv": 2, "Identity": 3, "Relu": 1}}, "output": None}
    >>> likeness([conv, exported])
    Likeness(architecture=True, size=None)
    """
    return Likeness(_all_equal(map(_operators, ranked)), _all_equal(map(_size, ranked)))


def _operators(encoder: Mapping[str, Any]) -> dict[str, int] | None:
    operators = (encoder.get("model") or {}).get("operators")
    if operators is None:
        return None
    return {name: count for name, count in operators.items() if name not in _NO_COMPUTATION}


def _size(encoder: Mapping[str, Any]) -> int | None:
    shape = (encoder.get("output") or {}).get("shape")
    return None if shape is None else prod(shape)


def _all_equal(values: Iterable[object]) -> bool | None:
    known = list(values)
    if any(value is None for value in known):
        return None
    return all(value == known[0] for value in known)
