"""Gaussian blur of growing width (clause RMQM-IMG-007)."""

from __future__ import annotations

from typing import ClassVar

from attrs import field, frozen

from rmqm_spec.alterations.arguments import require
from rmqm_spec.alterations.images.levels import ImageAlteration
from rmqm_spec.arrays import Float64Array

__all__ = ["TRUNCATE", "Blur"]

TRUNCATE = 4.0
"""The kernel is cut off at so many standard deviations, rounded to whole pixels."""


@frozen(kw_only=True)
class Blur(ImageAlteration):
    """
    The alteration that blurs images ever more; outside the frame they are mirrored.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`; nothing is drawn.
    widest : float
        Standard deviation at level J, in pixels; above 0 and at most 1000.

    Examples
    --------
    >>> import numpy as np
    >>> dot = np.zeros((1, 1, 5, 5))
    >>> dot[0, 0, 2, 2] = 1.0
    >>> blurred = Blur(n_levels=2, widest=1.0).alter(dot, ["dot"], 0, 3)
    >>> (100 * blurred[0, :, 0, 2, 2]).round().tolist()
    [100.0, 62.0, 16.0]
    """

    name: ClassVar[str] = "blur"
    schedule: ClassVar[str] = "sigma_j = widest * j / J"

    n_levels: int = field(default=20)
    widest: float = field(default=4.0, converter=float)

    def check(self) -> None:
        """Raise `UsageError` if the width is outside its range."""
        require("widest must be above 0 and at most 1000", self.widest, 0 < self.widest <= 1000)

    def level(self, images: Float64Array, level: int, drawn: None) -> Float64Array:  # noqa: ARG002
        """Blur images by the deviation of a level."""
        from scipy.ndimage import gaussian_filter

        sigma = self.part(self.widest, level)
        blurred: Float64Array = gaussian_filter(
            images, sigma, mode="mirror", truncate=TRUNCATE, axes=(2, 3)
        )
        return blurred

    def own_parameters(self) -> dict[str, object]:
        """Return width and border as plain data."""
        return {"widest": self.widest, "border": "mirror"}
