"""A measurement of several models, one after the other; failures are kept with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from attrs import frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.selection import Selection

__all__ = ["MeasuredModels", "measure_models"]

T = TypeVar("T")


@frozen(kw_only=True, eq=False)
class MeasuredModels(Generic[T]):
    """What came of each model, by name: a measurement or an error."""

    done: Mapping[str, T]
    failed: Mapping[str, RmqmError]


def measure_models(
    selection: Selection,
    measure: Callable[[Candidate, Path | None], T],
    *,
    command: str,
    out: Path | None,
    findings_of: Callable[[T], tuple[Finding, ...]],
    of_the_data: tuple[str, ...],
    listener: Listener,
) -> MeasuredModels[T]:
    """
    Measure every model that was named.

    Parameters
    ----------
    selection : Selection
        The models.
    measure : callable
        From a model and its folder to the measurement.
    command : str
        Name of the command.
    out : Path, optional
        Folder of all documents; each of several models has a folder of its own below.
    findings_of : callable
        From a measurement to what is worth knowing.
    of_the_data : tuple of str
        Families of codes that lie with the data or an option: two models that fail by the same of
        these end the work.
    listener : Listener
        Hears of findings.

    Raises
    ------
    RmqmError
        If the only model fails, or the first two by one and the same fault of the data.
    IncompleteError
        RUN001 if the work is interrupted.
    """
    done: dict[str, T] = {}
    failed: dict[str, RmqmError] = {}
    alone = len(selection.candidates) == 1
    for candidate in selection.candidates:
        _require_model(candidate, command)
    for candidate in selection.candidates:
        name = candidate.name
        folder = out / folder_name(name) if out and not alone else out
        try:
            done[name] = measure(candidate, folder)
        except KeyboardInterrupt as error:
            raise _interrupted(name, len(done)) from error
        except RmqmError as error:
            same = any(earlier.message == error.message for earlier in failed.values())
            if alone or (not done and same and error.code.startswith(of_the_data)):
                raise
            failed[name] = error
            continue
        for finding in findings_of(done[name]):
            listener.finding(finding)
    for reason in failed.values():
        listener.finding(Finding.from_error(reason))
    return MeasuredModels(done=done, failed=failed)


def _require_model(candidate: Candidate, command: str) -> None:
    """Refuse a result: it has no encoder whose inputs could be encoded."""
    if candidate.is_result:
        raise UsageError(
            "ARG001",
            f"{command} must be given models; got the result {candidate.path}",
            fix="Name the model's file.",
        )


def _interrupted(name: str, n_done: int) -> IncompleteError:
    written = f"; {n_done} before it are written" if n_done else ""
    return IncompleteError(
        "RUN001",
        f"the work must run to its end; it was interrupted while {name} was measured{written}",
        fix="Run the same command again; fewer inputs (--n) end sooner.",
    )
