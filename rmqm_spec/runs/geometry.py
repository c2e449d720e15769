"""``geometry``: the NNK neighbourhoods of encodings, of labels, and under alterations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.geometries import ModelGeometries, ModelGeometry
from rmqm_spec.runs.geometry_model import model_geometry
from rmqm_spec.runs.geometry_request import GeometryRequest
from rmqm_spec.runs.selection import select_candidates

if TYPE_CHECKING:
    from rmqm_spec.runs.candidates import Candidate

__all__ = ["geometry"]


def geometry(request: GeometryRequest, listener: Listener | None = None) -> ModelGeometries:
    """
    Measure the geometry of models on the same inputs.

    Parameters
    ----------
    request : GeometryRequest
        The models, the inputs, labels and alteration.
    listener : Listener, optional
        Hears of progress and steps.

    Returns
    -------
    ModelGeometries
        The geometries as they are on disk. Models that fail are in it, with the reason.

    Raises
    ------
    RmqmError
        If the request breaks a rule, or two models fail by one and the same fault of the data.
    """
    from rmqm_spec.geometries import agreements, compare_geometries, kernel_named

    listener = listener or Listener()
    kernel_named(request.geometry.kernel)  # refused before any work
    selection = select_candidates(request.models, request.common, request.settings)
    done: dict[str, ModelGeometry] = {}
    failed: dict[str, RmqmError] = {}
    alone = len(selection.candidates) == 1
    for candidate in selection.candidates:
        _require_model(candidate)
    for candidate in selection.candidates:
        name, out = candidate.name, request.common.out
        folder = out / folder_name(name) if out and not alone else out
        try:
            done[name] = model_geometry(candidate, request, folder, listener)
        except KeyboardInterrupt as error:
            raise _interrupted(name, len(done)) from error
        except RmqmError as error:
            if alone or (not done and _of_the_data(error, failed)):
                raise
            failed[name] = error
            continue
        for finding in done[name].findings:
            listener.finding(finding)
    for reason in failed.values():
        listener.finding(Finding.from_error(reason))
    columns = {name: model.columns for name, model in done.items()}
    return ModelGeometries(
        models=done,
        failed=failed,
        differences=tuple(compare_geometries(columns)),
        agreement=tuple(agreements(columns)),
        findings=selection.findings,
    )


def _require_model(candidate: Candidate) -> None:
    """Refuse a result: it has no encoder whose inputs could be encoded."""
    if candidate.is_result:
        raise UsageError(
            "ARG001",
            f"geometry must be given models; got the result {candidate.path}",
            fix="Name the model's file.",
        )


def _of_the_data(error: RmqmError, failed: Mapping[str, RmqmError]) -> bool:
    """Whether a second model fails by the same fault of the data or of an option."""
    same = any(earlier.message == error.message for earlier in failed.values())
    return same and error.code.startswith(("ARG", "DAT", "IMG", "PRB", "GEO", "ALT"))


def _interrupted(name: str, n_done: int) -> IncompleteError:
    written = f"; {n_done} before it are written" if n_done else ""
    return IncompleteError(
        "RUN001",
        f"the work must run to its end; it was interrupted while {name} was measured{written}",
        fix="Run the same command again; fewer inputs (--n) end sooner.",
    )
