"""A score beside that of the same network with permuted weights, on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.results import rank_results
from rmqm_spec.results.stored import StoredResult

__all__ = ["against_null", "failed_null", "is_level_with_null", "null_findings"]

_TRAINED, _NULL = "trained", "null"


def against_null(result: StoredResult, null: StoredResult, **made: Any) -> dict[str, Any]:
    """
    Return what a result document says under ``null``.

    Parameters
    ----------
    result, null : StoredResult
        Of a network, and of the same network with permuted weights, on the same inputs.
    **made
        How the null was made, copied as it is.

    Returns
    -------
    dict
        Score, interval and status of the null, and under ``difference`` the score minus that of
        the null with its paired 95 % interval; None where either score is undefined.

    Raises
    ------
    UsageError
        CMP001 if protocols or inputs differ.
    """
    entry = {
        **{key: null.document[key] for key in ("rmqm", "interval", "status")},
        "difference": None,
        "difference_interval": None,
        "model_sha256": (null.document["model"] or {}).get("sha256"),
        "result_sha256": null.document["result_sha256"],
        "error": None,
        **made,
    }
    if null.document.get("measures"):
        entry["measures"] = null.document["measures"]
    if result.document["status"] == null.document["status"] == "ok":
        pair = rank_results({_TRAINED: result, _NULL: null})[0].pairs[0]
        sign = 1 if pair.first == _TRAINED else -1
        entry["difference"] = sign * pair.difference
        entry["difference_interval"] = sorted(sign * end for end in pair.alone)
    return entry


def failed_null(error: RmqmError) -> dict[str, Any]:
    """Return what a result document says under ``null`` where none could be scored."""
    empty = ("rmqm", "interval", "difference", "difference_interval")
    return {
        **dict.fromkeys(empty),
        "status": "failed",
        "model_sha256": None,
        "result_sha256": None,
        "error": {"code": error.code, "message": error.message, "fix": error.fix},
    }


def is_level_with_null(null: Mapping[str, Any] | None) -> bool:
    """
    Tell whether a score is not significantly above that of its null.

    Examples
    --------
    >>> is_level_with_null({"difference_interval": [-0.1, 0.2]}), is_level_with_null(None)
    (True, False)
    """
    if null is None or null["difference_interval"] is None:
        return False
    return bool(null["difference_interval"][0] <= 0)


def null_findings(null: Mapping[str, Any]) -> list[Finding]:
    """
    Return what a null says about the score beside it.

    Parameters
    ----------
    null : mapping
        What `against_null` or `failed_null` returned.

    Examples
    --------
    >>> null = {"status": "ok", "difference": -0.2, "difference_interval": [-0.3, -0.1]}
    >>> [finding.code for finding in null_findings(null)]
    ['SCO008']
    """
    if null["status"] != "ok":
        reason = null["error"]["message"] if null["error"] else null["status"]
        message = f"the same network with permuted weights has no score: {reason}"
        return [Finding(code="NUL003", level="ok", message=message)]
    if not is_level_with_null(null):
        return []
    low, high = null["difference_interval"]
    is_above = high < 0
    comparison = (
        "scores above the trained one"
        if is_above
        else "does not score clearly below the trained one"
    )
    return [
        Finding(
            code="SCO008" if is_above else "SCO009",
            level="warn",
            message=f"the same network with permuted weights {comparison}: score minus null "
            f"{null['difference']:+.3f} [{low:+.3f}, {high:+.3f}]",
            fix="The score is then no evidence for the training; look at labels too "
            "(rmqm-spec probe).",
        )
    ]
