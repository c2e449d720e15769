"""JPEG compression of falling quality (clause RMQM-IMG-008)."""

from __future__ import annotations

import io
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from rmqm_spec.alterations.arguments import require
from rmqm_spec.alterations.images.levels import ImageAlteration
from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError, UsageError

__all__ = ["Jpeg"]


@frozen(kw_only=True)
class Jpeg(ImageAlteration):
    """
    The alteration that compresses images by JPEG, ever more.

    Values become bytes before: the lower bound 0 and the upper 255, rounded to nearest, ties to
    even. Level 0 is the image itself, not its bytes.

    Parameters
    ----------
    n_levels, seed, bounds
        As in `ImageAlteration`; nothing is drawn.
    lowest_quality : int
        Quality at level J, from 1 to 99; above it there must be a quality for each level.

    Examples
    --------
    >>> Jpeg(n_levels=3, lowest_quality=10).qualities
    [100, 70, 40, 10]
    """

    name: ClassVar[str] = "jpeg"
    schedule: ClassVar[str] = "quality_j = round(100 - (100 - lowest_quality) * j / J)"

    n_levels: int = field(default=19)
    lowest_quality: int = field(default=5)

    def check(self) -> None:
        """Raise `UsageError` if the quality is outside its range, or levels would be the same."""
        quality = self.lowest_quality
        is_whole = isinstance(quality, int) and not isinstance(quality, bool)
        rule = "lowest_quality must be a whole number from 1 to 99"
        require(rule, quality, is_whole and 1 <= quality <= 99)
        if self.n_levels > 100 - quality:
            raise UsageError(
                "ARG001",
                f"JPEG down to quality {quality} must have at most {100 - quality} levels; got "
                f"{self.n_levels}",
                fix="Take fewer levels: --levels 19 is the default.",
            )

    @property
    def qualities(self) -> list[int]:
        """Quality at levels 0..J; level 0 is not compressed at all."""
        return [self._quality(level) for level in range(self.n_levels + 1)]

    def level(self, images: Float64Array, level: int, drawn: None) -> Float64Array:  # noqa: ARG002
        """Compress and decompress images at the quality of a level."""
        low, high = self.bounds
        pixels = np.rint((images - low) * (255 / (high - low))).astype(np.uint8)
        quality = self._quality(level)
        made = np.stack([_compressed(image, quality) for image in pixels])
        restored: Float64Array = low + made.astype(np.float64) * ((high - low) / 255)
        return restored

    def own_parameters(self) -> dict[str, object]:
        """Return quality, colour resolution and codec as plain data."""
        return {
            "lowest_quality": self.lowest_quality,
            "subsampling": "4:2:0",
            "codec": _codec(),
        }

    def _quality(self, level: int) -> int:
        return round(100 - self.part(100 - self.lowest_quality, level))


def _codec() -> str:
    from PIL import features

    return "libjpeg-turbo" if features.check_feature("libjpeg_turbo") else "libjpeg"


def _compressed(pixels: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    """Return bytes (C, H, W) after a round trip through a JPEG file."""
    from PIL import Image

    if len(pixels) not in {1, 3}:
        raise ShapeError(
            "ALT003",
            f"jpeg must be given images of 1 or 3 channels; got {len(pixels)}",
            fix="Choose an alteration that takes any channels, such as Blur.",
        )
    picture = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    values = np.asarray(Image.open(file))
    return values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
