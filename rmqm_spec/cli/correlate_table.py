"""Correlations as a table, as wide as the terminal allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rmqm_spec.correlation.correlating import Correlation, Estimate
from rmqm_spec.correlation.document import LIMITS
from rmqm_spec.screen.table import TableColumn, fits, table_lines

__all__ = ["correlation_lines"]

_HEADER = ("score", "probe", "task", "n", "Pearson r", "Spearman rho", "Kendall tau-b")


def correlation_lines(correlations: Sequence[Correlation]) -> Iterator[str]:
    """Return the table, how its numbers were made, and what they do not show."""
    rows = [_row(correlation) for correlation in correlations]
    lines = table_lines(
        [
            TableColumn(head, [row[column] for row in rows], left=True)
            for column, head in enumerate(_HEADER)
        ]
    )
    if not fits(lines):
        for row in rows:
            yield f"  {row[0]} and {row[1]}, {row[2]}, n {row[3]}"
            for name, cell in zip(_HEADER[4:], row[4:], strict=True):
                yield f"    {name:<14}{cell}"
    else:
        yield from lines
    yield "  n: encoders; [95 % interval]; p: permutation test over encoders"
    if any(correlation.task is None for correlation in correlations):
        yield "  pooled: probes divided by the best of their task; intervals resample encoders"
    for line in LIMITS:
        yield f"  - {line}"


def _row(correlation: Correlation) -> tuple[str, ...]:
    estimates = (correlation.estimates[name] for name in ("pearson", "spearman", "kendall"))
    task = "pooled" if correlation.task is None else correlation.task
    return (
        correlation.score,
        correlation.probe,
        task,
        str(correlation.n_encoders),
        *map(_cell, estimates),
    )


def _cell(estimate: Estimate) -> str:
    if math.isnan(estimate.value):
        return "undefined"
    interval = estimate.interval
    width = f" [{interval.low:+.2f}, {interval.high:+.2f}]" if interval else " [-]"
    return f"{estimate.value:+.2f}{width}{_p(estimate.p)}"


def _p(p: float | None) -> str:
    if p is None:
        return ""
    return f" p {p:.3f}" if p >= 0.001 else " p <0.001"
