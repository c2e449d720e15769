"""What all alterations of images share: levels, draws for each input, bounds."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

import numpy as np
from attrs import field, frozen

from rmqm_spec.alterations.arguments import as_floats, check_levels_seed_bounds, require
from rmqm_spec.alterations.noise.generator import uniform_draw
from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import ShapeError

__all__ = ["DRAWS", "ImageAlteration", "drawn_sign", "require_choice"]

DRAWS = "philox4x64-10/uniform16"
"""Name of the generator of signs, directions and places, part of protocols (RMQM-IMG-002)."""


@frozen(kw_only=True)
class ImageAlteration:
    """
    A path of images whose level j depends on the unaltered image alone.

    Parameters
    ----------
    n_levels : int
        Number of altered levels J; level 0 is the image itself, bit for bit.
    seed : int
        Together with the id of an image it determines what is drawn, if anything is.
    bounds : tuple of two floats
        Declared range of the images.

    Notes
    -----
    Clauses RMQM-IMG-001 and RMQM-IMG-002. A subclass computes a level in float64 from images in
    float64; the one rounding to the type of the inputs, and the bounds, are seen to here.
    """

    independent_levels: ClassVar[bool] = True
    name: ClassVar[str]
    schedule: ClassVar[str]

    n_levels: int
    seed: int = field(default=0)
    bounds: Bounds = field(default=(0.0, 1.0), converter=as_floats)

    def __attrs_post_init__(self) -> None:
        check_levels_seed_bounds(self.n_levels, self.seed, self.bounds)
        self.check()

    def check(self) -> None:
        """Raise `UsageError` if a parameter of the subclass is outside its range."""

    def drawn(self, identity: str) -> Hashable:  # noqa: ARG002 - for subclasses that draw
        """Return what is drawn for an image; images of the same draw are altered together."""
        return None

    def level(self, images: Float64Array, level: int, drawn: Any) -> Float64Array:
        """Return images (n, C, H, W) of one draw at a level above 0."""
        raise NotImplementedError

    def part(self, most: float, level: int) -> float:
        """Return ``most * j / J``: the product first, so that whole pixels and degrees stay so."""
        return most * level / self.n_levels

    def own_parameters(self) -> dict[str, object]:
        """Return the parameters of the subclass as plain data."""
        return {}

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        return {
            "name": self.name,
            "J": int(self.n_levels),
            "schedule": self.schedule,
            "bounds": list(self.bounds),
            "seed": int(self.seed),
            **self.own_parameters(),
        }

    def alter(
        self,
        inputs: FloatArray,
        ids: Sequence[str],
        first_level: int,
        n_levels: int,
        *,
        out: FloatArray | None = None,
    ) -> FloatArray:
        """
        Return N images at consecutive levels.

        Parameters
        ----------
        inputs : (N, C, H, W) ndarray of float
            Unaltered images, within the bounds.
        ids : sequence of str
            The id of each image.
        first_level, n_levels : int
            Levels `first_level` to `first_level` + `n_levels` - 1.
        out : (N, L, C, H, W) ndarray, optional
            Where to put them, of the type of `inputs`.

        Returns
        -------
        (N, L, C, H, W) ndarray
            Altered images, of the type of `inputs`.

        Raises
        ------
        ShapeError
            ALT003 if `inputs` are not images.
        """
        if inputs.ndim != 4:
            raise ShapeError(
                "ALT003",
                f"{self.name} must be given images of shape (N, C, H, W); got {inputs.shape}",
                fix="Put channels, rows and columns along axes of their own, or use WhiteNoise.",
            )
        shape = (len(inputs), n_levels, *inputs.shape[1:])
        altered = np.empty(shape, dtype=inputs.dtype) if out is None else out
        low, high = (inputs.dtype.type(bound) for bound in self.bounds)
        groups = self._groups(ids)
        for place, level in enumerate(range(first_level, first_level + n_levels)):
            if level == 0:
                altered[:, place] = inputs
                continue
            for drawn, rows in groups.items():
                images = inputs[rows].astype(np.float64)
                made = self.level(images, level, drawn)
                altered[rows, place] = np.clip(made.astype(inputs.dtype), low, high)
        return altered

    def _groups(self, ids: Sequence[str]) -> dict[Hashable, list[int]]:
        """Return the rows of the images of each draw."""
        groups: dict[Hashable, list[int]] = {}
        for row, identity in enumerate(ids):
            groups.setdefault(self.drawn(identity), []).append(row)
        return groups


def drawn_sign(alteration: ImageAlteration, sign: str, identity: str) -> int:
    """Return 1 or -1: as `sign` says, or drawn for an image where it is ``"drawn"``."""
    if sign == "drawn":
        (value,) = uniform_draw(alteration.name, alteration.seed, identity, 1)
        return 1 if value > 0 else -1
    return 1 if sign == "plus" else -1


def require_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise `UsageError` if a parameter is none of its choices."""
    require(f"{what} must be one of {', '.join(choices)}", value, value in choices)
