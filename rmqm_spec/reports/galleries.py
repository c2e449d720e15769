"""Inputs to look at: what the network saw, and which inputs pull the score most."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rmqm_spec.reports.charts.curves import MANY
from rmqm_spec.reports.content import ReportedEncoder
from rmqm_spec.reports.examples import MAX_SIDE, Examples, choose
from rmqm_spec.reports.pictures import data_uri, sparkline

__all__ = ["extremes", "typical_inputs"]

_WORST = "Pull the score down most"
_BEST = "Pull the score up most"
_NOT_KEPT = "No pictures were kept beside this result (examples.npz)."


def typical_inputs(encoders: Sequence[ReportedEncoder]) -> list[dict[str, Any]]:
    """Show typical inputs at a few levels, once for the encoders that share a geometry."""
    groups: dict[str, list[ReportedEncoder]] = {}
    for encoder in encoders:
        geometry = json.dumps(encoder.document["protocol"].get("inputs"), sort_keys=True)
        groups.setdefault(geometry, []).append(encoder)
    return [_typical_inputs_of(group) for group in groups.values()]


def _typical_inputs_of(group: Sequence[ReportedEncoder]) -> dict[str, Any]:
    empty: dict[str, Any] = {"encoders": group, "inputs": [], "note": _NOT_KEPT, "side": None}
    first = next((encoder for encoder in group if encoder.examples is not None), None)
    if first is None or first.examples is None:
        return empty
    rows = choose(first.stored, first.characteristics)["typical"]
    return {
        "encoders": group,
        "side": first.examples.side if first.examples.side > MAX_SIDE else None,
        "note": first.examples.note,
        "inputs": [
            pictured
            for row in rows
            if (pictured := _pictured(first, row, first.examples))["pictures"]
        ],
    }


def extremes(encoders: Sequence[ReportedEncoder]) -> list[dict[str, Any]]:
    """Show the inputs of each encoder that pull its score most, either way."""
    each = 3 if len(encoders) <= MANY else 2
    galleries = []
    for encoder in encoders:
        chosen = choose(encoder.stored, encoder.characteristics)
        highest = float(encoder.stored.displacements.max())
        galleries.append(
            {
                "encoder": encoder,
                "note": _NOT_KEPT if encoder.examples is None else encoder.examples.note,
                "by": "contribution" if encoder.has_score else "mean displacement",
                "mean": sparkline(encoder.characteristics.curves.displacement.mean, highest),
                "groups": [
                    {
                        "title": title if encoder.has_score else title_without_score,
                        "inputs": [
                            {
                                **_pictured(encoder, row, encoder.examples),
                                "line": sparkline(encoder.stored.displacements[row], highest),
                            }
                            for row in chosen[kind][:each]
                        ],
                    }
                    for kind, title, title_without_score in (
                        ("worst", _WORST, "Move least"),
                        ("best", _BEST, "Move most"),
                    )
                ],
            }
        )
    return galleries


def _pictured(encoder: ReportedEncoder, row: int, examples: Examples | None) -> dict[str, Any]:
    identity = encoder.stored.ids[row]
    pictures = examples.of(identity) if examples is not None else None
    levels = examples.levels if examples is not None else ()
    contribution = float(encoder.characteristics.per_input.contribution[row])
    return {
        "id": identity,
        "name": encoder.stored.names[row],
        "contribution": contribution if encoder.has_score else None,
        "D": float(encoder.characteristics.per_input.D[row]),
        "pictures": []
        if pictures is None
        else [
            {"level": level, "uri": data_uri(picture), "height": picture.shape[0],
             "width": picture.shape[1]}
            for level, picture in zip(levels, pictures, strict=True)
        ],
    }  # fmt: skip
