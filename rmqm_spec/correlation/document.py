"""Correlations as plain data: the document ``rmqm-correlation/1``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import asdict

from rmqm_spec.correlation.certainty import (
    MIN_ENCODERS_FOR_BOOTSTRAP,
    N_PERMUTATIONS,
    N_RESAMPLES,
)
from rmqm_spec.correlation.correlating import Correlation, Estimate
from rmqm_spec.findings import Finding
from rmqm_spec.results.document import plain, versions

__all__ = ["LIMITS", "SCHEMA", "about_certainty", "correlation_document"]

SCHEMA: Final = "rmqm-correlation/1"
"""Name of the document; ``schemas/correlation.schema.json`` describes it."""

_HARDER = (
    "A pooled correlation also holds what separates kinds of encoders; to rank encoders within one "
    "task is harder, and the rows within tasks are what speaks of it."
)

LIMITS = (
    "Encoders are what is counted: more images make no interval of a correlation narrower.",
    _HARDER,
    "It says nothing about encoders or tasks that are not among these.",
)
"""What a correlation does not show, in plain words."""


def about_certainty(correlations: Sequence[Correlation]) -> Iterator[Finding]:
    """Yield a warning where there are too few encoders for an interval."""
    few = sorted(
        {
            correlation.n_encoders
            for correlation in correlations
            if correlation.task is not None and correlation.n_encoders < 4
        }
    )
    if few:
        yield Finding(
            code="COR007",
            level="warn",
            message=f"{few[0]} encoders are too few for an interval within a task (at least 4)",
            fix="Add encoders.",
        )
    pooled = [correlation.n_encoders for correlation in correlations if correlation.task is None]
    if pooled and min(pooled) < MIN_ENCODERS_FOR_BOOTSTRAP:
        yield Finding(
            code="COR007",
            level="warn",
            message=f"{min(pooled)} encoders are too few for a pooled interval (at least "
            f"{MIN_ENCODERS_FOR_BOOTSTRAP})",
            fix="Add encoders.",
        )


def correlation_document(
    correlations: Sequence[Correlation],
    findings: Sequence[Finding],
    *,
    sources: Sequence[str],
    seed: int,
) -> dict[str, Any]:
    """
    Return correlations as plain data, ready for JSON.

    Parameters
    ----------
    correlations : sequence of Correlation
        The correlations.
    findings : sequence of Finding
        Findings about them.
    sources : sequence of str
        Files that were read.
    seed : int
        Seed of resamples and permutations.
    """
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": None,
            "interval": None,
            "correlations": [
                {
                    "score": correlation.score,
                    "probe": correlation.probe,
                    "task": correlation.task,
                    "pooled": correlation.task is None,
                    "n_encoders": correlation.n_encoders,
                    "n_pairs": len(correlation.points),
                    **{
                        name: _estimate(estimate)
                        for name, estimate in correlation.estimates.items()
                    },
                    "points": [asdict(point) for point in correlation.points],
                }
                for correlation in correlations
            ],
            "method": {
                "pooling": "probe divided by the largest of its task",
                "resampled": "encoders, each with all its tasks",
                "resamples": N_RESAMPLES,
                "permutations": N_PERMUTATIONS,
                "p": "two-sided, by exchanging scores between encoders",
                "level": 0.95,
                "seed": seed,
            },
            "limits": list(LIMITS),
            "findings": [finding.to_dict() for finding in findings],
            "sources": list(sources),
            "versions": versions(),
        }
    )
    return document


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "interval": [estimate.interval.low, estimate.interval.high] if estimate.interval else None,
        "method": estimate.interval.method if estimate.interval else None,
        "p": estimate.p,
    }
