"""The cases, and the few kinds of rules for what they expect."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.precision import Exact, mp, text
from rmqm_conformance.operations import operation

__all__ = [
    "Case",
    "Rule",
    "bits",
    "case",
    "number",
    "plain",
    "refuse",
    "same_values",
    "unordered",
    "within",
]

Rule: TypeAlias = dict[str, Any]
Case: TypeAlias = dict[str, Any]


def case(
    name: str,
    title: str,
    op: str,
    args: dict[str, Any],
    outcome: dict[str, Rule],
    *,
    also: str = "",
    needs: str = "",
) -> Case:
    """
    Return a case in the form in which it is stored.

    Parameters
    ----------
    name : str
        Id: its first clause and a slug.
    title : str
        What is true of an implementation that passes.
    op : str
        Operation, whose capability the case needs.
    args : dict
        Its arguments; arrays are ndarrays.
    outcome : dict
        A rule for every result that is judged, or what `refuse` returns.
    also, needs : str
        Further clauses and further needs, separated by blanks.

    Raises
    ------
    ValueError
        If arguments are missing or unknown, or a rule judges no result of the operation.
    """
    performed = operation(op)
    judged = set() if "refuse" in outcome else set(outcome)
    if set(args) != set(performed.takes) or not judged <= set(performed.gives):
        raise ValueError(f"{name} must fit the operation {op}; got {sorted(args)}, {judged}")
    return {
        "id": name,
        "clauses": [name.split("/", maxsplit=1)[0], *also.split()],
        "needs": [performed.needs, *needs.split()],
        "title": title,
        "op": op,
        "args": args,
        **(outcome if "refuse" in outcome else {"expect": outcome}),
    }


def refuse(why: str, *naming: str | list[str]) -> dict[str, Rule]:
    """Demand a refusal that names things, each by a text or by any of several texts."""
    lists = [[texts] if isinstance(texts, str) else texts for texts in naming]
    return {"refuse": {"naming": lists, "why": why}}


def plain(value: int | str | list[str]) -> Rule:
    """Demand equal plain data."""
    return {"exact": value}


def bits(array: npt.NDArray[Any], why: str) -> Rule:
    """Demand the same type, shape and bits."""
    return {"bits": array, "why": why}


def number(value: Exact, tolerance: float, why: str, *, rtol: float = 0.0) -> Rule:
    """Demand a number."""
    return {"value": text(mp.mpf(value)), "atol": tolerance, "rtol": rtol, "why": why}


def within(values: Any, tolerance: float, why: str, *, zero_below: float = 0.0) -> Rule:
    """Demand the float64 numbers nearest to exact values, all within the same tolerance."""
    nearest = np.array(values, dtype=object).astype(np.float64)
    rule: Rule = {"values": nearest, "atol": tolerance, "rtol": 0}
    if zero_below:
        rule["zero_below"] = zero_below
    return {**rule, "why": why}


def unordered(values: Any, tolerance: float, why: str) -> Rule:
    """Demand exact values (N, n), or complex ones (N, n, 2), in any order along the second axis."""
    nearest = np.array(values, dtype=object).astype(np.float64)
    return {"unordered": nearest, "atol": tolerance, "why": why}


def same_values(values: npt.ArrayLike, why: str) -> Rule:
    """Demand these very numbers in any type."""
    return {"values": np.asarray(values, dtype=np.float64), "atol": 0, "rtol": 0, "why": why}
