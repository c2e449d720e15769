"""The encoders of a ranking's document in the order that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["in_order"]

_NOWHERE: Final[Mapping[str, Any]] = {
    "position": None,
    "value": None,
    "interval": None,
    "same_as": [],
    "letters": [],
    "best": None,
}
_UNSCORED: Final[Mapping[str, Any]] = {"rmqm": None, "shares": None, "encodings_per_second": None}


def in_order(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """
    Return the encoders of a ranking, the first one first.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``).

    Returns
    -------
    list of mapping
        What is under ``ranked``. Where the document has ``by``, all encoders that were scored in
        that order, those without a value last: ``value``, ``interval``, ``position`` and the like
        are of the measure, ``rmqm`` and ``rmqm_interval`` of RMQM, None where it is undefined.
    """
    ranked: list[Mapping[str, Any]] = list(document["ranked"])
    by = document.get("by")
    if by is None:
        return ranked
    entries = {entry["name"]: entry for entry in (*ranked, *document["unranked"])}
    nowhere = [{**_NOWHERE, "name": entry["name"]} for entry in by["unranked"]]
    return [
        {
            **_UNSCORED,
            **entries[place["name"]],
            "rmqm_interval": entries[place["name"]].get("interval"),
            **place,
        }
        for place in (*by["ranked"], *nowhere)
    ]
