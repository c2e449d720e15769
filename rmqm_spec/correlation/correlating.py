"""Every score against every probe: within tasks, and pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import frozen

from rmqm_spec.correlation.certainty import (
    Interval,
    bootstrap_interval,
    closed_interval,
    permutation_p,
)
from rmqm_spec.correlation.coefficients import COEFFICIENTS
from rmqm_spec.correlation.joining import Joined
from rmqm_spec.correlation.pairs import Pairs
from rmqm_spec.errors import UsageError

__all__ = ["Correlation", "Estimate", "Point", "correlate"]

MIN_ENCODERS = 3


@frozen(kw_only=True)
class Estimate:
    """A coefficient (NaN where undefined), its interval and its p value, where they exist."""

    value: float
    interval: Interval | None
    p: float | None


@frozen(kw_only=True)
class Point:
    """An encoder in a task: its score, its probe, and the value of the probe that is correlated."""

    encoder: str
    task: str
    score: float
    probe: float
    entered: float


@frozen(kw_only=True)
class Correlation:
    """
    A score against a probe.

    Parameters
    ----------
    score, probe : str Names of the columns.
    task : str, optional
        The task; None for all tasks together, with probes divided by the best of their task.
    n_encoders : int
        How many encoders.
    estimates : dict
        By coefficient: ``pearson``, ``spearman``, ``kendall``.
    points : tuple of Point
        The correlated values.
    """

    score: str
    probe: str
    task: str | None
    n_encoders: int
    estimates: dict[str, Estimate]
    points: tuple[Point, ...]


def correlate(
    joined: Joined,
    scores: Sequence[str],
    probes: Sequence[str],
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Correlation]:
    """
    Correlate scores with probes over encoders.

    Parameters
    ----------
    joined : Joined
        Scores and probes of each encoder.
    scores, probes : sequence of str
        Columns.
    seed : int
        Seed of resamples and permutations.
    progress : callable, optional
        Called with the number of pairs of columns done, and their total number.

    Returns
    -------
    list of Correlation
        For each score and probe: each task in turn, then, where there are several, all pooled.

    Raises
    ------
    UsageError
        COR002 if no score and probe have three encoders in a task, COR004 if a task cannot be
        pooled.
    """
    correlations: list[Correlation] = []
    columns = [(score, probe) for score in scores for probe in probes]
    for done, (score, probe) in enumerate(columns):
        if progress:
            progress(done, len(columns))
        correlations += _of_columns(joined, score, probe, seed)
    if not correlations:
        raise UsageError(
            "COR002",
            f"at least {MIN_ENCODERS} encoders must have a score ({', '.join(scores) or 'none'}) "
            f"and a probe ({', '.join(probes) or 'none'}) in one task; got "
            f"{_most(joined, scores, probes)} of {len(joined.names)}"
            + (f": {joined.findings[0].message}" if joined.findings else ""),
            fix="Score and probe the same models with the same options.",
        )
    return correlations


def _of_columns(joined: Joined, score: str, probe: str, seed: int) -> Iterator[Correlation]:
    enough = [
        task
        for task in joined.tasks
        if len(joined.pairs(score, probe, [task], pooled=False)[1]) >= MIN_ENCODERS
    ]
    for task in enough:
        yield _correlation(joined, score, probe, [task], seed)
    if len(enough) > 1:
        yield _correlation(joined, score, probe, enough, seed)


def _correlation(
    joined: Joined, score: str, probe: str, tasks: Sequence[str], seed: int
) -> Correlation:
    pooled = len(tasks) > 1
    pairs, rows = joined.pairs(score, probe, tasks, pooled=pooled)
    entered = np.atleast_2d(pairs.normalised(np.ones((1, len(rows)))))[0]
    return Correlation(
        score=score,
        probe=probe,
        task=None if pooled else tasks[0],
        n_encoders=pairs.n_encoders,
        estimates={name: _estimate(name, pairs, seed) for name in COEFFICIENTS},
        points=tuple(
            Point(
                encoder=joined.names[encoder],
                task=task,
                score=float(pairs.x[row]),
                probe=float(pairs.y[row]),
                entered=float(entered[row]),
            )
            for row, (encoder, task) in enumerate(rows)
        ),
    )


def _estimate(name: str, pairs: Pairs, seed: int) -> Estimate:
    of = COEFFICIENTS[name]
    value = pairs.coefficient(of)
    if math.isnan(value):
        return Estimate(value=value, interval=None, p=None)
    if pairs.pooled:
        interval = bootstrap_interval(of, pairs, seed)
    else:
        interval = closed_interval(name, value, pairs.n_encoders)
    return Estimate(value=value, interval=interval, p=permutation_p(of, pairs, seed))


def _most(joined: Joined, scores: Sequence[str], probes: Sequence[str]) -> int:
    counts = [
        len(joined.pairs(score, probe, [task], pooled=False)[1])
        for score in scores
        for probe in probes
        for task in joined.tasks
    ]
    return max(counts, default=0)
