"""Brightness, contrast and saturation: blends with a pale image (RMQM-IMG-006)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import field, frozen

from rmqm_spec.alterations.arguments import require
from rmqm_spec.alterations.images.choices import SIGNS
from rmqm_spec.alterations.images.levels import DRAWS, ImageAlteration, drawn_sign, require_choice
from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError

__all__ = ["Brightness", "Contrast", "Saturation", "grey"]

_LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in grey: ITU-R BT.601, as in Pillow."""


def grey(images: Float64Array) -> Float64Array:
    """
    Return the grey of images (n, C, H, W) as (n, 1, H, W); one channel is its own grey.

    Raises
    ------
    ShapeError
        ALT003 for any other number of channels than 1 and 3.

    Examples
    --------
    >>> grey(np.ones((1, 3, 1, 1))).round(12).tolist()
    [[[[1.0]]]]
    """
    if images.shape[1] == 1:
        return images
    if images.shape[1] != 3:
        raise ShapeError(
            "ALT003",
            f"grey must be made of 1 or 3 channels; got images of shape {images.shape}",
            fix="Choose an alteration that takes any channels, such as Rotation or Brightness.",
        )
    red, green, blue = (images[:, [channel]] for channel in range(3))
    return _LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue


@frozen(kw_only=True)
class _Blend(ImageAlteration):
    """
    Images blended with a paler version of themselves, or away from it.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    strength : float
        Change of the factor at level J, above 0 and at most 1.
    sign : {"drawn", "plus", "minus"}
        Whether the factor grows or falls; drawn once for each image by default.
    """

    schedule: ClassVar[str] = "factor_j = 1 + sign * strength * j / J"

    n_levels: int = field(default=20)
    strength: float = field(default=0.8, converter=float)
    sign: str = field(default="drawn")

    def check(self) -> None:
        """Raise `UsageError` if a parameter is outside its range."""
        require("strength must be above 0 and at most 1", self.strength, 0 < self.strength <= 1)
        require_choice("sign", self.sign, SIGNS)

    def drawn(self, identity: str) -> int:
        """Return 1 for an image whose factor grows, else -1."""
        return drawn_sign(self, self.sign, identity)

    def pale(self, images: Float64Array) -> Float64Array | float:
        """Return the images at factor 0."""
        raise NotImplementedError

    def level(self, images: Float64Array, level: int, drawn: int) -> Float64Array:
        """Blend images by the factor of a level."""
        pale = self.pale(images)
        factor = 1 + drawn * self.part(self.strength, level)
        blended: Float64Array = pale + factor * (images - pale)
        return blended

    def own_parameters(self) -> dict[str, object]:
        """Return strength and sign as plain data."""
        return {"strength": self.strength, "sign": self.sign, "generator": DRAWS}


class Brightness(_Blend):
    """
    The alteration that makes images ever brighter, or darker.

    The factor multiplies the distance to the lower bound.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    strength : float
        Change of the factor at level J, above 0 and at most 1.
    sign : {"drawn", "plus", "minus"}
        Brighter is plus; drawn once for each image by default.

    Examples
    --------
    >>> image = np.full((1, 1, 2, 2), 0.5)
    >>> darker = Brightness(n_levels=2, strength=0.5, sign="minus").alter(image, ["grey"], 0, 3)
    >>> darker[0, :, 0, 0, 0].tolist()
    [0.5, 0.375, 0.25]
    """

    name: ClassVar[str] = "brightness"

    def pale(self, images: Float64Array) -> float:  # noqa: ARG002
        """Return black."""
        return self.bounds[0]


class Contrast(_Blend):
    """
    The alteration that draws images ever closer to their mean grey, or away from it.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    strength : float
        Change of the factor at level J, above 0 and at most 1.
    sign : {"drawn", "plus", "minus"}
        More contrast is plus; drawn once for each image by default.

    Examples
    --------
    >>> image = np.array([[[[0.25, 0.75]] * 2]])
    >>> flatter = Contrast(n_levels=1, strength=0.5, sign="minus").alter(image, ["image"], 1, 1)
    >>> flatter[0, 0, 0, 0].tolist()
    [0.375, 0.625]
    """

    name: ClassVar[str] = "contrast"

    def pale(self, images: Float64Array) -> Float64Array:
        """Return the mean grey of each image."""
        # Image by image: sums over a batch may be ordered by its size.
        return np.array([plane.mean() for plane in grey(images)]).reshape(-1, 1, 1, 1)


class Saturation(_Blend):
    """
    The alteration that makes the colours of images ever paler, or stronger.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    strength : float
        Change of the factor at level J, above 0 and at most 1.
    sign : {"drawn", "plus", "minus"}
        Stronger colours are plus; drawn once for each image by default.

    Examples
    --------
    >>> red = np.array([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)
    >>> paler = Saturation(n_levels=1, strength=1.0, sign="minus").alter(red, ["red"], 1, 1)
    >>> paler[0, 0, :, 0, 0].tolist()
    [0.299, 0.299, 0.299]
    """

    name: ClassVar[str] = "saturation"

    def pale(self, images: Float64Array) -> Float64Array:
        """Return the images in grey."""
        return grey(images)
