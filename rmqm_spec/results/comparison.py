"""Two results side by side: only where they measured the same thing (clause family RMQM-PRO)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rmqm_spec.errors import UsageError

__all__ = ["INPUT_SET", "difference", "leaves", "require_comparable"]

INPUT_SET = "set of inputs"


def require_comparable(
    first: Mapping[str, Any], second: Mapping[str, Any], *, apart_from: Collection[str] = ()
) -> None:
    """
    Refuse two results that differ in protocol or in the set of inputs.

    Parameters
    ----------
    first, second : mapping
        Result documents (``rmqm-result/1``).
    apart_from : collection of str
        Keys of the protocol, or `INPUT_SET`, in which they may differ: for callers that allow for
        the difference or report it, as a ranking does (clause RMQM-PRO-007).

    Raises
    ------
    UsageError
        CMP001, naming every difference with both values.

    Notes
    -----
    Clauses RMQM-PRO-003 and RMQM-PRO-004: the encoders with their value maps may differ.

    Examples
    --------
    >>> first = {"protocol": {"variant": "paper"}, "inputs": {"ids_sha256": "ab"}}
    >>> second = {"protocol": {"variant": "authors-2022"}, "inputs": {"ids_sha256": "ab"}}
    >>> require_comparable(first, second)
    Traceback (most recent call last):
        ...
    rmqm_spec.errors.UsageError: results must ...: variant is 'paper' against 'authors-2022'
    """
    compared = [
        {**dict(leaves(document["protocol"])), INPUT_SET: document["inputs"]["ids_sha256"]}
        for document in (first, second)
    ]
    names = sorted(compared[0].keys() | compared[1].keys())
    unlike = [
        f"{name} is {compared[0].get(name)!r} against {compared[1].get(name)!r}"
        for name in names
        if compared[0].get(name) != compared[1].get(name)
        and name.partition(".")[0] not in apart_from
    ]
    if unlike:
        raise UsageError(
            "CMP001",
            "results must have one protocol and one set of inputs to be compared; got "
            f"{len(unlike)} difference{'s' * (len(unlike) > 1)}: {'; '.join(unlike)}",
            fix="Score both encoders with the same options and the same data. Results that differ "
            "in variant or resolution alone can be computed again from their distances.",
        )


def difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """
    Return RMQM of the first result minus that of the second; NaN where either is undefined.

    Raises
    ------
    UsageError
        CMP001 if they are not comparable.
    """
    require_comparable(first, second)
    if first["rmqm"] is None or second["rmqm"] is None:
        return math.nan
    return float(first["rmqm"]) - float(second["rmqm"])


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """
    Yield every value of nested mappings under its name with dots.

    Examples
    --------
    >>> dict(leaves({"alteration": {"J": 99}, "variant": "paper"}))
    {'alteration.J': 99, 'variant': 'paper'}
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value
