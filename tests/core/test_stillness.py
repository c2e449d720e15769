"""Whether a displacement curve stands still while noise grows: of any shape, height and J."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rmqm_spec
from rmqm_spec.results.doubts import doubts
from rmqm_spec.results.stillness import standing_still

LEVELS = st.integers(10, 300)
HEIGHTS = st.floats(1e-3, 1.4)
RESOLUTION = 1e-7


def settling(n_levels, height, share, bend):
    """Make a curve that rises as a power of the level, and stays from a share of the levels on."""
    level = np.arange(1, n_levels + 1)
    return height * np.minimum(level / max(1.0, share * n_levels), 1.0) ** bend


@given(LEVELS, HEIGHTS, st.floats(0.0, 0.2), st.floats(0.3, 3))
def test_a_plateau_from_the_first_fifth_on_is_noticed(n_levels, height, share, bend):
    assert standing_still(settling(n_levels, height, share, bend), resolution=RESOLUTION)


@given(LEVELS, HEIGHTS, st.floats(0.5, 1.0), st.floats(0.8, 3))
def test_a_curve_that_rises_for_half_of_the_levels_is_not(n_levels, height, share, bend):
    assert standing_still(settling(n_levels, height, share, bend), resolution=RESOLUTION) is None


@given(st.integers(99, 300), HEIGHTS, st.integers(0, 2**32 - 1))
def test_levels_that_jitter_about_a_plateau_stand_still_too(n_levels, height, seed):
    jitter = np.random.default_rng(seed).uniform(-0.11, 0.11, n_levels)
    curve = settling(n_levels, height, 0.15, 1.0) * (1 + jitter)
    assert standing_still(curve, resolution=RESOLUTION)


@given(LEVELS, HEIGHTS, st.floats(0.1, 0.9), st.floats(0.01, 1))
def test_the_height_does_not_matter(n_levels, height, share, factor):
    curve = settling(n_levels, height, share, 1.0)
    answers = [standing_still(one, resolution=1e-15) for one in (curve, curve * factor)]
    assert len({answer is None for answer in answers}) == 1


@given(LEVELS, HEIGHTS)
def test_a_curve_that_rises_and_falls_does_not_stand_still(n_levels, height):
    rising = settling(n_levels, height, 0.4, 1.0)
    assert standing_still(np.minimum(rising, rising[::-1]), resolution=RESOLUTION) is None


def test_what_is_below_the_resolution_counts_as_no_movement():
    curve = settling(99, 1e-7, 1.0, 1.0)
    assert standing_still(curve, resolution=RESOLUTION) is not None
    assert standing_still(curve, resolution=1e-12) is None


@pytest.mark.parametrize(
    ("curve", "is_still"),
    [([0.5], False), ([0.1, 1.0], False), ([0.9, 1.0], True), ([0.2, 0.6, 1.0], False)],
)
def test_few_levels(curve, is_still):
    assert (standing_still(np.array(curve), resolution=RESOLUTION) is not None) == is_still


def test_the_level_is_named():
    words = standing_still(settling(99, 1.0, 0.15, 1.0), resolution=RESOLUTION)
    assert "from about level 14 of 99 on" in words
    assert "stays near 1" in words


def quickly_full(images):
    """Encode so that a value grows with the noise, up to a limit that a little noise reaches."""
    rows = images.reshape(len(images), -1)
    noise = np.abs(np.diff(rows, axis=1)).mean(axis=1, keepdims=True)
    return np.concatenate([rows.mean(axis=1, keepdims=True), 10 * np.minimum(noise, 0.08)], axis=1)


def pixels(images):
    return images.reshape(len(images), -1)


@pytest.mark.parametrize(("encoder", "expected"), [(quickly_full, True), (pixels, False)])
@pytest.mark.parametrize("n_levels", [50, 99])
def test_an_encoder_that_fills_up_is_doubted_and_plain_pixels_are_not(encoder, expected, n_levels):
    images = np.tile(np.linspace(0.4, 0.6, 100, dtype=np.float32), (12, 1))
    images += np.linspace(0, 0.1, 12, dtype=np.float32)[:, None]
    noise = rmqm_spec.WhiteNoise(n_levels=n_levels)
    found = rmqm_spec.evaluate(encoder, images, alteration=noise)
    assert ("SCO003" in [one.code for one in doubts(found.characteristics)]) == expected
    curve = found.characteristics.curves.displacement.mean
    assert curve[0] < curve.max() / 2, "the first level alone would tell"
