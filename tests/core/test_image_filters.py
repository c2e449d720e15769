"""Brightness, contrast, saturation, blur and JPEG: formulas by hand, and Pillow as the oracle."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from rmqm_spec.alterations import Blur, Brightness, Contrast, Jpeg, Saturation

BYTES = np.random.default_rng(5).integers(0, 256, (2, 3, 12, 10), dtype=np.uint8)
SMOOTH = np.stack(
    [
        np.asarray(
            Image.fromarray(one.transpose(1, 2, 0)).resize((44, 37), Image.Resampling.BICUBIC)
        )
        for one in BYTES
    ]
).transpose(0, 3, 1, 2)
NAMES = ["a", "b"]


def level(alteration, images, number, bounds=(0.0, 1.0)):
    return alteration.alter(images, NAMES, number, 1)[:, 0]


def by_pillow(images, change):
    changed = [np.asarray(change(Image.fromarray(one.transpose(1, 2, 0)))) for one in images]
    return np.stack(changed).transpose(0, 3, 1, 2)


ENHANCERS = {
    Brightness: ImageEnhance.Brightness,
    Contrast: ImageEnhance.Contrast,
    Saturation: ImageEnhance.Color,
}


@pytest.mark.parametrize("kind", ENHANCERS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("sign", ["plus", "minus"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_factors_are_those_of_pillow_but_for_its_rounding_to_bytes(kind, sign, number):
    factor = 1 + (1 if sign == "plus" else -1) * 0.8 * number / 5
    expected = by_pillow(SMOOTH, lambda image: ENHANCERS[kind](image).enhance(factor))
    made = level(kind(n_levels=5, sign=sign), SMOOTH / 255, number) * 255
    # Pillow cuts off decimals, of a grey or a mean that it has rounded before.
    rounded_before = 0 if kind is Brightness else 0.5 * abs(1 - factor)
    difference = made - expected
    assert difference.min() > -rounded_before - 1e-4
    assert difference.max() < 1 + rounded_before + 1e-4


@given(st.floats(0.01, 1), st.sampled_from([Brightness, Contrast, Saturation]))
def test_factors_that_fall_to_zero_leave_what_is_pale(strength, kind):
    images = SMOOTH / 255
    made = level(kind(n_levels=1, strength=strength, sign="minus"), images, 1)
    pale = level(kind(n_levels=1, strength=1, sign="minus"), images, 1)
    np.testing.assert_allclose(made, (1 - strength) * images + strength * pale, atol=1e-12)
    if kind is Brightness:
        assert not pale.any()
    if kind is Contrast:
        assert np.ptp(pale[0]) < 1e-12
    if kind is Saturation:
        assert np.ptp(pale, axis=1).max() < 1e-12


def test_grey_images_have_no_colour_to_lose():
    grey = np.repeat(SMOOTH[:, :1] / 255, 3, axis=1)
    np.testing.assert_allclose(level(Saturation(), grey, 20), grey, atol=1e-12)


def test_contrast_keeps_the_mean_grey():
    images = SMOOTH[:, :1] / 255
    made = level(Contrast(sign="minus"), images, 9)
    np.testing.assert_allclose(made.mean(axis=(1, 2, 3)), images.mean(axis=(1, 2, 3)))


@pytest.mark.parametrize("number", [1, 7, 20])
def test_blur_is_the_sum_over_a_gaussian_kernel(number):
    images = SMOOTH / 255
    sigma = 4.0 * number / 20
    radius = int(4 * sigma + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    edges = [(0, 0), (0, 0), (radius, radius), (radius, radius)]
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(images, edges, mode="reflect"), (2 * radius + 1, 2 * radius + 1), axis=(2, 3)
    )
    expected = np.einsum("nchwij,i,j->nchw", windows, kernel, kernel, optimize=True)
    np.testing.assert_allclose(level(Blur(), images, number), expected, atol=1e-12)


def test_a_narrow_blur_of_pillow_is_near():
    from PIL import ImageFilter

    made = level(Blur(widest=2.0, n_levels=1), SMOOTH / 255, 1) * 255
    expected = by_pillow(SMOOTH, lambda image: image.filter(ImageFilter.GaussianBlur(2.0)))
    inner = np.s_[:, :, 8:-8, 8:-8]  # the borders differ: Pillow repeats the edge
    assert np.abs(made - expected)[inner].max() < 4


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("number", [1, 10, 19])
def test_jpeg_is_that_of_pillow_byte_by_byte(number, grey):
    pixels = SMOOTH[:, :1] if grey else SMOOTH

    def compressed(image):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=100 - 5 * number)
        return np.asarray(Image.open(io.BytesIO(file.getvalue())))

    pictures = [one[0] if grey else one.transpose(1, 2, 0) for one in pixels]
    expected = np.stack([compressed(Image.fromarray(one)) for one in pictures])
    expected = expected[:, None] if grey else expected.transpose(0, 3, 1, 2)
    for bounds in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        low, width = bounds[0], bounds[1] - bounds[0]
        made = level(Jpeg(bounds=bounds), low + pixels * (width / 255), number)
        np.testing.assert_allclose((made - low) * (255 / width), expected, atol=1e-9)


def test_jpeg_rounds_to_the_nearest_byte_before():
    images = np.full((2, 1, 8, 8), 100.4 / 255)
    np.testing.assert_allclose(level(Jpeg(), images, 1) * 255, 100)


@pytest.mark.parametrize(("lowest", "n_levels"), [(5, 95), (1, 99), (99, 1), (37, 10)])
def test_qualities_fall_at_every_level_to_the_lowest(lowest, n_levels):
    qualities = Jpeg(lowest_quality=lowest, n_levels=n_levels).qualities
    assert (qualities[0], qualities[-1], len(qualities)) == (100, lowest, n_levels + 1)
    assert (np.diff(qualities) < 0).all()
