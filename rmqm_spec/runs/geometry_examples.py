"""A few inputs to look at in a report: their neighbours, and their altered versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rmqm_spec.contracts.alteration import Alteration
from rmqm_spec.geometries.altering import altered_vectors, versions_of
from rmqm_spec.geometries.columns import Columns
from rmqm_spec.nnk import all_neighbourhoods
from rmqm_spec.reports.examples import is_picture, picture_of
from rmqm_spec.reports.geometry.content import ShownInput, ShownPicture
from rmqm_spec.reports.geometry.planes import plane_of
from rmqm_spec.runs.geometry_set import InputSet

if TYPE_CHECKING:
    from rmqm_spec.arrays import FloatArray
    from rmqm_spec.contracts.backend import ModelEncoder

__all__ = ["EACH", "shown_inputs"]

EACH: Final = 3
"""Inputs to look at: the first by content, whatever came of them."""

_MOST_NEIGHBOURS: Final = 10
_MOST_VERSIONS: Final = 8


def shown_inputs(
    columns: Columns, inputs: InputSet, encoder: ModelEncoder, alteration: Alteration | None
) -> tuple[ShownInput, ...]:
    """
    Collect what a report shows of the first inputs.

    Parameters
    ----------
    columns : Columns
        The geometry of the encoder.
    inputs : InputSet
        Its inputs and encodings.
    encoder : ModelEncoder
        The encoder, for altered versions.
    alteration : Alteration, optional
        Where inputs were altered too.
    """
    pictures = _Pictures(inputs, encoder)
    shown = []
    for row in range(min(EACH, len(columns.ids))):
        known = _among_others(row, columns, inputs, pictures)
        if alteration is not None and columns.altered is not None:
            widths = columns.altered.diameters[:, -1]
            if row < len(widths):
                known |= _altered(row, inputs, encoder, alteration, pictures)
                known["path_diameter"] = float(widths[row])
        shown.append(ShownInput(**known))
    return tuple(shown)


class _Pictures:
    """Pictures of inputs by their row; None where inputs are no pictures."""

    def __init__(self, inputs: InputSet, encoder: ModelEncoder) -> None:
        self._inputs = inputs
        self._are_images = encoder.spec.kind == "image"

    def values(self, row: int) -> FloatArray:
        return self._inputs.prepared.load(self._inputs.positions[row]).values

    def of(self, values: FloatArray) -> Any:
        if not self._are_images or not is_picture(values):
            return None
        return picture_of(values, self._inputs.prepared.bounds)


def _among_others(
    row: int, columns: Columns, inputs: InputSet, pictures: _Pictures
) -> dict[str, Any]:
    """Return what is shown of an input among all others."""
    found, vectors = columns.found, inputs.chosen.vectors
    indices, shares = found.indices[row], found.shares[row]
    by_weight = np.argsort(-shares, kind="stable")[: min(_MOST_NEIGHBOURS, found.counts[row])]
    return {
        "id": columns.ids[row],
        "name": columns.names[row],
        "label": None if columns.labels is None else columns.labels[row],
        "picture": pictures.of(pictures.values(row)),
        "n_neighbours": int(found.counts[row]),
        "error": float(found.errors[row]),
        "diameter": float(columns.diameters[row]),
        "neighbours": tuple(
            ShownPicture(
                name=columns.names[indices[place]],
                label=None if columns.labels is None else columns.labels[indices[place]],
                share=float(shares[place]),
                picture=pictures.of(pictures.values(indices[place])),
            )
            for place in by_weight
        ),
        "plane": plane_of(vectors[row], vectors[indices], shares),
    }


def _altered(
    row: int,
    inputs: InputSet,
    encoder: ModelEncoder,
    alteration: Alteration,
    pictures: _Pictures,
) -> dict[str, Any]:
    """Return the altered versions of an input, and their plane."""
    positions = inputs.positions[row : row + 1]
    [(vectors, _)] = altered_vectors(encoder, inputs.prepared, positions, alteration)
    query, gallery = vectors[0, :1], vectors[0, 1:]
    found = all_neighbourhoods(query, gallery, len(gallery))
    shares = np.zeros(len(gallery))
    shares[found.indices[0]] = found.shares[0]
    plane = plane_of(query[0], gallery, shares, of_all=True)
    values = pictures.values(row)
    versions = versions_of(values[None], inputs.chosen.ids[row : row + 1], alteration)[0]
    levels = _some_levels(alteration.n_levels)
    return {
        "versions": tuple(
            ShownPicture(level=level, picture=pictures.of(versions[level])) for level in levels
        ),
        "path": plane,
    }


def _some_levels(n_levels: int) -> Sequence[int]:
    """Return level 0, the last level, and a few evenly between them."""
    n_shown = min(_MOST_VERSIONS, n_levels + 1)
    return sorted({round(step * n_levels / (n_shown - 1)) for step in range(n_shown)})
