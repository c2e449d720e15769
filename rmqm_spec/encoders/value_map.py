"""The value map: from an altered input to the values that a network takes (RMQM-ALT-008)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import AnyArray

__all__ = ["ValueMap"]


class ValueMap:
    """
    ``(scale * x - mean) / std`` as a product and a sum, rounded to the network's type.

    The factor ``scale / std`` and the offset ``-mean / std`` are computed in float64 and rounded to
    float32, or kept for a network that takes float64. A map that changes nothing is left out.

    Parameters
    ----------
    scale : float
        Factor on the values.
    mean, std : ndarray of float64
        In units after `scale`; they broadcast over the inputs.
    dtype : dtype-like
        Type of the network's input. To uint8, values are rounded half to even and clipped to
        0 to 255.

    Notes
    -----
    Source: RMQM-ALT-008.

    Examples
    --------
    >>> halves = ValueMap(255.0, np.array([127.5]), np.array([127.5]), "float32")
    >>> halves(np.array([[0.0, 0.5, 1.0]], np.float32))
    array([[-1.,  0.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        scale: float,
        mean: npt.NDArray[np.float64],
        std: npt.NDArray[np.float64],
        dtype: npt.DTypeLike,
    ) -> None:
        self.dtype = np.dtype(dtype)
        kind = np.float64 if self.dtype == np.float64 else np.float32
        self.factor = (scale / std).astype(kind)
        self.offset = (-mean / std).astype(kind)
        self.changes_values = bool((self.factor != 1).any() or (self.offset != 0).any())

    def __call__(self, values: AnyArray) -> AnyArray:
        """Map values (N, *S); returns them in the network's type."""
        mapped = self.product_and_sum(values)
        if self.dtype == np.uint8:
            mapped = np.clip(np.rint(mapped), 0, 255)
        return mapped.astype(self.dtype, copy=False)

    def product_and_sum(self, values: AnyArray) -> AnyArray:
        """Return ``values * factor + offset``, each operation rounded by itself."""
        if not self.changes_values:
            return values
        mapped: AnyArray = values * self.factor
        mapped += self.offset
        return mapped
