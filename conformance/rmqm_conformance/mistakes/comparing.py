"""Known mistakes of comparisons: RMQM-PRO-003 and RMQM-PRO-004."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rmqm_conformance.mistakes.contents import ABSENT, standing_at
from rmqm_conformance.mistakes.writing import read
from rmqm_conformance.recording import Exchange

__all__ = ["mistakes_of_comparison"]

_COMPARED: Final = (
    "specification",
    "variant",
    "alteration",
    "J",
    "schedule",
    "seed",
    "bounds",
    "coupling",
    "generator",
    "resolution",
    "geometry",
    "set_of_inputs",
)


def mistakes_of_comparison(exchange: Exchange, pointers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a comparison, by the two documents."""
    first, second = (read(exchange.arguments[key]) for key in ("first", "second"))
    if not isinstance(first, dict) or not isinstance(second, dict) or not first or not second:
        return ["compares texts that are no documents"] if exchange.answer else []
    unlike = [words for name in _COMPARED for words in _unlike(name, first, second, pointers)]
    if exchange.answer is None:
        return [] if unlike else [*_refused(first, second, pointers)]
    if unlike:
        return [f"compares documents that differ in {words}" for words in unlike]
    absent = [n for n in _COMPARED if standing_at(first, pointers[n]) is ABSENT]
    if absent:
        return [f"leaves `{name}` out of documents (at {pointers[name]})" for name in absent]
    return [*_difference(first.get("rmqm"), second.get("rmqm"), exchange.answer["difference"])]


def _unlike(name: str, first: Any, second: Any, pointers: Mapping[str, str]) -> Iterator[str]:
    a, b = (standing_at(document, pointers[name]) for document in (first, second))
    if a is ABSENT or b is ABSENT or a == b:
        return
    if isinstance(a, dict) and isinstance(b, dict):
        yield from (f"`{key}`" for key in a if key in b and a[key] != b[key])
    else:
        yield f"`{name}`"


def _refused(first: Any, second: Any, pointers: Mapping[str, str]) -> Iterator[str]:
    for name in ("preprocessing", "encoder", "output", "pooling"):
        a, b = (standing_at(document, pointers[name]) for document in (first, second))
        if a != b:
            yield f"refuses to compare documents that differ in `{name}`, which is no protocol"


def _difference(a: Any, b: Any, got: float) -> Iterator[str]:
    if a is None or b is None:
        if got == (a or 0.0) - (b or 0.0):
            yield "counts an undefined score as zero in a difference"
    elif got == b - a:
        yield "subtracts the first score from the second"
    elif got == abs(a - b):
        yield "gives the absolute value of a difference"
