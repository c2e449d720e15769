"""Columns of measures behind stored results, for the inputs that all encoders saw."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.measure import ALONE, BetweenMeasure, Measure
from rmqm_spec.contracts.registry import available
from rmqm_spec.errors import UsageError
from rmqm_spec.evaluation.meters import summarised_between
from rmqm_spec.measures.movement import Movement
from rmqm_spec.measures.named import measure_named
from rmqm_spec.results.measures import measure_section, read_columns
from rmqm_spec.results.stored import StoredResult

__all__ = ["between_sections", "common_columns", "common_ids", "measure_of_results"]

_RMQM = "rmqm"


def common_ids(results: Mapping[str, StoredResult]) -> set[str]:
    """Return the inputs that every encoder saw."""
    ids = [set(result.ids) for result in results.values()]
    return set.intersection(*ids) if ids else set()


def measure_of_results(name: str, results: Mapping[str, StoredResult]) -> Measure:
    """Return a measure; RMQM in the variant and at the coarsest resolution of the results."""
    if name != _RMQM:
        return measure_named(name)
    protocols = [result.document["protocol"] for result in results.values()]
    coarsest = max(protocol["resolution"] for protocol in protocols)
    return Movement(protocols[0]["variant"], coarsest)


def common_columns(
    measure: Measure, results: Mapping[str, StoredResult], common: Collection[str]
) -> dict[str, dict[str, AnyArray]]:
    """
    Read the columns of a measure of each encoder, for the common inputs in the order of their ids.

    Raises
    ------
    UsageError
        RNK007 for results that were scored without the measure.
    UnreadableError
        RES002 where the file with the columns is missing or broken.
    """
    without = [
        name
        for name, result in results.items()
        if measure.name != _RMQM and measure.name not in (result.document.get("measures") or {})
    ]
    if without:
        raise UsageError(
            "RNK007",
            f"a ranking by {measure.name} needs it in every result; got none in "
            f"{', '.join(without)}",
            fix=f"Score with --measure {measure.name}, or name the models, not their results.",
        )
    return {name: _columns(measure, result, common) for name, result in results.items()}


def _columns(
    measure: Measure, result: StoredResult, common: Collection[str]
) -> dict[str, AnyArray]:
    if measure.name == _RMQM:
        shared = result.only(common)
        return {"displacements": shared.displacements, "step_lengths": shared.step_lengths}
    kept = read_columns(result.path, result.document["result_sha256"], measure)
    order = np.argsort(np.array(result.ids))
    rows = [row for row in order if result.ids[row] in common]
    return {name: values[rows] for name, values in kept.items()}


def between_sections(results: Mapping[str, StoredResult]) -> dict[str, dict[str, Any]]:
    """
    Return the values of measures between encoders that all results have the columns of.

    Parameters
    ----------
    results : mapping of str to StoredResult
        Results by the name of their encoder.

    Returns
    -------
    dict of str to dict
        By name of the encoder, then of the measure, what stands under ``measures`` of a ranking.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in results}
    waiting = [
        {
            name
            for name, section in (result.document.get("measures") or {}).items()
            if section["status"] == ALONE and name in available("measure")
        }
        for result in results.values()
    ]
    common = common_ids(results)
    for measure_name in sorted(set.intersection(*waiting)) if waiting else ():
        measure = measure_named(measure_name)
        if isinstance(measure, BetweenMeasure):
            summaries = summarised_between(measure, common_columns(measure, results, common))
            for name, summary in summaries.items():
                found[name][measure_name] = measure_section(measure, summary)
    return found
