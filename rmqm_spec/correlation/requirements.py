"""What measurements must have in common before they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_spec.correlation.measurements import Measurement
from rmqm_spec.errors import UsageError
from rmqm_spec.results.comparison import require_comparable

__all__ = ["require_consistent_tasks", "require_one_protocol"]

_MAY_DIFFER = ("inputs", "resolution")
"""Parts of the protocol that come with an encoder: its input size, its arithmetic."""


def require_one_protocol(measurements: Sequence[Measurement]) -> None:
    """
    Refuse scores of different protocols, or on different inputs.

    Raises
    ------
    UsageError
        CMP001, naming both files.
    """
    results = [measurement for measurement in measurements if measurement.document is not None]
    for result in results[1:]:
        try:
            require_comparable(
                results[0].document or {}, result.document or {}, apart_from=_MAY_DIFFER
            )
        except UsageError as error:
            raise UsageError(
                error.code,
                f"{results[0].source} and {result.source}: {error.message}",
                fix=error.fix,
            ) from error


def require_consistent_tasks(measurements: Sequence[Measurement]) -> None:
    """
    Refuse tasks of one name that differ in inputs, labels or split.

    Raises
    ------
    UsageError
        PRB010, naming both files.
    """
    first: dict[str, Measurement] = {}
    for measurement in measurements:
        if measurement.task is None or measurement.task_sha256 is None:
            continue
        other = first.setdefault(measurement.task, measurement)
        if other.task_sha256 != measurement.task_sha256:
            raise UsageError(
                "PRB010",
                f"task {measurement.task} must have the same inputs, labels and split for all "
                f"encoders; got another in {measurement.source} than in {other.source}",
                fix="Probe with the same options, or name the tasks apart with --task.",
            )
