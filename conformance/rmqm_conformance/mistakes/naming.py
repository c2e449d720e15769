"""Name the likely mistakes behind a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.description import Description
from rmqm_conformance.mistakes import (
    distances,
    inputs,
    intervals,
    losses,
    mapping,
    metric,
    neighbourhoods,
    noise,
    pgd,
    pooling,
    spectra,
    whole,
)
from rmqm_conformance.mistakes.by_check import mistake_of_check
from rmqm_conformance.mistakes.comparing import mistakes_of_comparison
from rmqm_conformance.mistakes.encoders import mistakes_of_encoder
from rmqm_conformance.mistakes.impossible import wrong_with
from rmqm_conformance.mistakes.known import Table, same_bits
from rmqm_conformance.mistakes.writing import mistakes_of_document
from rmqm_conformance.problems import Refused, Violation
from rmqm_conformance.recording import Exchange

__all__ = ["TABLES", "likely_mistakes"]

TABLES: Final[tuple[Table, ...]] = (
    *metric.TABLES,
    *intervals.TABLES,
    *distances.TABLES,
    *noise.TABLES,
    *pgd.TABLES,
    *losses.TABLES,
    *inputs.TABLES,
    *mapping.TABLES,
    *pooling.TABLES,
    *neighbourhoods.TABLES,
    *spectra.TABLES,
    *whole.TABLES,
)
"""All tables of known mistakes."""

_DRAWING: Final = {"white_noise", "pgd_path"}
_SHORT: Final = 80
_AT_MOST: Final = 20_000
"""Values of an array in a request whose answer is computed once for every mistake."""

_NUMBER: Final = re.compile(r"(?<![\w.-])-?\d[\d.]*(?:e[+-]?\d+)?")
"""Values in a message, which differ from failure to failure of the same kind."""


def likely_mistakes(
    check: Check,
    problem: Violation | Refused,
    exchanges: Sequence[Exchange],
    description: Description,
) -> tuple[str, ...]:
    """
    Return the mistakes that explain a failure, the likeliest first.

    Parameters
    ----------
    check : Check
        The check that failed.
    problem : Violation or Refused
        How it failed.
    exchanges : sequence of Exchange
        What was asked last, and the answers.
    description : Description
        The implementation in its own words.
    """
    listed = list(exchanges)
    found = [
        *_answered_impossible(listed),
        *_betrayed(listed, description),
        *_computed(listed, description),
    ]
    if not found:
        found = [*_by_check(check, problem)]
    return tuple(dict.fromkeys(found))


def _answered_impossible(exchanges: list[Exchange]) -> Iterator[str]:
    """Yield what should have been refused in the last request, if it was answered."""
    if exchanges and exchanges[-1].answer is not None:
        last = exchanges[-1]
        for words in wrong_with(last.operation, last.arguments):
            yield f"does not refuse {words}"


def _computed(exchanges: list[Exchange], description: Description) -> Iterator[str]:
    by_operation: dict[str, list[Exchange]] = {}
    draws_its_own = "generator" not in description.claims
    for exchange in exchanges:
        if _is_large(exchange) or (draws_its_own and exchange.operation == "white_noise"):
            continue
        if not wrong_with(exchange.operation, exchange.arguments):
            by_operation.setdefault(exchange.operation, []).append(exchange)
    for table in TABLES:
        if table.operation in by_operation:
            yield from table.likely(by_operation[table.operation])


def _is_large(exchange: Exchange) -> bool:
    """Tell whether hundreds of mistakes would take long to compute."""
    values = (*exchange.arguments.values(), *(exchange.answer or {}).values())
    return max(map(np.size, values), default=0) > _AT_MOST


def _betrayed(exchanges: list[Exchange], description: Description) -> Iterator[str]:
    """Yield mistakes that answers show by themselves."""
    pointers = description.pointers
    yield from _answered_otherwise(exchanges)
    yield from mistakes_of_encoder(exchanges)
    for exchange in exchanges:
        if exchange.operation == "document":
            yield from mistakes_of_document(exchange, pointers)
    if exchanges and exchanges[-1].operation == "compare":
        compared = [exchange for exchange in exchanges if exchange.operation == "compare"]
        yield from mistakes_of_comparison(compared, pointers)


def _answered_otherwise(exchanges: list[Exchange]) -> Iterator[str]:
    """Yield a mistake if a request was repeated and answered differently."""
    drawn = [exchange for exchange in exchanges if exchange.operation in _DRAWING]
    for one, other in combinations(drawn, 2):
        if one.operation == other.operation and same_bits(one.arguments, other.arguments):
            given = (one.answer or {}, other.answer or {})
            if not same_bits(*given):
                yield "answers the same request differently: draws anew every time"
                return


def _by_check(check: Check, problem: Violation | Refused) -> Iterator[str]:
    """Yield what the check itself tells: it can fail by a single mistake, or says what broke it."""
    if words := mistake_of_check(check.id):
        yield words
    elif isinstance(problem, Violation) and problem.mistake:
        yield problem.mistake
    else:
        refusal = problem if isinstance(problem, Refused) else problem.__cause__
        if isinstance(refusal, Refused):
            said = _NUMBER.sub("…", refusal.message)[:_SHORT]
            yield f"refuses what must be answered; it says: {said}"
