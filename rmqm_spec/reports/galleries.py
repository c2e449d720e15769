"""Inputs to look at: what the network saw, and which inputs pull the score most."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rmqm_spec.reports.charts.curves import MANY
from rmqm_spec.reports.examples import MAX_SIDE, Examples, choose
from rmqm_spec.reports.pictures import data_uri, sparkline
from rmqm_spec.reports.subjects import Subject

__all__ = ["extremes", "seen"]

_WORST = "Pull the score down most"
_BEST = "Pull the score up most"
_NOT_KEPT = "No pictures were kept beside this result (examples.npz)."


def seen(encoders: Sequence[Subject]) -> list[dict[str, Any]]:
    """Show typical inputs at a few levels, once for the encoders that share a geometry."""
    groups: dict[str, list[Subject]] = {}
    for one in encoders:
        geometry = json.dumps(one.document["protocol"].get("inputs"), sort_keys=True)
        groups.setdefault(geometry, []).append(one)
    return [_seen(group) for group in groups.values()]


def _seen(group: Sequence[Subject]) -> dict[str, Any]:
    found: dict[str, Any] = {"encoders": group, "inputs": [], "note": _NOT_KEPT, "side": None}
    first = next((one for one in group if one.examples is not None), None)
    if first is None or first.examples is None:
        return found
    rows = choose(first.stored, first.found)["typical"]
    return {
        "encoders": group,
        "side": first.examples.side if first.examples.side > MAX_SIDE else None,
        "note": first.examples.note,
        "inputs": [
            one for row in rows if (one := _pictured(first, row, first.examples))["pictures"]
        ],
    }


def extremes(encoders: Sequence[Subject]) -> list[dict[str, Any]]:
    """Show the inputs of each encoder that pull its score most, either way."""
    each = 3 if len(encoders) <= MANY else 2
    found = []
    for one in encoders:
        chosen = choose(one.stored, one.found)
        highest = float(one.stored.displacements.max())
        found.append(
            {
                "encoder": one,
                "note": _NOT_KEPT if one.examples is None else one.examples.note,
                "by": "contribution" if one.has_score else "mean displacement",
                "mean": sparkline(one.found.curves.displacement.mean, highest),
                "groups": [
                    {
                        "title": title if one.has_score else other,
                        "inputs": [
                            {
                                **_pictured(one, row, one.examples),
                                "line": sparkline(one.stored.displacements[row], highest),
                            }
                            for row in chosen[kind][:each]
                        ],
                    }
                    for kind, title, other in (
                        ("worst", _WORST, "Move least"),
                        ("best", _BEST, "Move most"),
                    )
                ],
            }
        )
    return found


def _pictured(one: Subject, row: int, examples: Examples | None) -> dict[str, Any]:
    identity = one.stored.ids[row]
    pictures = examples.of(identity) if examples is not None else None
    levels = examples.levels if examples is not None else ()
    contribution = float(one.found.per_input.contribution[row])
    return {
        "id": identity,
        "name": one.stored.names[row],
        "contribution": contribution if one.has_score else None,
        "D": float(one.found.per_input.D[row]),
        "pictures": []
        if pictures is None
        else [
            {"level": level, "uri": data_uri(picture), "height": picture.shape[0],
             "width": picture.shape[1]}
            for level, picture in zip(levels, pictures, strict=True)
        ],
    }  # fmt: skip
