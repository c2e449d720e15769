"""Alterations of images as plugs: what commands, figures and documents state about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rmqm_spec.alterations.images import parameters
from rmqm_spec.alterations.images.choices import AXES, DIRECTIONS, PLACES
from rmqm_spec.alterations.images.options import FILL, SIGN, STRENGTH, number
from rmqm_spec.alterations.images.requirements import require_images
from rmqm_spec.contracts.alteration import AlterationKind, AlterationSettings
from rmqm_spec.contracts.option import Option, whole_number

if TYPE_CHECKING:
    from rmqm_spec.alterations.images.levels import ImageAlteration

__all__ = [
    "BLUR",
    "BRIGHTNESS",
    "CONTRAST",
    "CROP",
    "FLIP",
    "JPEG",
    "ROTATION",
    "SATURATION",
    "SCALING",
    "TRANSLATION",
]

_EACH_ALONE = "Every level is made from the unaltered image"


def _made(
    settings: AlterationSettings, *, of: str, channels: tuple[int, ...] | None = None
) -> ImageAlteration:
    import rmqm_spec.alterations as built_in

    made: Callable[..., ImageAlteration] = getattr(built_in, of)
    require_images(made.name, settings.spec, channels=channels)  # type: ignore[attr-defined]
    return made(
        n_levels=settings.n_levels,
        seed=settings.seed,
        bounds=settings.bounds,
        **settings.options,
    )


def _words(given: Mapping[str, Any], *, say: str) -> str:
    """Say the levels and the end of the path, and the seed where something is drawn."""
    levels = "level" if given["J"] == 1 else "levels"
    words = say.format_map({**given, "levels": f"{given['J']} {levels}"})
    return f"{words}, seed {given['seed']}" if "drawn" in given.values() else words


def _kind(
    name: str, of: str, words: str, *, channels: tuple[int, ...] | None = None, **facts: Any
) -> AlterationKind:
    """Return the kind of an alteration of images: none ranks by RMQM, all rank by measures."""
    return AlterationKind(
        name=name,
        make=partial(_made, of=of, channels=channels),
        words=partial(_words, say=words),
        ranks=False,
        ranks_measures=True,
        why_not=f"RMQM was held against accuracy under noise alone, and an encoder that stands "
        f"still under {facts['title']} may be the better one",
        **facts,
    )


ROTATION = _kind(
    "rotation",
    "Rotation",
    "rotation of {levels} up to {largest_angle:g} degrees",
    title="rotation",
    summary="Images turned about their centre.",
    axis="level (rotation: level/{J} of {largest_angle:g} degrees)",
    usual_levels=36,
    options=(
        Option(
            name="largest_angle",
            help="Degrees at the last level; 180 by default.",
            read=number(above=0, most=360),
            default=180.0,
        ),
        SIGN,
        FILL,
    ),
    parameters=parameters.RotationParameters,
    about_levels=f"{_EACH_ALONE}, by bilinear interpolation; each image turns one way, at random "
    "unless a sign is given.",
)

TRANSLATION = _kind(
    "translation",
    "Translation",
    "translation of {levels} up to {farthest:.3g} of the side",
    title="translation",
    summary="Images moved along a row or a column.",
    axis="level (translation: level/{J} of {farthest:g} of the side)",
    usual_levels=25,
    options=(
        Option(
            name="farthest",
            help="Shift at the last level, as a share of width or height; 0.25 by default.",
            read=number(above=0, below=1),
            default=0.25,
        ),
        Option(
            name="direction",
            help="drawn for each image (default), left, right, up or down.",
            choices=DIRECTIONS,
            default="drawn",
        ),
        FILL,
    ),
    parameters=parameters.TranslationParameters,
    about_levels=f"{_EACH_ALONE}, by bilinear interpolation; each image moves in one direction, "
    "at random unless it is given.",
)


def _zoom(given: Any) -> float:
    value = float(given)
    if not 1 / 8 <= value <= 8 or value == 1:
        raise ValueError("it must be from 0.125 to 8, but not 1")
    return value


SCALING = _kind(
    "scaling",
    "Scaling",
    "scaling of {levels} up to the factor {zoom:g}",
    title="scaling",
    summary="Images enlarged or shrunk about their centre.",
    axis="level (scaling: 1 + ({zoom:g} - 1) level/{J})",
    usual_levels=20,
    options=(
        Option(
            name="zoom",
            help="Factor at the last level, above or below 1; 2 by default.",
            read=_zoom,
            default=2.0,
        ),
        FILL,
    ),
    parameters=parameters.ScalingParameters,
    about_levels=f"{_EACH_ALONE}, by bilinear interpolation; nothing is drawn at random.",
)

CROP = _kind(
    "crop",
    "Crop",
    "crop of {levels} down to {kept:.3g} of each side",
    title="crop",
    summary="Ever smaller windows, enlarged to the size of the image.",
    axis="level (crop: 1 - (1 - {kept:g}) level/{J} of each side)",
    usual_levels=25,
    options=(
        Option(
            name="kept",
            help="Share of each side at the last level; 0.25 by default.",
            read=number(above=0, below=1),
            default=0.25,
        ),
        Option(
            name="place",
            help="Where windows shrink to: drawn for each image (default), or centre.",
            choices=PLACES,
            default="drawn",
        ),
    ),
    parameters=parameters.CropParameters,
    about_levels=f"{_EACH_ALONE}, by bilinear interpolation; each window lies within the one "
    "before, at a place drawn at random unless it is the centre.",
)

FLIP = _kind(
    "flip",
    "Flip",
    "{axis} flip",
    title="a flip",
    summary="Images mirrored: one level.",
    axis="level (flip: level 1 is mirrored)",
    usual_levels=1,
    options=(
        Option(
            name="axis",
            help="horizontal (default): left and right change places; or vertical.",
            choices=AXES,
            default="horizontal",
        ),
    ),
    parameters=parameters.FlipParameters,
    about_levels="There is one level, the mirrored image.",
)

_AXIS_OF_FACTORS = "level ({title}: factor 1 + or - {{strength:g}} level/{{J}})"
_ABOUT_FACTORS = (
    f"{_EACH_ALONE}, and clipped to the bounds; each image changes one way, at random unless a "
    "sign is given."
)

BRIGHTNESS = _kind(
    "brightness",
    "Brightness",
    "brightness of {levels}, factor changed up to {strength:.3g}",
    title="brightness",
    summary="Images made brighter or darker.",
    axis=_AXIS_OF_FACTORS.format(title="brightness"),
    usual_levels=20,
    options=(STRENGTH, SIGN),
    parameters=parameters.BrightnessParameters,
    about_levels=_ABOUT_FACTORS,
)

CONTRAST = _kind(
    "contrast",
    "Contrast",
    "contrast of {levels}, factor changed up to {strength:.3g}",
    channels=(1, 3),
    title="contrast",
    summary="Images drawn to their mean grey, or away from it.",
    axis=_AXIS_OF_FACTORS.format(title="contrast"),
    usual_levels=20,
    options=(STRENGTH, SIGN),
    parameters=parameters.ContrastParameters,
    about_levels=_ABOUT_FACTORS,
)

SATURATION = _kind(
    "saturation",
    "Saturation",
    "saturation of {levels}, factor changed up to {strength:.3g}",
    channels=(3,),
    title="saturation",
    summary="Images with paler or stronger colours.",
    axis=_AXIS_OF_FACTORS.format(title="saturation"),
    usual_levels=20,
    options=(STRENGTH, SIGN),
    parameters=parameters.SaturationParameters,
    about_levels=_ABOUT_FACTORS,
)

BLUR = _kind(
    "blur",
    "Blur",
    "blur of {levels} up to {widest:g} pixels",
    title="blur",
    summary="Gaussian blur of growing width.",
    axis="level (blur: level/{J} of {widest:g} pixels)",
    usual_levels=20,
    options=(
        Option(
            name="widest",
            help="Standard deviation of the strongest blur, in pixels; 4 by default.",
            read=number(above=0, most=1000),
            default=4.0,
        ),
    ),
    parameters=parameters.BlurParameters,
    about_levels=f"{_EACH_ALONE}; nothing is drawn at random.",
)


def _quality(given: Any) -> int:
    value = whole_number(1)(given)
    if value > 99:
        raise ValueError("it must be at most 99")
    return value


JPEG = _kind(
    "jpeg",
    "Jpeg",
    "JPEG compression of {levels} down to quality {lowest_quality}",
    channels=(1, 3),
    title="JPEG compression",
    summary="JPEG compression of falling quality.",
    axis="level (JPEG quality: 100 - (100 - {lowest_quality}) level/{J})",
    usual_levels=19,
    options=(
        Option(
            name="lowest_quality",
            help="Quality at the last level; 5 by default.",
            read=_quality,
            default=5,
        ),
    ),
    parameters=parameters.JpegParameters,
    about_levels=f"{_EACH_ALONE}, rounded to bytes before; nothing is drawn at random.",
)
