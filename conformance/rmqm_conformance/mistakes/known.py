"""What a table of known mistakes is: for each, what an implementation with it would answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen

from rmqm_conformance.recording import Exchange

__all__ = [
    "Answer",
    "Answering",
    "Table",
    "changed",
    "coarse",
    "parts",
    "same_bits",
    "same_numbers",
    "within",
]

Answer: TypeAlias = dict[str, Any]
Answering: TypeAlias = Callable[..., Answer]
"""Called with the arguments of an operation, it returns the results that it compares."""


@frozen(kw_only=True)
class Table:
    """
    The known mistakes of an operation.

    Parameters
    ----------
    operation : str
        The operation.
    right : callable
        What the specification answers.
    same : callable
        Whether an answer is an expected one.
    mistakes : mapping of str to callable
        For each mistake in words, what an implementation with it answers.
    fits : callable
        Whether a request is small enough to be computed again many times.
    seen : callable
        What a wrong answer shows beside the right one, in words; asked where no mistake explains
        the wrong answers.
    """

    operation: str
    right: Answering
    same: Callable[[Answer, Answer], bool]
    mistakes: Mapping[str, Answering]
    fits: Callable[[Mapping[str, Any]], bool]
    seen: Callable[[Answer, Answer], str] = field(default=lambda answer, expected: "")

    def likely(self, exchanges: Iterable[Exchange]) -> tuple[str, ...]:
        """Return the mistakes that explain every wrong answer and no right one."""
        wrong, fine, shown = [], [], []
        for exchange in exchanges:
            if exchange.answer is None or not self.fits(exchange.arguments):
                continue
            expected = self.answer(self.right, exchange)
            if expected is None:
                continue
            if self.same(exchange.answer, expected):
                fine.append(exchange)
            else:
                wrong.append(exchange)
                shown.append(self.seen(exchange.answer, expected))
        if not wrong:
            return ()
        named = tuple(
            words
            for words, answering in self.mistakes.items()
            if all(self._explains(answering, exchange) for exchange in (*wrong, *fine))
        )
        return named or (tuple(shown[:1]) if shown[0] and len(set(shown)) == 1 else ())

    def _explains(self, answering: Answering, exchange: Exchange) -> bool:
        expected = self.answer(answering, exchange)
        return expected is not None and self.same(exchange.answer or {}, expected)

    def answer(self, answering: Answering, exchange: Exchange) -> Answer | None:
        """Compute an answer; None for requests that have none."""
        try:
            with np.errstate(all="ignore"):
                return answering(**exchange.arguments)
        except Exception:  # wrong formulas break in any way on unusual arguments
            return None


def within(largest: int) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether no argument of a request holds more values."""

    def fits(arguments: Mapping[str, Any]) -> bool:
        return max(map(np.size, arguments.values()), default=0) <= largest

    return fits


def changed(base: type[Any], operation: str, /, **parts: Any) -> Answering:
    """
    Return an operation of a reference some of whose parts are replaced.

    Parameters
    ----------
    base : type
        The reference: a class whose methods are the parts of a definition.
    operation : str
        Name of the method that answers.
    **parts : callable or object
        What takes the place of methods and attributes.
    """
    made = type(base.__name__, (base,), parts)()
    answering: Answering = getattr(made, operation)
    return answering


def parts(**replaced: Any) -> dict[str, Any]:
    """Return the parts of a reference that a mistake replaces, by their names."""
    return replaced


def same_numbers(answer: Answer, expected: Answer) -> bool:
    """Compare what is expected, up to the rounding of float64."""
    return all(_near(answer[key], value) for key, value in expected.items())


def same_bits(answer: Answer, expected: Answer) -> bool:
    """Compare what is expected: types, shapes and bits of arrays, and other values exactly."""
    return all(_equal(answer.get(key), value) for key, value in expected.items())


def coarse(answer: Answer, expected: Answer) -> str:
    """Tell whether an answer is right to about seven digits alone, as float32 has them."""
    for key, should in expected.items():
        got = answer[key]
        if isinstance(should, float | np.ndarray) and np.shape(got) == np.shape(should):
            if not np.allclose(got, should, rtol=1e-5, atol=1e-7, equal_nan=True):
                return ""
        elif got != should:
            return ""
    return "computes with about seven digits, as float32 has them"


def _near(got: Any, should: Any) -> bool:
    if got is None or should is None or isinstance(should, str | list):
        return bool(got == should)
    if np.shape(got) != np.shape(should):
        return False
    return bool(np.allclose(got, should, rtol=1e-9, atol=1e-13, equal_nan=True))


def _equal(got: Any, should: Any) -> bool:
    if isinstance(should, Mapping):
        return isinstance(got, Mapping) and same_bits(dict(got), dict(should))
    if not isinstance(should, np.ndarray) or not isinstance(got, np.ndarray):
        return type(got) is type(should) and bool(got == should)
    alike = got.shape == should.shape and got.dtype == should.dtype
    return alike and got.tobytes() == should.tobytes()
