"""How well a nearest neighbour predicts clusters, alone and with the intrinsic dimension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import UnavailableError
from rmqm_spec.measures.neighbourhoods.dimensions import two_nn
from rmqm_spec.measures.neighbourhoods.distances import distinct_unit_rows
from rmqm_spec.measures.unaltered import UnalteredMeasure, Undefined
from rmqm_spec.neighbours import nearest

__all__ = ["CLID", "CLUSTER_LEARNABILITY", "clid", "cluster_learnability"]

if find_spec("sklearn") is None:  # these plugs cannot be used: whoever names them hears it first
    raise UnavailableError(
        "ENV014",
        "scikit-learn must be installed for the measures cluster-learnability and clid; got none",
        fix="Run pip install 'rmqm-spec[measures]', or name other measures: rmqm-spec measures "
        "lists them.",
    )

SEED: Final = 0

LEAST: Final = 16
"""Fewer inputs make fewer than 4 clusters."""


def cluster_learnability(encodings: AnyArray) -> float:
    """
    Return how often the nearest neighbour in one half names the cluster of an input in the other.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; they are scaled to unit length.

    Returns
    -------
    float
        A share from 0 to 1; the same after a factor for each row and, but for ties, a rotation.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero``, ``constant``, ``too-few-inputs`` below 16;
        ``duplicates`` where there are fewer different directions than clusters.

    Notes
    -----
    The CL of Lu et al., "Using Representation Expressiveness and Learnability to Evaluate
    Self-Supervised Learning Methods", TMLR 2023, 2206.01251. K-means (scikit-learn, k-means++, the
    best of 10 starts, ``random_state=0``, one thread) with round(sqrt(N)) clusters makes a label
    for each of the N inputs. In a random order (NumPy's ``default_rng(0)``) the first half, of
    floor(N / 2), predicts the second by its nearest member, of equally near ones by the first in
    the order of ids. Neighbours are searched among inputs,
    not among the centres of clusters. We could not read the paper's text: unit vectors follow a
    third party's code, which says that the paper uses cosine distances.

    There is no interval: leaving inputs out changes the clusters, and the jackknife takes the
    jumps for spread.

    Examples
    --------
    >>> corners = np.repeat(100.0 * np.eye(5), 5, axis=0)
    >>> cluster_learnability(corners + np.random.default_rng(0).random((25, 5)))
    1.0
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if len(encodings) < LEAST:
        raise Undefined("too-few-inputs")
    rows = distinct_unit_rows(encodings)
    n_clusters = round(math.sqrt(len(rows)))
    if len(np.unique(rows, axis=0)) < n_clusters:
        raise Undefined("duplicates")
    with threadpool_limits(1):
        labels = KMeans(n_clusters, n_init=10, random_state=SEED).fit_predict(rows)
    order = np.random.default_rng(SEED).permutation(len(rows))
    known, asked = np.split(order, [len(rows) // 2])
    found = nearest(rows[asked], rows[known], 1, rank=known)
    named = labels[known][np.concatenate([block.indices[:, 0] for block in found])]
    return float(np.mean(named == labels[asked]))


def clid(encodings: AnyArray) -> float:
    """
    Return the learnability of clusters plus the intrinsic dimension by TwoNN.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input; they are scaled to unit length for CL, and taken as they are for ID.

    Returns
    -------
    float
        `cluster_learnability` + `two_nn`.

    Raises
    ------
    Undefined
        As these two.

    Notes
    -----
    Lu et al., 2206.01251. CL is at most 1 and the dimension often 10 to 30, so that the plain sum
    mostly follows the dimension; both parts are among the details, for studies that bring them to
    one scale over a set of encoders first. There is no interval, as CL has none.

    Examples
    --------
    >>> rows = np.random.default_rng(0).standard_normal((40, 3))
    >>> clid(rows) == cluster_learnability(rows) + two_nn(rows)
    True
    """
    return cluster_learnability(encodings) + two_nn(encodings)


def _parts(encodings: Float64Array) -> Mapping[str, float]:
    return {"cl": cluster_learnability(encodings), "id": two_nn(encodings)}


CLUSTER_LEARNABILITY = UnalteredMeasure(
    name="cluster-learnability",
    title="Cluster learnability",
    summary="Share of inputs whose nearest neighbour is of the same k-means cluster.",
    source="Lu et al. 2022, 2206.01251",
    function=cluster_learnability,
    at_least=LEAST,
    has_interval=False,
)

CLID = UnalteredMeasure(
    name="clid",
    title="CLID",
    summary="Cluster learnability plus the TwoNN dimension.",
    source="Lu et al. 2022, 2206.01251",
    function=clid,
    details=_parts,
    at_least=LEAST,
    has_interval=False,
)
