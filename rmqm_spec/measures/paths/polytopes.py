"""The polytope that NNK makes of an input's altered versions: how wide it is, how many corners."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.errors import EncodingError
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.measures.paths.views import level_of
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk import Cosine, Neighbourhoods, diameters
from rmqm_spec.nnk.solving import errors_of, weights_of
from rmqm_spec.nnk.start import loops_if_installed
from rmqm_spec.resolution import at_resolution, resolution_of

__all__ = [
    "NNK_VIEW_DIAMETER",
    "NNK_VIEW_NEIGHBOURS",
    "PolytopeMeasure",
    "PolytopeMeter",
    "polytopes_of_views",
]

TENTHS: Final = tuple(range(1, 11))
"""Levels up to so many tenths of J are the candidates; ten tenths give the value."""


def polytopes_of_views(
    vectors: Float64Array, resolution: float, levels: Sequence[int]
) -> tuple[Float64Array, Positions]:
    """
    Return diameter and number of the NNK neighbours of inputs among their altered versions.

    Parameters
    ----------
    vectors : (n, J + 1, E) ndarray of float64
        Unit vectors of each unaltered input, which is the query, and of its J altered versions.
    resolution : float
        Versions within this distance of the unaltered input count as equal to it, diameters below
        it as zero.
    levels : sequence of int
        The candidates are the versions at levels 1 to each of these.

    Returns
    -------
    tuple of two (n, len(levels)) ndarray
        Diameters in [0, 2], and numbers of neighbours from 0 to the level; both are 0 at level 0.

    Notes
    -----
    Of versions that are equally good neighbours, as copies are, the one of the lowest level is
    taken.

    Examples
    --------
    >>> turned = np.array([[[1.0, 0.0], [0.6, 0.8], [0.6, -0.8], [-1.0, 0.0]]])
    >>> widths, counts = polytopes_of_views(turned, 1e-12, [1, 2, 3])
    >>> widths.round(12).tolist(), counts.tolist()
    ([[0.0, 1.6, 1.6]], [[1, 2, 2]])
    """
    n_inputs, n_rows, length = vectors.shape
    queries, versions = vectors[:, 0], vectors[:, 1:]
    unmoved = np.linalg.norm(versions - queries[:, None], axis=2) < resolution
    gallery = np.where(unmoved[..., None], queries[:, None], versions).reshape(-1, length)
    own = np.arange(len(gallery)).reshape(n_inputs, n_rows - 1)
    # Groups of inputs are of any size: all must be solved in the same way, for the same bits.
    compiled = loops_if_installed()
    kernel = Cosine().over(queries, gallery, n_rows - 1).values(0, own, compiled)
    widths = np.zeros((n_inputs, len(levels)))
    counts = np.zeros((n_inputs, len(levels)), dtype=np.intp)
    for place, level in enumerate(levels):
        if level:
            values = np.ascontiguousarray(kernel[:, : level + 1, : level + 1])
            weights = weights_of(values, "exact", compiled)
            found = Neighbourhoods(0, own[:, :level], weights, errors_of(values, weights))
            widths[:, place] = at_resolution(diameters(found, gallery), resolution)
            counts[:, place] = found.counts
    return widths, counts


class PolytopeMeter:
    """The meter: keeps a group's encodings until the last level came, then two short curves."""

    def __init__(self, n_levels: int, names: Sequence[str] | None = None) -> None:
        self._n_levels = n_levels
        self._names = names
        self._parts: list[AnyArray] = []

    def update(self, encodings: AnyArray, /) -> None:
        """
        Take encodings (n, L, E) of the next L levels; the first call brings level 0.

        Raises
        ------
        EncodingError
            ENC004 if they do not have the length of those before.
        """
        if self._parts and encodings.shape[-1] != self._parts[0].shape[-1]:
            raise EncodingError(
                "ENC004",
                f"encodings must all have the same length; got {encodings.shape[-1]} after "
                f"{self._parts[0].shape[-1]}",
                fix="Encode each input by itself: the length must not depend on the batch.",
            )
        self._parts.append(encodings.copy())

    def columns(self) -> Mapping[str, AnyArray]:
        """Return diameters and numbers of neighbours, (n, 10) each."""
        if sum(part.shape[1] for part in self._parts) <= self._n_levels:
            raise RuntimeError("columns were asked for before the last level came")
        encodings = np.concatenate(self._parts, axis=1)
        vectors = unit_vectors(encodings, self._names)
        levels = [level_of(tenths, self._n_levels) for tenths in TENTHS]
        widths, counts = polytopes_of_views(vectors, resolution_of(encodings.dtype), levels)
        return {"diameters": widths, "neighbours": counts}


