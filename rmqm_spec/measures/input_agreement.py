"""Whether inputs that are near each other have encodings that are near each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.measures.prepared import unit_rows
from rmqm_spec.measures.unaltered import ENCODINGS, FirstLevel, Undefined
from rmqm_spec.neighbours import nearest, of_order_one

__all__ = ["MOST_VALUES", "NEIGHBOUR_AGREEMENT", "NeighbourAgreement", "sketch"]

N_NEIGHBOURS: Final = 10
MOST_VALUES: Final = 4096
"""Inputs of more values are kept as sketches of this many."""

_SEED: Final = 0


def sketch(inputs: AnyArray) -> AnyArray:
    """
    Return inputs as rows of at most `MOST_VALUES` values, with nearly the same distances.

    Every value is added, with a random sign, to one random place of the sketch (feature hashing:
    Weinberger et al. 2009). A squared distance is kept without bias; its relative standard error
    is at most ``sqrt(2 / MOST_VALUES)``, 2.2 %.

    Parameters
    ----------
    inputs : (n, *S) ndarray
        Inputs.

    Returns
    -------
    (n, min(V, MOST_VALUES)) ndarray of float32
        V is the number of values of an input; up to `MOST_VALUES` values stay as they are.

    Examples
    --------
    >>> sketch(np.ones((2, 3, 4))).shape, sketch(np.ones((2, 3, 80, 80))).shape
    ((2, 12), (2, 4096))
    """
    rows = inputs.reshape(len(inputs), -1).astype(np.float32)
    n_values = rows.shape[1]
    return rows if n_values <= MOST_VALUES else np.asarray((_places(n_values).T @ rows.T).T)


@lru_cache(maxsize=2)
def _places(n_values: int) -> Any:
    from scipy.sparse import csr_array

    random = np.random.default_rng([_SEED, n_values])
    place = random.integers(MOST_VALUES, size=n_values)
    sign = random.choice(np.array([-1, 1], dtype=np.float32), size=n_values)
    shape = (n_values, MOST_VALUES)
    return csr_array((sign, place, np.arange(n_values + 1)), shape=shape)


class _Meter(FirstLevel):
    """Keeps level 0, and the inputs."""

    _inputs: AnyArray

    def look(self, inputs: AnyArray, /) -> None:
        """Take the unaltered inputs (n, *S)."""
        self._inputs = sketch(inputs)

    def columns(self) -> Mapping[str, AnyArray]:
        """Return encodings (n, E) and inputs (n, at most `MOST_VALUES`)."""
        return {**super().columns(), "inputs": self._inputs}


@frozen
class NeighbourAgreement:
    """
    Mean share of the ten nearest neighbours that inputs and encodings have in common.

    Neighbours of inputs by Euclidean distance of their values, of encodings by that of unit
    vectors; of equally near ones the first in the order of ids. Chance gives ``10 / (N - 1)``,
    which ``details`` names. An encoder that returns the pixels has 1: a high value says that little
    was learnt, as much as that little was lost. The interval is a delete-group jackknife; the
    shares of single inputs depend on each other, so that their standard error is too small (it
    covered 84 % of the time where 95 % was due).

    Examples
    --------
    >>> meter = NEIGHBOUR_AGREEMENT.start(30, 1, [])
    >>> values = np.random.default_rng(0).standard_normal((30, 4)) + 9
    >>> values /= np.linalg.norm(values, axis=1, keepdims=True)
    >>> meter.look(values)
    >>> meter.update(values[:, None])
    >>> NEIGHBOUR_AGREEMENT.summarise(meter.columns()).value
    1.0
    """

    name: ClassVar[str] = "neighbour-agreement"
    title: ClassVar[str] = "Neighbour agreement"
    summary: ClassVar[str] = "How many of ten nearest neighbours inputs and encodings share."
    source: ClassVar[str] = "ours; the overlap of neighbours of Huh et al. 2024, section 2"
    units: ClassVar[str] = "1"
    direction: ClassVar[Direction] = None
    needs: ClassVar[frozenset[Need]] = frozenset({"inputs", "unaltered"})
    kept: ClassVar[tuple[Column, ...]] = (
        ENCODINGS,
        Column(name="inputs", units="the input's own", meaning="values of the input or its sketch"),
    )

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> _Meter:
        """Return a meter for a group of inputs."""
        return _Meter()

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the mean share with an interval over the inputs."""
        n_inputs = len(columns["encodings"])
        if n_inputs < N_NEIGHBOURS + 2:
            return Summary(value=math.nan, status="too-few-inputs")
        try:
            vectors = unit_rows(columns["encodings"])
        except Undefined as reason:
            return Summary(value=math.nan, status=str(reason))
        inputs = of_order_one(columns["inputs"])
        value = _agreement(inputs, vectors)
        return Summary(
            value=value,
            interval=jackknife_interval(_agreement, inputs, vectors, value=value),
            details={"chance": N_NEIGHBOURS / (n_inputs - 1)},
        )


def _agreement(inputs: Float64Array, unit_encodings: Float64Array) -> float:
    """Return the mean share of common neighbours; NaN where there are fewer than 11 others."""
    if len(inputs) < N_NEIGHBOURS + 2:
        return math.nan
    near, also_near = _neighbours(inputs), _neighbours(unit_encodings)
    return float((near[:, :, None] == also_near[:, None, :]).any(2).mean())


def _neighbours(rows: Float64Array) -> AnyArray:
    """Return the ten nearest other rows of each row, (N, 10); ties go to the earlier row."""
    found = nearest(rows, rows, N_NEIGHBOURS, own=np.arange(len(rows)))
    return np.concatenate([block.indices for block in found])


NEIGHBOUR_AGREEMENT = NeighbourAgreement()
