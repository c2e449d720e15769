"""Values of further measures: a section of the result, and their columns on disk beside it."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.measure import Measure, Summary, keeper
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.group import column_key
from rmqm_spec.evaluation.statistic import Measured
from rmqm_spec.results.advice import score_again

__all__ = ["FILE", "measure_section", "measures_of", "packed_columns", "read_columns"]

FILE = "measures.npz"
"""Beside ``result.json``: the columns of all further measures, a row per input."""


def measures_of(measured: Mapping[str, Measured]) -> dict[str, dict[str, Any]]:
    """Return the section ``measures`` of a result document: by name, what each measure gave."""
    return {
        name: measure_section(values.measure, values.summary) for name, values in measured.items()
    }


def measure_section(measure: Measure, summary: Summary) -> dict[str, Any]:
    """
    Return what a measure gave as plain data.

    Parameters
    ----------
    measure : Measure
        The measure.
    summary : Summary
        Its value over all inputs.
    """
    interval = summary.interval
    is_known = interval is not None and all(map(math.isfinite, interval))
    return {
        "title": measure.title,
        "value": float(summary.value),
        "interval": [float(end) for end in interval] if interval is not None and is_known else None,
        "status": summary.status,
        "units": measure.units,
        "direction": measure.direction,
        "source": measure.source,
        "details": {name: float(value) for name, value in summary.details.items()},
    }


def packed_columns(measured: Mapping[str, Measured], result_sha256: str) -> bytes:
    """Return the columns of all measures as the bytes of `FILE`."""
    columns: dict[str, Any] = {
        column_key(keeper(measured_values.measure), column): values
        for measured_values in measured.values()
        for column, values in measured_values.columns.items()
    }
    stream = io.BytesIO()
    np.savez(stream, result_sha256=np.array(result_sha256), **columns)
    return stream.getvalue()


def read_columns(path: Path, result_sha256: str, measure: Measure) -> dict[str, AnyArray]:
    """
    Read the columns of a measure beside a result.

    Parameters
    ----------
    path : Path
        The ``result.json``.
    result_sha256 : str
        Digest of the result.
    measure : Measure
        Whose columns.

    Returns
    -------
    dict of str to (N, ...) ndarray
        Columns by their names.

    Raises
    ------
    UnreadableError
        RES002 if the file is missing, broken or belongs to another result.
    """
    beside = path.with_name(FILE)
    try:
        with beside.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["result_sha256"]) != result_sha256:
                raise ValueError("they are those of another result")
            return {
                column.name: stored[column_key(keeper(measure), column.name)]
                for column in measure.kept
            }
    except BROKEN_ARCHIVE as error:
        raise UnreadableError(
            "RES002",
            f"{path} must have the columns of {measure.name} in {beside}; got {error}",
            fix=score_again(path.parent),
        ) from error
