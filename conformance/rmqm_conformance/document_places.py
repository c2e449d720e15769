"""Places of a result document: what stands at one, and which belong to the protocol."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["ABSENT", "PROTOCOL", "standing_at"]

ABSENT: Final = object()
"""What stands where a document holds nothing."""

PROTOCOL: Final = (
    "specification",
    "variant",
    "alteration",
    "J",
    "schedule",
    "seed",
    "bounds",
    "coupling",
    "generator",
    "resolution",
    "geometry",
    "set_of_inputs",
)
"""Places of a document in which two comparable results are equal."""


def standing_at(document: Any, pointer: str) -> Any:
    """
    Return what a JSON pointer points to, or `ABSENT`.

    Examples
    --------
    >>> standing_at({"a/b": [1, 2]}, "/a~1b/1"), standing_at({}, "/a") is ABSENT
    (2, True)
    """
    place = document
    for raw in pointer.split("/")[1:]:
        key = raw.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(key)] if isinstance(place, list) else place[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return ABSENT
    return place
