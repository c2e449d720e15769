"""Rotation, translation, scaling, crop and flip: laws, and Pillow as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from rmqm_spec.alterations import Crop, Flip, Rotation, Scaling, Translation
from rmqm_spec.alterations.images.warping import warped

SIDES = st.integers(2, 9)
UNIT = st.floats(0, 1, width=32)


@st.composite
def images(draw, square=False, dtype=np.float32):
    height = draw(SIDES)
    width = height if square else draw(SIDES)
    return draw(arrays(dtype, (1, draw(st.sampled_from([1, 3])), height, width), elements=UNIT))


def alone(alteration, image, level):
    return alteration.alter(image, ["image"], level, 1)[:, 0]


def planes(image, change):
    """Let Pillow change each channel, in floats of 32 bits."""
    changed = [np.asarray(change(Image.fromarray(plane))) for plane in image[0]]
    return np.stack(changed)[None]


PHOTO = np.asarray(
    Image.effect_noise((23, 17), 60).resize((46, 34), Image.Resampling.BICUBIC), dtype=np.float32
)[None, None] / np.float32(255)


@given(images(square=True), st.sampled_from(["plus", "minus"]), st.sampled_from(["low", "edge"]))
def test_quarter_turns_are_those_of_numpy_bit_for_bit(image, sign, fill):
    turning = Rotation(n_levels=4, largest_angle=360, sign=sign, fill=fill)
    for quarter in (1, 2, 3, 4):
        turns = quarter if sign == "plus" else -quarter
        expected = np.clip(np.rot90(image, turns, axes=(2, 3)), 0, 1)
        np.testing.assert_array_equal(alone(turning, image, quarter), expected)


@given(images(dtype=np.float64))
def test_half_a_turn_is_exact_for_any_proportions(image):
    turned = alone(Rotation(n_levels=2, largest_angle=360), image, 1)
    np.testing.assert_array_equal(turned, image[:, :, ::-1, ::-1])


@given(images(), st.integers(1, 8), st.sampled_from(["left", "right", "up", "down"]))
def test_whole_pixels_are_a_shift(image, pixels, direction):
    axis, sign = {"left": (3, -1), "right": (3, 1), "up": (2, -1), "down": (2, 1)}[direction]
    length = image.shape[axis]
    pixels = 1 + pixels % (length - 1)
    moving = Translation(n_levels=1, farthest=pixels / length, direction=direction)
    expected = np.zeros_like(image)
    moved = np.moveaxis(expected, axis, 0)
    given_rows = np.moveaxis(image, axis, 0)
    if sign > 0:
        moved[pixels:] = given_rows[:-pixels]
    else:
        moved[:-pixels] = given_rows[pixels:]
    if float(pixels / length * length) == pixels:
        np.testing.assert_array_equal(alone(moving, image, 1), expected)
    else:
        np.testing.assert_allclose(alone(moving, image, 1), expected, atol=1e-6)


def test_one_percent_steps_of_a_hundred_pixels_are_exact():
    image = np.random.default_rng(0).random((1, 1, 2, 100))
    moving = Translation(direction="left")
    for level in range(1, 26):
        np.testing.assert_array_equal(alone(moving, image, level)[..., :-level], image[..., level:])


@given(images(dtype=np.float64), st.sampled_from(["low", "mean", "edge"]))
def test_the_map_of_scale_1_is_the_identity(image, fill):
    assert warped(image, (1, 0, 0, 0, 1, 0), fill, 0.0).tobytes() == image.tobytes()


@given(images(), st.sampled_from(["horizontal", "vertical"]))
def test_a_flip_is_a_mirror_and_twice_the_identity(image, axis):
    flip = Flip(axis=axis)
    once = alone(flip, image, 1)
    np.testing.assert_array_equal(once, np.flip(image, 3 if axis == "horizontal" else 2))
    np.testing.assert_array_equal(alone(flip, once, 1), image)


@given(st.floats(0, 1, width=32), st.sampled_from(["mean", "edge"]), st.integers(1, 36))
def test_constant_images_stay_constant(value, fill, level):
    image = np.full((1, 3, 6, 7), value, dtype=np.float32)
    for warp in (Rotation(fill=fill), Translation(n_levels=36, fill=fill), Crop(n_levels=36)):
        np.testing.assert_allclose(alone(warp, image, level), image, rtol=2e-7)


@given(images(dtype=np.float64), st.integers(1, 35))
def test_warps_are_linear_in_the_image(image, level):
    warp = Rotation(sign="plus", fill="mean")
    halved = alone(warp, image / 2, level)
    np.testing.assert_allclose(halved, alone(warp, image, level) / 2, atol=1e-12)


@pytest.mark.parametrize("sign", ["plus", "minus"])
@pytest.mark.parametrize("level", [1, 7, 18, 23, 36])
def test_rotation_is_that_of_pillow(level, sign):
    angle = 5.0 * level * (1 if sign == "plus" else -1)
    expected = planes(PHOTO, lambda plane: plane.rotate(angle, Image.Resampling.BILINEAR))
    np.testing.assert_allclose(alone(Rotation(sign=sign), PHOTO, level), expected, atol=2e-7)


@pytest.mark.parametrize("level", [1, 3, 10])
@pytest.mark.parametrize("direction", ["left", "down"])
def test_translation_is_that_of_pillow(level, direction):
    moving = Translation(n_levels=10, farthest=0.3, direction=direction)
    x, y = (0.03 * level * 46, 0) if direction == "left" else (0, -0.03 * level * 34)

    def change(plane):
        affine = (1, 0, x, 0, 1, y)
        return plane.transform(
            plane.size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR
        )

    np.testing.assert_allclose(alone(moving, PHOTO, level), planes(PHOTO, change), atol=2e-7)


@pytest.mark.parametrize("zoom", [0.4, 2.5])
@pytest.mark.parametrize("level", [1, 4, 5])
def test_scaling_is_that_of_pillow(zoom, level):
    scale = 1 / (1 + (zoom - 1) * level / 5)

    def change(plane):
        affine = (scale, 0, 23 * (1 - scale), 0, scale, 17 * (1 - scale))
        return plane.transform(
            plane.size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR
        )

    scaled = alone(Scaling(n_levels=5, zoom=zoom), PHOTO, level)
    np.testing.assert_allclose(scaled, planes(PHOTO, change), atol=2e-7)


@pytest.mark.parametrize("place", ["drawn", "centre"])
@pytest.mark.parametrize("level", [1, 4, 5])
def test_a_crop_is_a_box_that_pillow_resizes(place, level):
    cropping = Crop(n_levels=5, kept=0.3, place=place)
    side = 1 - 0.7 * level / 5
    left, top = (
        p * length * (1 - side) for p, length in zip(cropping.drawn("image"), (46, 34), strict=True)
    )
    box = (left, top, left + side * 46, top + side * 34)

    def change(plane):  # Pillow keeps a box in floats of 32 bits
        return plane.resize(plane.size, Image.Resampling.BILINEAR, box=box)

    np.testing.assert_allclose(alone(cropping, PHOTO, level), planes(PHOTO, change), atol=1e-5)


def test_windows_of_a_crop_lie_in_each_other():
    column = np.broadcast_to(np.arange(40.0) / 40, (1, 1, 40, 40)).copy()
    windows = Crop(n_levels=9).alter(column, ["image"], 0, 10)[0, :, 0, 0]
    assert (np.diff(windows[:, 1]) >= 0).all()
    assert (np.diff(windows[:, -2]) <= 0).all()


@pytest.mark.parametrize(("fill", "expected"), [("low", 0.0), ("mean", 0.625), ("edge", 0.25)])
def test_what_comes_into_the_frame(fill, expected):
    image = np.array([0.25, 0.5, 0.75, 1.0]).reshape(1, 1, 1, 4).repeat(2, axis=2)
    moved = alone(Translation(n_levels=1, farthest=0.5, direction="right", fill=fill), image, 1)
    assert moved[0, 0, 0].tolist() == [expected, expected, 0.25, 0.5]


@pytest.mark.parametrize(
    ("direction", "expected"), [("right", [0.25, 0.375, 0.625]), ("left", [0.375, 0.625, 0.0])]
)
def test_the_frame_holds_its_first_edge_and_not_its_last(direction, expected):
    image = np.array([0.25, 0.5, 0.75]).reshape(1, 1, 1, 3).repeat(2, axis=2)
    moving = Translation(n_levels=1, farthest=1 / 6, direction=direction)
    assert alone(moving, image, 1)[0, 0, 0].tolist() == expected


def test_each_channel_of_each_image_is_filled_with_its_own_mean():
    images = np.random.default_rng(0).random((3, 2, 4, 4))
    moving = Translation(n_levels=1, farthest=0.5, direction="right", fill="mean")
    corners = moving.alter(images, ["a", "b", "c"], 1, 1)[:, 0, :, 0, 0]
    np.testing.assert_allclose(corners, images.mean(axis=(2, 3)), rtol=1e-14)


def test_the_lower_bound_fills_whatever_it_is():
    image = np.ones((1, 1, 4, 4))
    moved = alone(Translation(n_levels=1, farthest=0.5, direction="up", bounds=(-2, 2)), image, 1)
    assert moved[0, 0, :, 0].tolist() == [1, 1, -2, -2]


def test_plus_turns_counter_clockwise_and_left_moves_left():
    image = np.zeros((1, 1, 5, 5))
    image[..., 2, 4] = 1.0  # at three o'clock
    turned = alone(Rotation(n_levels=2, sign="plus"), image, 1)
    assert turned[0, 0, 0, 2] == 1.0  # at twelve
    moved = alone(Translation(n_levels=1, farthest=0.4, direction="left"), image, 1)
    assert moved[0, 0, 2, 2] == 1.0
