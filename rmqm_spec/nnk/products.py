"""Inner products among each query and its candidates: what the kernel values are made of."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.neighbours.estimates import Positions

__all__ = ["inner_products"]


def inner_products(
    queries: Float64Array,
    gallery: Float64Array,
    indices: Positions,
    *,
    is_centred: bool = False,
    compiled: ModuleType | None = None,
) -> Float64Array:
    """
    Return the inner products among each query and its candidates.

    Parameters
    ----------
    queries : (B, E) ndarray of float64
        The queries.
    gallery : (G, E) ndarray of float64
        The rows that the candidates are among.
    indices : (B, k) ndarray of int
        Positions of the candidates of each query.
    is_centred : bool
        Whether the query is subtracted from all rows first.
    compiled : module, optional
        The compiled loops; by default NumPy does it.

    Returns
    -------
    (B, k + 1, k + 1) ndarray of float64
        Row and column 0 are the query.

    Examples
    --------
    >>> gallery = np.array([[3.0, 4.0], [1.0, 0.0]])
    >>> inner_products(gallery[:1], gallery, np.array([[1]])).tolist()
    [[[25.0, 3.0], [3.0, 1.0]]]
    """
    if compiled is not None:
        found: Float64Array = compiled.inner_products(
            queries, gallery, indices, is_centred=is_centred
        )
        return found
    rows = np.concatenate([queries[:, None], gallery[indices]], axis=1)
    if is_centred:
        rows -= queries[:, None]
    return np.asarray(rows @ rows.swapaxes(1, 2))