@frozen(kw_only=True)
class PolytopeMeasure:
    """
    A mean over inputs of what the polytope of their altered versions is like.

    The query is the encoding of the unaltered input, the candidates are those of its altered
    versions at levels 1 to J; the kernel is 1/2 + 1/2 cos. An encoder that is invariant to the
    alteration has polytopes of small diameter. ``details`` has the means over polytopes of the
    levels up to each tenth of J. Inputs count alike and independently: the interval is that of a
    mean. Where no input has two neighbours that are apart, as with a single level or an encoder
    that gives the same encoding for everything, there is no value (``no-polytopes``).

    Parameters
    ----------
    name, title, summary, source : str
        As in `rmqm_spec.contracts.measure.Measure`.
    column : {"diameters", "neighbours"}
        Which of the two columns.
    of_a_point : float
        Its value where a single version is the only neighbour.
    most : float
        The largest possible value: an interval is cut off there and at 0.

    Examples
    --------
    >>> meter = NNK_VIEW_DIAMETER.start(1, 2, ["image"])
    >>> meter.update(np.array([[[1.0, 0.0], [0.6, 0.8], [0.6, -0.8]]]))
    >>> round(NNK_VIEW_DIAMETER.summarise(meter.columns()).value, 12)
    1.6
    """

    units: ClassVar[str] = "1"
    direction: ClassVar[Direction] = None
    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "altered"})
    keeps: ClassVar[str] = "view-polytopes"
    """Both measures share one meter and its columns."""
    kept: ClassVar[tuple[Column, ...]] = (
        Column(
            name="diameters",
            meaning="diameter of the polytope of levels 1 to 0.1, 0.2, ... 1 times J, (10,)",
        ),
        Column(name="neighbours", meaning="number of its corners, (10,)"),
    )
    has_interval: ClassVar[bool] = True

    name: str
    title: str
    summary: str
    source: str
    column: str
    of_a_point: float
    most: float = math.inf

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameter
        n_levels: int,
        names: Sequence[str],
    ) -> PolytopeMeter:
        """Return a meter for levels 0..J."""
        return PolytopeMeter(n_levels, names)

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the mean of the polytopes of all levels, with its interval."""
        curves = np.asarray(columns[self.column], dtype=np.float64)
        if not (curves[:, -1] > self.of_a_point).any():
            return Summary(value=math.nan, status="no-polytopes")
        means = curves.mean(axis=0)
        value = float(means[-1])
        return Summary(
            value=value,
            interval=self._interval(curves[:, -1], value),
            details={f"at-{n / 10:g}": float(mean) for n, mean in zip(TENTHS, means, strict=True)},
        )

    def _interval(self, values: Float64Array, value: float) -> tuple[float, float] | None:
        interval = jackknife_interval(lambda rows: float(rows.mean()), values, value=value)
        if interval is None or interval[1] - interval[0] <= 1e-12 * abs(value):
            return None
        return (max(interval[0], 0.0), min(interval[1], self.most))


_SOURCE: Final = "Shekkizhar and Ortega, GSP Workshop 2023; cosine kernel, exact optimum"

NNK_VIEW_DIAMETER = PolytopeMeasure(
    name="nnk-view-diameter",
    title="NNK view diameter",
    summary="How wide the NNK polytope of an input's altered versions is: small if invariant.",
    source=_SOURCE,
    column="diameters",
    of_a_point=0.0,
    most=2.0,
)

NNK_VIEW_NEIGHBOURS = PolytopeMeasure(
    name="nnk-view-neighbours",
    title="NNK view neighbours",
    summary="How many altered versions of an input are its neighbours by kernel regression.",
    source=_SOURCE,
    column="neighbours",
    of_a_point=1.0,
)
