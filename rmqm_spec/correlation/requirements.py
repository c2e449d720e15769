"""What measurements must have in common before they are put side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_spec.correlation.measured import Measured
from rmqm_spec.errors import UsageError
from rmqm_spec.results.comparison import require_comparable

__all__ = ["require_one_protocol", "require_one_task_of_a_name"]

_MAY_DIFFER = ("inputs", "resolution")
"""Parts of the protocol that come with an encoder: its input size, its arithmetic."""


def require_one_protocol(measured: Sequence[Measured]) -> None:
    """
    Refuse scores of other protocols, or over other inputs.

    Raises
    ------
    UsageError
        CMP001, naming both files.
    """
    results = [one for one in measured if one.document is not None]
    for one in results[1:]:
        try:
            require_comparable(
                results[0].document or {}, one.document or {}, apart_from=_MAY_DIFFER
            )
        except UsageError as error:
            raise UsageError(
                error.code, f"{results[0].source} and {one.source}: {error.message}", fix=error.fix
            ) from error


def require_one_task_of_a_name(measured: Sequence[Measured]) -> None:
    """
    Refuse probes of one name that were made on other inputs, labels or sides.

    Raises
    ------
    UsageError
        PRB010, naming both files.
    """
    first: dict[str, Measured] = {}
    for one in measured:
        if one.task is None or one.task_sha256 is None:
            continue
        other = first.setdefault(one.task, one)
        if other.task_sha256 != one.task_sha256:
            raise UsageError(
                "PRB010",
                f"task {one.task} must have the same inputs, labels and split for all encoders; "
                f"got another in {one.source} than in {other.source}",
                fix="Probe with the same options, or name the tasks apart with --task.",
            )
