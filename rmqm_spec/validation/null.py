"""Check the null that a result names against the null's own result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.null import against_null
from rmqm_spec.results.stored import StoredResult, read_result
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.verdicts import verdict

__all__ = ["has_null", "null_follows"]


def has_null(document: Mapping[str, Any]) -> bool:
    """Tell whether a result stands beside one of the same network with permuted weights."""
    null = document.get("null")
    return bool(null and null["error"] is None)


def null_follows(stored: StoredResult) -> Finding:
    """Compute the null and the difference again from both results."""
    section = stored.document["null"]
    try:
        null = read_result(stored.path.parent / str(section.get("folder")))
        expected = against_null(stored, null)
    except RmqmError as error:
        return verdict(
            "VAL011", "", [error.message], "Keep the folder of the null in the result's."
        )
    compared = agreement({key: section[key] for key in expected}, expected)
    problems = [f"null.{problem}" for problem in compared.problems]
    holds = f"the null and the difference to it follow from its result, {compared.how}"
    return verdict("VAL011", holds, problems, "Score the encoder again, or without: --no-null.")
