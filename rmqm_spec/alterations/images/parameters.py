"""Alterations of images in protocols: a record for each (clause family RMQM-IMG)."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import entry, record

__all__ = [
    "BlurParameters",
    "BrightnessParameters",
    "ContrastParameters",
    "CropParameters",
    "FlipParameters",
    "JpegParameters",
    "RotationParameters",
    "SaturationParameters",
    "ScalingParameters",
    "TranslationParameters",
]

Sign = Literal["drawn", "plus", "minus"]
Fill = Literal["low", "mean", "edge"]
Draws = Literal["philox4x64-10/uniform16"]
Factor = Literal["factor_j = 1 + sign * strength * j / J"]


@record
class RotationParameters:
    """Rotation in a protocol."""

    name: Literal["rotation"]
    J: int = entry(least=1)
    schedule: Literal["angle_j = largest_angle * j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    largest_angle: float = entry("Degrees at level J.", above=0, most=360)
    sign: Sign
    fill: Fill
    generator: Draws


@record
class TranslationParameters:
    """Translation in a protocol."""

    name: Literal["translation"]
    J: int = entry(least=1)
    schedule: Literal["shift_j = farthest * j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    farthest: float = entry("Shift at level J, as a share of width or height.", above=0, most=1)
    direction: Literal["drawn", "left", "right", "up", "down"]
    fill: Fill
    generator: Draws


@record
class ScalingParameters:
    """Scaling in a protocol."""

    name: Literal["scaling"]
    J: int = entry(least=1)
    schedule: Literal["factor_j = 1 + (zoom - 1) * j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    zoom: float = entry("Factor at level J.", least=0.125, most=8)
    fill: Fill


@record
class CropParameters:
    """Crop in a protocol."""

    name: Literal["crop"]
    J: int = entry(least=1)
    schedule: Literal["side_j = 1 - (1 - kept) * j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    kept: float = entry("Share of each side at level J.", above=0, most=1)
    place: Literal["drawn", "centre"]
    generator: Draws


@record
class FlipParameters:
    """Flip in a protocol."""

    name: Literal["flip"]
    J: Literal[1]
    schedule: Literal["level 1 is mirrored"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    axis: Literal["horizontal", "vertical"]


@record
class BrightnessParameters:
    """Brightness in a protocol."""

    name: Literal["brightness"]
    J: int = entry(least=1)
    schedule: Factor
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    strength: float = entry("Change of the factor at level J.", above=0, most=1)
    sign: Sign
    generator: Draws


@record
class ContrastParameters:
    """Contrast in a protocol."""

    name: Literal["contrast"]
    J: int = entry(least=1)
    schedule: Factor
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    strength: float = entry("Change of the factor at level J.", above=0, most=1)
    sign: Sign
    generator: Draws


@record
class SaturationParameters:
    """Saturation in a protocol."""

    name: Literal["saturation"]
    J: int = entry(least=1)
    schedule: Factor
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    strength: float = entry("Change of the factor at level J.", above=0, most=1)
    sign: Sign
    generator: Draws


@record
class BlurParameters:
    """Blur in a protocol."""

    name: Literal["blur"]
    J: int = entry(least=1)
    schedule: Literal["sigma_j = widest * j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    widest: float = entry("Standard deviation at level J, in pixels.", above=0, most=1000)
    border: Literal["mirror"]


@record
class JpegParameters:
    """JPEG compression in a protocol."""

    name: Literal["jpeg"]
    J: int = entry(least=1, most=99)
    schedule: Literal["quality_j = round(100 - (100 - lowest_quality) * j / J)"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    lowest_quality: int = entry("Quality at level J.", least=1, most=99)
    subsampling: Literal["4:2:0"]
    codec: str = entry("The library that compresses: its family, since versions agree.")
