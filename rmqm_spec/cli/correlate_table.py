"""Correlations as a table, as wide as the terminal allows."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence

from rmqm_spec.correlation.correlating import Correlation, Estimate
from rmqm_spec.correlation.document import LIMITS
from rmqm_spec.screen.tables import Column, columns_of_terminal, table_lines

__all__ = ["correlation_lines"]

_ENDLESS = 10_000

_HEADER = ("score", "probe", "task", "n", "Pearson r", "Spearman rho", "Kendall tau-b")


def correlation_lines(correlations: Sequence[Correlation]) -> Iterator[str]:
    """Return the table, how its numbers were made, and what they do not show."""
    rows = [_row(correlation) for correlation in correlations]
    width = columns_of_terminal(sys.stdout)
    cells = list(zip(*rows, strict=True)) or [()] * len(_HEADER)
    columns = [Column(head, of, left=True) for head, of in zip(_HEADER, cells, strict=True)]
    lines = table_lines(columns, _ENDLESS)
    if width is None or max(map(len, lines)) <= width:
        yield from lines
    else:
        yield from _blocks(rows)
    yield "  n encoders; [95 % interval]; p by exchanging scores between encoders"
    if any(correlation.task is None for correlation in correlations):
        yield "  pooled: probes divided by the best of their task; intervals resample encoders"
    for line in LIMITS:
        yield f"  - {line}"


def _blocks(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return a block for each correlation: for narrow terminals."""
    for row in rows:
        yield f"  {row[0]} and {row[1]}, {row[2]}, n {row[3]}"
        for name, cell in zip(_HEADER[4:], row[4:], strict=True):
            yield f"    {name:<14}{cell}"


def _row(one: Correlation) -> tuple[str, ...]:
    estimates = (one.estimates[name] for name in ("pearson", "spearman", "kendall"))
    task = "pooled" if one.task is None else one.task
    return (one.score, one.probe, task, str(one.n_encoders), *map(_cell, estimates))


def _cell(one: Estimate) -> str:
    if math.isnan(one.value):
        return "undefined"
    interval = one.interval
    width = f" [{interval.low:+.2f}, {interval.high:+.2f}]" if interval else " [-]"
    return f"{one.value:+.2f}{width}{_p(one.p)}"


def _p(p: float | None) -> str:
    if p is None:
        return ""
    return f" p {p:.3f}" if p >= 0.001 else " p <0.001"
