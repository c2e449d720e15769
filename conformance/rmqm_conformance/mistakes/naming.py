"""Name the likely mistakes behind a failure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rmqm_conformance.checks import Check
from rmqm_conformance.mistakes import distances, inputs, losses, mapping, metric, noise, pgd
from rmqm_conformance.mistakes.known import Table
from rmqm_conformance.problems import Violation
from rmqm_conformance.recording import Exchange

__all__ = ["TABLES", "likely_mistakes"]

TABLES: Final[tuple[Table, ...]] = (
    *metric.TABLES,
    *distances.TABLES,
    *noise.TABLES,
    *pgd.TABLES,
    *losses.TABLES,
    *inputs.TABLES,
    *mapping.TABLES,
)
"""All tables of known mistakes."""


def likely_mistakes(
    check: Check, problem: Exception, exchanges: Iterable[Exchange]
) -> tuple[str, ...]:
    """
    Return the mistakes that explain a failure, the likeliest first.

    Parameters
    ----------
    check : Check
        The check that failed.
    problem : Exception
        How it failed.
    exchanges : iterable of Exchange
        What was asked last, and the answers.
    """
    by_operation: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        by_operation.setdefault(exchange.operation, []).append(exchange)
    found = [
        words
        for table in TABLES
        if table.operation in by_operation
        for words in table.likely(by_operation[table.operation])
    ]
    return tuple(dict.fromkeys(found))
