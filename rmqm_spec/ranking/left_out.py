"""Inputs that a ranking does not rest on, counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rmqm_spec.findings import catalogue
from rmqm_spec.results.stored import StoredResult

__all__ = ["left_out", "left_out_words"]

_REPEATED: Final = "Another input has the same content"
_NOT_COMMON: Final = "RNK003"


def left_out(results: Mapping[str, StoredResult], *, is_race: bool = False) -> list[dict[str, Any]]:
    """
    Count the inputs that were offered and are not in a ranking.

    Parameters
    ----------
    results : mapping of str to StoredResult
        The results behind it, by name of the encoder.
    is_race : bool
        Whether each encoder was given a number of inputs of its own: then nothing is left out
        because another encoder was not given it.

    Returns
    -------
    list of dict
        ``code`` (None for repeated inputs), ``reason``, ``count`` and the ``encoders`` of which the
        same is true; inputs that only another encoder could not take have the code RNK003. The
        counts of an encoder and the inputs of the ranking add up to those that were looked at.
    """
    common = (
        set.intersection(*(set(result.ids) for result in results.values())) if results else set()
    )
    rows: dict[tuple[str | None, int], list[str]] = {}
    for name, result in results.items():
        for reason in _reasons_of(result, 0 if is_race else len(result.ids) - len(common)):
            rows.setdefault(reason, []).append(name)
    return [
        {"code": code, "reason": _reason(code), "count": count, "encoders": names}
        for (code, count), names in sorted(rows.items(), key=lambda row: str(row[0]))
    ]


def _reasons_of(result: StoredResult, not_common: int) -> Iterator[tuple[str | None, int]]:
    document = result.document
    yield from Counter(skipped["code"] for skipped in document["inputs"]["skipped"]).items()
    for code, count in ((None, document["counts"]["duplicates"]), (_NOT_COMMON, not_common)):
        if count:
            yield code, count


def _reason(code: str | None) -> str:
    if code is None:
        return _REPEATED
    entry = catalogue().get(code)
    return entry.title if entry else ""


def left_out_words(rows: Sequence[Mapping[str, Any]], n_encoders: int) -> str:
    """
    Return the reasons as part of a sentence; encoders are named where not all are concerned.

    Examples
    --------
    >>> rows = [
    ...     {"code": "IMG003", "reason": "The file is damaged", "count": 2, "encoders": ["a", "b"]},
    ...     {"code": None, "reason": "Another is the same", "count": 1, "encoders": ["a"]},
    ... ]
    >>> left_out_words(rows, 2)
    '2 because the file is damaged (IMG003), 1 because another is the same (for a)'
    """
    own = [row for row in rows if row["code"] != _NOT_COMMON]
    return ", ".join(_reason_words(row, by_all=len(row["encoders"]) == n_encoders) for row in own)


def _reason_words(row: Mapping[str, Any], *, by_all: bool) -> str:
    reason = row["reason"][:1].lower() + row["reason"][1:]
    whose = [] if by_all else [f"for {', '.join(row['encoders'])}"]
    about = ", ".join([row["code"], *whose] if row["code"] else whose)
    return f"{row['count']:,} because {reason}" + (f" ({about})" if about else "")
