"""What a cell says of a label: the name of a class, or that there is none."""

from __future__ import annotations

import math

__all__ = ["as_label"]

_MISSING = frozenset({
    "", "nan", "-nan", "na", "n/a", "#n/a", "<na>", "null", "none", "nil", "nat", "-", "--", "?",
    ".", "missing", "unknown",
})  # fmt: skip
"""How spreadsheets, pandas, R, SAS, SQL and people write that there is no value; in lower case."""


def as_label(value: object) -> str | None:
    """
    Return the name of a class; None where the value says that there is no label.

    A spelling of nothing is no class: inputs without a label would otherwise make up a class of
    their own. `Na` is left alone, because it is no usual spelling.

    Examples
    --------
    >>> as_label(" cat "), as_label(3), as_label("NaN"), as_label("n/a"), as_label(float("nan"))
    ('cat', '3', None, None, None)
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    text = str(value).strip()
    return None if text.lower() in _MISSING and text != "Na" else text
