"""Known mistakes of comparisons: RMQM-PRO-003 and RMQM-PRO-004."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from rmqm_conformance.document_places import ABSENT, PROTOCOL, standing_at
from rmqm_conformance.mistakes.writing import read
from rmqm_conformance.recording import Exchange

__all__ = ["mistakes_of_comparison"]


def mistakes_of_comparison(exchanges: Sequence[Exchange], pointers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the last of some comparisons, by their documents."""
    exchange = exchanges[-1]
    first, second = (read(exchange.arguments[key]) for key in ("first", "second"))
    if not isinstance(first, dict) or not isinstance(second, dict) or not first or not second:
        return ["compares texts that are no documents"] if exchange.answer else []
    unlike = [words for name in PROTOCOL for words in _unlike(name, first, second, pointers)]
    if exchange.answer is None:
        return [] if unlike else [*_refused(first, second, pointers)]
    if unlike:
        return [f"compares documents that differ in {words}" for words in unlike]
    absent = [n for n in PROTOCOL if standing_at(first, pointers[n]) is ABSENT]
    if absent:
        return [f"leaves `{name}` out of documents (at {pointers[name]})" for name in absent]
    return [words for words, wrong in _DIFFERENCES.items() if all(map(wrong, exchanges))]


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


def _of_scores(way: Callable[[Any, Any], float | None]) -> Callable[[Exchange], bool]:
    """Return whether an answer is what a wrong way to subtract scores gives."""

    def wrong(exchange: Exchange) -> bool:
        if exchange.answer is None:
            return False
        scores = [(read(exchange.arguments[key]) or {}).get("rmqm") for key in ("first", "second")]
        return bool(exchange.answer["difference"] == way(*scores))

    return wrong


def _where_known(way: Callable[[float, float], float]) -> Callable[[Any, Any], float | None]:
    return lambda a, b: None if a is None or b is None else way(a, b)


_DIFFERENCES: Final = {
    "gives the absolute value of a difference": _of_scores(_where_known(lambda a, b: abs(a - b))),
    "subtracts the first score from the second": _of_scores(_where_known(lambda a, b: b - a)),
    "counts an undefined score as zero in a difference": _of_scores(
        lambda a, b: (a or 0.0) - (b or 0.0) if a is None or b is None else a - b
    ),
}
