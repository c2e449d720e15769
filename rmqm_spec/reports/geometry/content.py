"""What a report of geometries is made from: documents, comparisons, and a few inputs to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from attrs import field, frozen

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.geometries.comparing import Likeness
from rmqm_spec.probes.pairing import Compared

__all__ = ["GeometryContent", "Plane", "ReportedGeometry", "ShownInput", "ShownPicture"]

Picture = npt.NDArray[Any]
"""(H, W, C) of uint8."""


@frozen(kw_only=True, eq=False)
class ShownPicture:
    """
    A picture beside an input: one of its neighbours, or one of its altered versions.

    Parameters
    ----------
    name : str
        Where it comes from; empty for an altered version.
    label : str, optional
        Its class, where that is known.
    share : float
        Its share of all weights of the neighbourhood.
    level : int, optional
        Of an altered version.
    picture : (H, W, C) ndarray of uint8, optional
        None where inputs are no pictures.
    """

    name: str = ""
    label: str | None = None
    share: float = 0.0
    level: int | None = None
    picture: Picture | None = None


@frozen(kw_only=True, eq=False)
class Plane:
    """
    An input and its candidates in the plane that shows the polytope best.

    Parameters
    ----------
    points : (m + 1, 2) ndarray of float64
        The input, then its candidates.
    shares : (m,) ndarray of float64
        Shares of the weights; 0 for a candidate that is no neighbour.
    widest : tuple of two int, optional
        The two points whose distance is the diameter.
    captured : float
        Share of the variance of the points that chose the plane: how much of it lies in there.
    """

    points: Float64Array
    shares: Float64Array
    widest: tuple[int, int] | None
    captured: float

    @property
    def is_neighbour(self) -> BoolArray:
        """Which candidates are neighbours, (m,)."""
        return self.shares > 0


@frozen(kw_only=True, eq=False)
class ShownInput:
    """
    An input with its neighbours and its altered versions.

    Parameters
    ----------
    id, name : str
        Its content hash and origin.
    label : str, optional
        Its class, where that is known.
    picture : (H, W, C) ndarray of uint8, optional
        None where inputs are no pictures.
    n_neighbours, error, diameter : float
        Of its neighbourhood.
    neighbours : tuple of ShownPicture
        The neighbours of largest weight.
    plane : Plane
        Its polytope.
    versions : tuple of ShownPicture
        Itself at a few levels of the alteration.
    path : Plane, optional
        The set of all its altered versions.
    path_diameter : float, optional
        Diameter of the polytope of that set.
    """

    id: str
    name: str
    label: str | None
    picture: Picture | None
    n_neighbours: int
    error: float
    diameter: float
    neighbours: tuple[ShownPicture, ...]
    plane: Plane
    versions: tuple[ShownPicture, ...] = ()
    path: Plane | None = None
    path_diameter: float | None = None


@frozen(kw_only=True, eq=False)
class ReportedGeometry:
    """An encoder of the page: its key in pictures, its name, its document and inputs to look at."""

    key: str
    name: str
    document: Mapping[str, Any]
    shown: tuple[ShownInput, ...] = ()


@frozen(kw_only=True, eq=False)
class GeometryContent:
    """
    Everything that a report of geometries is made from.

    Parameters
    ----------
    encoders : tuple of ReportedGeometry
        In the order in which they were named, at least one.
    differences : tuple of Compared
        Paired differences.
    agreement : tuple of Likeness
        How alike the neighbourhoods of every two are.
    failed : tuple of mapping
        Models that could not be measured: ``name``, ``code``, ``message``, ``fix``.
    """

    encoders: tuple[ReportedGeometry, ...]
    differences: tuple[Compared, ...] = ()
    agreement: tuple[Likeness, ...] = ()
    failed: tuple[Mapping[str, str], ...] = field(default=())

    @property
    def keys(self) -> dict[str, str]:
        """Key of each encoder by its name."""
        return {encoder.name: encoder.key for encoder in self.encoders}
