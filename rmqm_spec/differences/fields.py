"""Which fields of two documents differ, with both values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from rmqm_spec.results.comparison import leaves

__all__ = ["SECTIONS", "FieldDifference", "unlike_fields"]

SECTIONS = ("protocol", "model", "input", "output", "preprocessing", "runtime", "versions")
"""The parts of a result in which two results may differ, those that change most first."""

_MEASURED = {"runtime.encodings_per_second", "runtime.gradient_error"}
"""What differs from run to run on one machine."""


@frozen(kw_only=True)
class FieldDifference:
    """A field by its name with dots, and both values; None where one document lacks it."""

    name: str
    first: Any
    second: Any


def unlike_fields(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> dict[str, list[FieldDifference]]:
    """
    Name the fields that differ between two result documents, section by section.

    Parameters
    ----------
    first, second : mapping
        Result documents (``rmqm-result/1``).

    Returns
    -------
    dict
        For each of `SECTIONS` the fields that differ, in the order of the documents. What is
        measured anew in every run is left out.

    Examples
    --------
    >>> one, other = ({"protocol": {"variant": name}} for name in ("paper", "authors-2022"))
    >>> (found,) = unlike_fields(one, other)["protocol"]
    >>> found.name, found.first, found.second
    ('variant', 'paper', 'authors-2022')
    """
    return {name: _unlike(name, first.get(name), second.get(name)) for name in SECTIONS}


def _unlike(section: str, first: Any, second: Any) -> list[FieldDifference]:
    one, other = dict(leaves(first or {})), dict(leaves(second or {}))
    return [
        FieldDifference(name=name, first=one.get(name), second=other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name) and f"{section}.{name}" not in _MEASURED
    ]
