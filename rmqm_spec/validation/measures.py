"""Further measures of a result, computed again from the columns beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.contracts.registry import available
from rmqm_spec.errors import RmqmError, UnavailableError
from rmqm_spec.evaluation.meters import summarised
from rmqm_spec.findings import Finding
from rmqm_spec.measures.named import measure_named
from rmqm_spec.results.document import plain
from rmqm_spec.results.measures import measure_section, read_columns
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.verdicts import SCORE_AGAIN, unchecked, verdict

__all__ = ["measures_follow"]


def measures_follow(path: Path, document: Mapping[str, Any], n_inputs: int) -> Iterator[Finding]:
    """
    Compute each further measure again, and compare.

    Parameters
    ----------
    path : Path
        The ``result.json``.
    document : mapping
        Its content.
    n_inputs : int
        Number of inputs in ``distances.npz``.
    """
    for name, section in document["measures"].items():
        if name.partition("@")[0] not in available("measure"):
            yield Finding(
                code="VAL012",
                level="warn",
                message=f"{section['title']} cannot be computed again: the measure {name} is not "
                "installed here",
                fix="Install the package that brings it; rmqm-spec measures lists what there is.",
            )
            continue
        try:
            problems = list(_problems(path, document, name, n_inputs))
        except UnavailableError as error:
            yield unchecked("VAL012", section["title"], error)
            continue
        except RmqmError as error:
            problems = [error.message]
        yield verdict(
            "VAL012",
            f"{section['title']} follows from {n_inputs} rows of measures.npz",
            problems,
            SCORE_AGAIN,
        )


def _problems(path: Path, document: Mapping[str, Any], name: str, n_inputs: int) -> Iterator[str]:
    known = measure_named(name)
    columns = read_columns(path, document["result_sha256"], known)
    for column, rows in columns.items():
        if len(rows) != n_inputs:
            yield f"{name}.{column} has {len(rows)} rows for {n_inputs} inputs"
            return
    again = plain(measure_section(known, summarised(known, columns)))
    yield from agreement(document["measures"][name], again).problems
