"""Rotation, translation, scaling, crop and flip: clauses RMQM-IMG-004 and RMQM-IMG-005."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from attrs import field, frozen

from rmqm_spec.alterations.arguments import require
from rmqm_spec.alterations.images.choices import AXES, DIRECTIONS, FILLS, PLACES, SIGNS
from rmqm_spec.alterations.images.levels import DRAWS, ImageAlteration, drawn_sign, require_choice
from rmqm_spec.alterations.images.warping import Affine, warped
from rmqm_spec.alterations.noise.generator import uniform_draw
from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError

__all__ = ["Crop", "Flip", "Rotation", "Scaling", "Translation"]


@frozen(kw_only=True)
class Rotation(ImageAlteration):
    """
    The alteration that turns images about their centre by ever larger angles.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    largest_angle : float
        Degrees at level J, above 0 and at most 360.
    sign : {"drawn", "plus", "minus"}
        Counter-clockwise is plus; drawn once for each image by default.
    fill : {"low", "mean", "edge"}
        What comes into the frame: the lower bound, the mean of each channel, the nearest pixel.

    Examples
    --------
    >>> image = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]) / 4
    >>> turned = Rotation(n_levels=2, sign="plus").alter(image, ["image"], 1, 1)[0, 0, 0]
    >>> (4 * turned).tolist()
    [[2.0, 4.0], [1.0, 3.0]]
    """

    name: ClassVar[str] = "rotation"
    schedule: ClassVar[str] = "angle_j = largest_angle * j / J"

    n_levels: int = field(default=36)
    largest_angle: float = field(default=180.0, converter=float)
    sign: str = field(default="drawn")
    fill: str = field(default="low")

    def check(self) -> None:
        """Raise `UsageError` if a parameter is outside its range."""
        angle = self.largest_angle
        require("largest_angle must be above 0 and at most 360", angle, 0 < angle <= 360)
        require_choice("sign", self.sign, SIGNS)
        require_choice("fill", self.fill, FILLS)

    def drawn(self, identity: str) -> int:
        """Return 1 for an image that turns counter-clockwise, else -1."""
        return drawn_sign(self, self.sign, identity)

    def level(self, images: Float64Array, level: int, drawn: int) -> Float64Array:
        """Turn images by the angle of a level."""
        height, width = images.shape[2:]
        affine = _turn(drawn * self.part(self.largest_angle, level), width / 2, height / 2)
        return warped(images, affine, self.fill, self.bounds[0])

    def own_parameters(self) -> dict[str, object]:
        """Return angle, sign and fill as plain data."""
        return {
            "largest_angle": self.largest_angle,
            "sign": self.sign,
            "fill": self.fill,
            "generator": DRAWS,
        }


def _turn(degrees: float, x: float, y: float) -> Affine:
    """Return the turn about a centre; fifteen decimals, as in Pillow, are the same everywhere."""
    cos, sin = (round(f(math.radians(degrees)), 15) for f in (math.cos, math.sin))
    return cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y


@frozen(kw_only=True)
class Translation(ImageAlteration):
    """
    The alteration that moves the content of images ever farther, along a row or a column.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    farthest : float
        Shift at level J, as a share of the width, or of the height for up and down; above 0 and
        below 1.
    direction : {"drawn", "left", "right", "up", "down"}
        Where the content moves; one of the four is drawn for each image by default.
    fill : {"low", "mean", "edge"}
        What comes into the frame: the lower bound, the mean of each channel, the nearest pixel.

    Examples
    --------
    >>> image = np.array([[[[1.0, 2.0, 3.0, 4.0]] * 2]]) / 4
    >>> moving = Translation(n_levels=2, farthest=0.5, direction="right")
    >>> (4 * moving.alter(image, ["image"], 0, 3)[0, :, 0, 0]).tolist()
    [[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 2.0]]
    """

    name: ClassVar[str] = "translation"
    schedule: ClassVar[str] = "shift_j = farthest * j / J"

    n_levels: int = field(default=25)
    farthest: float = field(default=0.25, converter=float)
    direction: str = field(default="drawn")
    fill: str = field(default="low")

    def check(self) -> None:
        """Raise `UsageError` if a parameter is outside its range."""
        require("farthest must be above 0 and below 1", self.farthest, 0 < self.farthest < 1)
        require_choice("direction", self.direction, DIRECTIONS)
        require_choice("fill", self.fill, FILLS)

    def drawn(self, identity: str) -> str:
        """Return the direction in which an image moves."""
        if self.direction != "drawn":
            return self.direction
        (value,) = uniform_draw(self.name, self.seed, identity, 1)
        return _DRAWN_DIRECTIONS[math.floor((value + 1) * 2)]

    def level(self, images: Float64Array, level: int, drawn: str) -> Float64Array:
        """Move images by the shift of a level."""
        height, width = images.shape[2:]
        right = _ALONG_ROW.get(drawn, 0) * self.part(self.farthest * width, level)
        down = _ALONG_COLUMN.get(drawn, 0) * self.part(self.farthest * height, level)
        return warped(images, (1, 0, -right, 0, 1, -down), self.fill, self.bounds[0])

    def own_parameters(self) -> dict[str, object]:
        """Return shift, direction and fill as plain data."""
        return {
            "farthest": self.farthest,
            "direction": self.direction,
            "fill": self.fill,
            "generator": DRAWS,
        }


_DRAWN_DIRECTIONS = DIRECTIONS[1:]
_ALONG_ROW, _ALONG_COLUMN = {"right": 1, "left": -1}, {"down": 1, "up": -1}


@frozen(kw_only=True)
class Scaling(ImageAlteration):
    """
    The alteration that enlarges, or shrinks, the content of images about their centre.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`; nothing is drawn.
    zoom : float
        Factor at level J: above 1 it enlarges, below 1 it shrinks; from 1/8 to 8, but not 1.
    fill : {"low", "mean", "edge"}
        What comes into the frame: the lower bound, the mean of each channel, the nearest pixel.

    Notes
    -----
    Bilinear like the other warps, so a zoom far below 1 skips pixels.

    Examples
    --------
    >>> image = np.array([[[[0.0, 1.0, 0.0, 0.0]] * 4]])
    >>> Scaling(n_levels=1).alter(image, ["image"], 1, 1)[0, 0, 0, 0].tolist()
    [0.75, 0.75, 0.25, 0.0]
    """

    name: ClassVar[str] = "scaling"
    schedule: ClassVar[str] = "factor_j = 1 + (zoom - 1) * j / J"

    n_levels: int = field(default=20)
    zoom: float = field(default=2.0, converter=float)
    fill: str = field(default="low")

    def check(self) -> None:
        """Raise `UsageError` if a parameter is outside its range."""
        holds = 1 / 8 <= self.zoom <= 8 and self.zoom != 1
        require("zoom must be from 1/8 to 8, but not 1", self.zoom, holds)
        require_choice("fill", self.fill, FILLS)

    def level(self, images: Float64Array, level: int, drawn: None) -> Float64Array:  # noqa: ARG002
        """Scale images by the factor of a level."""
        height, width = images.shape[2:]
        pixel = 1 / (1 + self.part(self.zoom - 1, level))
        affine = (pixel, 0, width / 2 * (1 - pixel), 0, pixel, height / 2 * (1 - pixel))
        return warped(images, affine, self.fill, self.bounds[0])

    def own_parameters(self) -> dict[str, object]:
        """Return zoom and fill as plain data."""
        return {"zoom": self.zoom, "fill": self.fill}


@frozen(kw_only=True)
class Crop(ImageAlteration):
    """
    The alteration that cuts out ever smaller windows, each enlarged to the size of the image.

    Windows keep the proportions of the image, and each lies within the one before.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`.
    kept : float
        Share of each side that is kept at level J, above 0 and below 1.
    place : {"drawn", "centre"}
        Where the windows shrink to; drawn once for each image by default.

    Examples
    --------
    >>> image = np.arange(16.0).reshape(1, 1, 4, 4) / 16
    >>> cut = Crop(n_levels=1, kept=0.5, place="centre").alter(image, ["image"], 1, 1)
    >>> (16 * cut[0, 0, 0, 0]).tolist()
    [3.75, 4.25, 4.75, 5.25]
    """

    name: ClassVar[str] = "crop"
    schedule: ClassVar[str] = "side_j = 1 - (1 - kept) * j / J"

    n_levels: int = field(default=25)
    kept: float = field(default=0.25, converter=float)
    place: str = field(default="drawn")

    def check(self) -> None:
        """Raise `UsageError` if a parameter is outside its range."""
        require("kept must be above 0 and below 1", self.kept, 0 < self.kept < 1)
        require_choice("place", self.place, PLACES)

    def drawn(self, identity: str) -> tuple[float, float]:
        """Return where in the free room the windows of an image lie, from left and from above."""
        if self.place == "centre":
            return 0.5, 0.5
        across, down = uniform_draw(self.name, self.seed, identity, 2)
        return (float(across) + 1) / 2, (float(down) + 1) / 2

    def level(self, images: Float64Array, level: int, drawn: tuple[float, float]) -> Float64Array:
        """Cut out the windows of a level."""
        height, width = images.shape[2:]
        side = 1 - self.part(1 - self.kept, level)
        left, top = drawn[0] * width * (1 - side), drawn[1] * height * (1 - side)
        return warped(images, (side, 0, left, 0, side, top), "edge", self.bounds[0])

    def own_parameters(self) -> dict[str, object]:
        """Return side and place as plain data."""
        return {"kept": self.kept, "place": self.place, "generator": DRAWS}


@frozen(kw_only=True)
class Flip(ImageAlteration):
    """
    The alteration that mirrors images: its only level, J = 1.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`; `n_levels` must be 1, and nothing is drawn.
    axis : {"horizontal", "vertical"}
        Left and right change places, or top and bottom.

    Examples
    --------
    >>> image = np.array([[[[0.1, 0.2], [0.3, 0.4]]]])
    >>> Flip().alter(image, ["image"], 1, 1)[0, 0, 0].tolist()
    [[0.2, 0.1], [0.4, 0.3]]
    """

    name: ClassVar[str] = "flip"
    schedule: ClassVar[str] = "level 1 is mirrored"

    n_levels: int = field(default=1)
    axis: str = field(default="horizontal")

    def check(self) -> None:
        """Raise `UsageError` if there are more levels than one, or the axis has another name."""
        if self.n_levels != 1:
            raise UsageError(
                "ARG001",
                f"a flip must have 1 level; got {self.n_levels}",
                fix="Leave --levels out.",
            )
        require_choice("axis", self.axis, AXES)

    def level(self, images: Float64Array, level: int, drawn: None) -> Float64Array:  # noqa: ARG002
        """Mirror images."""
        return np.flip(images, -1 if self.axis == "horizontal" else -2)

    def own_parameters(self) -> dict[str, object]:
        """Return the axis as plain data."""
        return {"axis": self.axis}
