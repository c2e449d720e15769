"""``geometry``: the NNK neighbourhoods of encodings, of labels, and under alterations."""

from __future__ import annotations

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.runs.geometries import ModelGeometries
from rmqm_spec.runs.geometry_model import model_geometry
from rmqm_spec.runs.geometry_request import GeometryRequest
from rmqm_spec.runs.over_models import measure_models
from rmqm_spec.runs.selection import select_candidates

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

    heard = listener or Listener()
    kernel_named(request.geometry.kernel)  # refused before any work
    selection = select_candidates(request.models, request.common, request.settings)
    measured = measure_models(
        selection,
        lambda candidate, folder: model_geometry(candidate, request, folder, heard),
        command="geometry",
        out=request.common.out,
        findings_of=lambda model: model.findings,
        of_the_data=("ARG", "DAT", "IMG", "PRB", "GEO", "ALT"),
        listener=heard,
    )
    columns = {name: model.columns for name, model in measured.done.items()}
    return ModelGeometries(
        models=measured.done,
        failed=measured.failed,
        differences=tuple(compare_geometries(columns)),
        agreement=tuple(agreements(columns)),
        findings=selection.findings,
    )
