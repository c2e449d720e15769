"""The measures between encoders that come with rmqm-spec, each with a value per encoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.between.candidates import consensus, information_sufficiency
from rmqm_spec.measures.between.measure import MeasureBetween
from rmqm_spec.measures.between.neighbours import N_NEIGHBOURS, nearest_of_each, shared
from rmqm_spec.measures.between.ridge import held_out_r2
from rmqm_spec.measures.between.rows import same_inputs

__all__ = ["CONSENSUS", "INFORMATION_SUFFICIENCY", "MUTUAL_NEIGHBOURS", "RIDGE_R2"]


def mean_ridge_r2(encodings: Mapping[str, AnyArray]) -> dict[str, float]:
    """
    Return the mean over the other encoders of `ridge_r2` from each encoder.

    Examples
    --------
    >>> whole = np.random.default_rng(0).standard_normal((60, 2))
    >>> values = mean_ridge_r2({"whole": whole, "a": whole[:, :1], "b": whole[:, 1:]})
    >>> round(values["whole"], 3), values["a"] < 0.5
    (1.0, True)
    """
    return {name: float(np.mean(list(row.values()))) for name, row in _r2(encodings).items()}


def mean_mutual_neighbours(encodings: Mapping[str, AnyArray]) -> dict[str, float]:
    """
    Return the mean over the other encoders of `mutual_neighbours` with each encoder.

    Examples
    --------
    >>> rows = np.random.default_rng(0).standard_normal((40, 3))
    >>> mean_mutual_neighbours({"a": rows, "b": 2 * rows, "c": -rows})["a"]
    1.0
    """
    pairs = _shares(encodings)
    return {name: float(np.mean(list(row.values()))) for name, row in pairs.items()}


def _r2(encodings: Mapping[str, AnyArray]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(others, held_out_r2(rows, [encodings[one] for one in others]), strict=True))
        for name, rows in encodings.items()
        for others in ([other for other in encodings if other != name],)
    }


def _shares(encodings: Mapping[str, AnyArray]) -> dict[str, dict[str, float]]:
    same_inputs(list(encodings.values()))
    near = {name: nearest_of_each(rows, N_NEIGHBOURS) for name, rows in encodings.items()}
    return {
        name: {other: shared(near[name], near[other]) for other in near if other != name}
        for name in near
    }


RIDGE_R2: Final = MeasureBetween(
    name="ridge-r2",
    title="Ridge R2",
    summary="How well an encoder's encodings predict those of the others, on average.",
    source="after Darrin et al. 2024, 2406.07640: held-out R2 of ridge regression, mean",
    function=mean_ridge_r2,
)
MUTUAL_NEIGHBOURS: Final = MeasureBetween(
    name="mutual-neighbours",
    title="Mutual neighbours",
    summary="Share of its ten nearest neighbours that an input has in the other encoders too.",
    source="Huh et al. 2024, 2405.07987: mutual k-nearest neighbours, k = 10, mean over others",
    function=mean_mutual_neighbours,
)
INFORMATION_SUFFICIENCY: Final = MeasureBetween(
    name="information-sufficiency",
    title="Information sufficiency",
    summary="How well an encoder's encodings predict those of the others, in the median.",
    source="Darrin et al. 2024, 2406.07640, with the held-out R2 of ridge regression",
    function=information_sufficiency,
)
CONSENSUS: Final = MeasureBetween(
    name="consensus",
    title="Consensus",
    summary="Mutual neighbours with the other encoders, calibrated: 0 by chance, 1 for all.",
    source="mutual neighbours (Huh et al. 2024) less those by chance; calibration after 2602.14486",
    function=consensus,
)
