"""Correlations as a table, as wide as the terminal allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rmqm_spec.cli.table_files import Columns
from rmqm_spec.correlation.correlating import Correlation, Estimate
from rmqm_spec.correlation.document import LIMITS
from rmqm_spec.screen.table import TableColumn, fits, table_lines

__all__ = ["correlation_columns", "correlation_lines"]

_COEFFICIENTS = ("pearson", "spearman", "kendall")
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


def correlation_columns(correlations: Sequence[Correlation]) -> Columns:
    """Return correlations as a table for programs: unrounded, a row per score, probe and task."""
    columns: dict[str, list[object]] = {
        "score": [correlation.score for correlation in correlations],
        "probe": [correlation.probe for correlation in correlations],
        "task": [correlation.task or "pooled" for correlation in correlations],
        "n": [correlation.n_encoders for correlation in correlations],
    }
    for name in _COEFFICIENTS:
        estimates = [correlation.estimates[name] for correlation in correlations]
        intervals = [estimate.interval for estimate in estimates]
        columns[name] = [estimate.value for estimate in estimates]
        columns[f"{name}_low"] = [interval and interval.low for interval in intervals]
        columns[f"{name}_high"] = [interval and interval.high for interval in intervals]
        columns[f"{name}_p"] = [estimate.p for estimate in estimates]
    return columns


def _row(correlation: Correlation) -> tuple[str, ...]:
    estimates = (correlation.estimates[name] for name in _COEFFICIENTS)
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
