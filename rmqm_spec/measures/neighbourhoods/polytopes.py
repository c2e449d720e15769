"""The NNK neighbourhoods of inputs among each other: neighbours, errors and diameters, as means."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.measures.neighbourhoods.distances import distinct_unit_rows
from rmqm_spec.measures.unaltered import UnalteredMeasure, Undefined
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk import all_neighbourhoods, diameters

__all__ = [
    "LEAST",
    "NNK_DIAMETER",
    "NNK_ERROR",
    "NNK_NEIGHBOURS",
    "N_CANDIDATES",
    "n_candidates",
    "nnk_diameter",
    "nnk_error",
    "nnk_neighbours",
]

N_CANDIDATES: Final = 50
"""k, as in DeepNNK and in the benchmark of self-supervised models by the same group."""

LEAST: Final = 3
"""With one other input there is nothing to choose from."""

_KEPT: Final = 64
"""So many results are kept: a jackknife of one measure asks for 21, which the next asks for too."""


def n_candidates(n_inputs: int) -> int:
    """
    Return the number of candidates among N inputs: 50, or all others where there are fewer.

    Examples
    --------
    >>> n_candidates(200), n_candidates(30)
    (50, 29)
    """
    return min(N_CANDIDATES, n_inputs - 1)


@frozen(eq=False)
class _Shapes:
    """Number of neighbours, error and diameter of each of N inputs, (N,) each."""

    counts: Positions
    errors: Float64Array
    diameters: Float64Array


_shapes: Final[OrderedDict[bytes, _Shapes]] = OrderedDict()
_lock: Final = Lock()


def _shapes_of(encodings: AnyArray) -> _Shapes:
    """Return the shapes of the neighbourhoods of (N, E); three measures ask for the same ones."""
    if len(encodings) < LEAST:
        raise Undefined("too-few-inputs")
    rows = distinct_unit_rows(encodings)
    key = sha256(f"{rows.shape}".encode() + np.ascontiguousarray(rows).tobytes()).digest()
    with _lock:
        if key in _shapes:
            return _shapes[key]
    found = _solved(rows)
    with _lock:
        _shapes[key] = found
        while len(_shapes) > _KEPT:
            _shapes.popitem(last=False)
    return found


def _solved(rows: Float64Array) -> _Shapes:
    found = all_neighbourhoods(rows, rows, n_candidates(len(rows)), own=np.arange(len(rows)))
    return _Shapes(found.counts, found.errors, diameters(found, rows))


def nnk_neighbours(encodings: AnyArray) -> float:
    """
    Return the mean number of NNK neighbours of an input among the others.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; the kernel is 1/2 + 1/2 cos.

    Returns
    -------
    float
        From 1 to k, where k = min(50, N - 1) is the number of candidates; the same after a
        rotation or a factor for each row.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero``; ``constant`` where all directions are equal;
        ``too-few-inputs`` below 3.

    Notes
    -----
    Shekkizhar and Ortega take it for the intrinsic dimension. It depends on k and on N, in their
    own stored results too (14.5, 18.4 and 20.2 for k = 25, 50 and 75): compare only values over
    equally many inputs. In E dimensions there are at most E + 1 neighbours.

    In simulations of 150 draws of 100 inputs and of 60 of 300 (Gaussian, of decaying spectrum, in
    clusters) the jackknife interval was 2.1 to 2.9 times too wide and covered always. An interval
    as for independent inputs would be too narrow: it covered in 88 to 95 %.

    Examples
    --------
    >>> angles = 2 * np.pi * np.arange(12) / 12
    >>> nnk_neighbours(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    2.0
    """
    return float(_shapes_of(encodings).counts.mean())


def nnk_error(encodings: AnyArray) -> float:
    r"""
    Return the mean error with which NNK neighbours make up an input.

    .. math:: \frac{1}{N} \sum_q \bigl( K_{qq} - 2 \theta^\top K_{S q}
        + \theta^\top K_{S S} \theta \bigr)

    Parameters
    ----------
    encodings : (N, E) ndarray
        As for `nnk_neighbours`.

    Returns
    -------
    float
        From 0, where every input is made up of others, to 1: squared, in the space of the kernel,
        where every input has length 1. The same after a rotation or a factor for each row.

    Raises
    ------
    Undefined
        As `nnk_neighbours`.

    Notes
    -----
    The local reconstruction error of NNK graphs. It falls as N grows. In the simulations of
    `nnk_neighbours` the interval was 1.2 to 1.7 times too wide and covered in 96 to 99 %.

    Examples
    --------
    >>> round(nnk_error(np.eye(3)), 12)
    0.666666666667
    """
    return float(_shapes_of(encodings).errors.mean())


def nnk_diameter(encodings: AnyArray) -> float:
    """
    Return the mean greatest distance between two NNK neighbours of an input, as unit vectors.

    Parameters
    ----------
    encodings : (N, E) ndarray
        As for `nnk_neighbours`.

    Returns
    -------
    float
        From 0 to 2; inputs with one neighbour count 0. The same after a rotation or a factor for
        each row.

    Raises
    ------
    Undefined
        As `nnk_neighbours`.

    Notes
    -----
    The diameter of `rmqm_spec.nnk.diameters`, here of neighbours among other inputs: how far the
    data lie apart around an input. It falls as N grows. In the simulations of `nnk_neighbours` the
    interval was 1.5 to 2.4 times too wide and covered in 98 to 100 %; one as for independent inputs
    covered in 83 to 98 %.

    Examples
    --------
    >>> round(nnk_diameter(np.eye(3)), 6)
    1.414214
    """
    return float(_shapes_of(encodings).diameters.mean())


def _details(encodings: AnyArray) -> Mapping[str, float]:
    counts = _shapes_of(encodings).counts
    return {
        "candidates": float(n_candidates(len(counts))),
        "fewest": float(counts.min()),
        "most": float(counts.max()),
    }


def _candidates(encodings: AnyArray) -> Mapping[str, float]:
    return {"candidates": float(n_candidates(len(encodings)))}


NNK_NEIGHBOURS = UnalteredMeasure(
    name="nnk-neighbours",
    title="NNK neighbours",
    summary="Mean number of neighbours of an input by non-negative kernel regression.",
    source="Shekkizhar and Ortega 2020, arXiv 2007.10505; cosine kernel, exact optimum, k = 50",
    function=nnk_neighbours,
    details=_details,
    at_least=LEAST,
)

NNK_ERROR = UnalteredMeasure(
    name="nnk-error",
    title="NNK error",
    summary="Mean error with which an input's neighbours make it up by kernel regression.",
    source="Shekkizhar and Ortega, ICASSP 2020; cosine kernel, exact optimum, k = 50",
    function=nnk_error,
    details=_candidates,
    at_least=LEAST,
)

NNK_DIAMETER = UnalteredMeasure(
    name="nnk-diameter",
    title="NNK diameter",
    summary="Mean greatest distance between two NNK neighbours of an input, from 0 to 2.",
    source="Shekkizhar and Ortega, GSP Workshop 2023; cosine kernel, exact optimum, k = 50",
    function=nnk_diameter,
    details=_candidates,
    at_least=LEAST,
)
