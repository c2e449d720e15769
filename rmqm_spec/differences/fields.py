"""Which fields of two documents differ, with both values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from rmqm_spec.results.comparison import leaves

__all__ = ["SECTIONS", "FieldDifference", "unlike_fields"]

SECTIONS = ("protocol", "model", "input", "output", "preprocessing", "runtime", "versions")
"""The parts of a result in which two results may differ, the most important first."""

_MEASURED = {
    "runtime.encodings_per_second",
    "runtime.gradient_error",
    "runtime.expected_seconds",
    "runtime.cpu_deviation",
}
"""Fields that differ from run to run on the same machine."""


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
        For each of `SECTIONS` the fields that differ, in the order of the documents. Measurements
        of the run itself are left out.

    Examples
    --------
    >>> first, second = ({"protocol": {"variant": name}} for name in ("paper", "authors-2022"))
    >>> (field,) = unlike_fields(first, second)["protocol"]
    >>> field.name, field.first, field.second
    ('variant', 'paper', 'authors-2022')
    """
    return {name: _unlike(name, first.get(name), second.get(name)) for name in SECTIONS}


def _unlike(section: str, first: Any, second: Any) -> list[FieldDifference]:
    first_fields, second_fields = dict(leaves(first or {})), dict(leaves(second or {}))
    return [
        FieldDifference(name=name, first=first_fields.get(name), second=second_fields.get(name))
        for name in {**first_fields, **second_fields}
        if first_fields.get(name) != second_fields.get(name)
        and f"{section}.{name}" not in _MEASURED
    ]
