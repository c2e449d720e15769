"""White noise on inputs: level 0, clipping, bounds, types, and what the noise depends on."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import WhiteNoise, content_id, white_noise
from rmqm_spec.alterations.noise.generator import standard_normal
from rmqm_spec.errors import RmqmError, ShapeError, UsageError

IMAGES = np.random.default_rng(0).random((4, 3, 5, 7), dtype=np.float32)
IDS = ["a", "b", "c", "d"]


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


def by_hand(value, noise, level, n_levels, low, high):
    """Clause RMQM-WN-007 for one value: each operation rounded to the type of the value."""
    kind = type(value)
    scale = kind(level / n_levels * (high - low))
    return min(max(value + kind(scale * kind(noise)), kind(low)), kind(high))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("coupling", ["independent", "common"])
def test_level_0_is_the_input_bit_for_bit(dtype, coupling):
    images = IMAGES.astype(dtype)
    altered = white_noise(images, n_levels=3, coupling=coupling)
    assert altered[:, 0].tobytes() == images.tobytes()


def test_level_0_keeps_the_sign_of_zero():
    assert np.signbit(white_noise(np.full((1, 3), -0.0), [0], bounds=(-1, 1))).all()


@pytest.mark.parametrize(
    ("given", "altered"),
    [("f4", "f4"), ("f8", "f8"), ("f2", "f8"), ("u1", "f8"), ("i8", "f8"), ("?", "f8")],
)
def test_float32_stays_and_anything_else_becomes_float64(given, altered):
    assert white_noise(np.ones((1, 4), dtype=given), [0, 1]).dtype == altered


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bounds", [(0, 1), (-1, 1), (0, 255), (-0.3, 0.1), (1e-3, 1e3)])
@pytest.mark.parametrize("level", [1, 3, 7])
def test_a_value_is_scaled_added_and_clipped_one_rounding_each(dtype, bounds, level):
    low, high = bounds
    inputs = np.linspace(low, high, 40, dtype=dtype).clip(dtype(low), dtype(high)).reshape(1, 40)
    altered = white_noise(inputs, [level], ids=["a"], n_levels=7, bounds=bounds)[0, 0]
    noise = standard_normal(0, "a", level, 1, 40)[0]
    expected = [by_hand(x, a, level, 7, low, high) for x, a in zip(inputs[0], noise, strict=True)]
    np.testing.assert_array_equal(altered, expected)


@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)])
def test_altered_inputs_stay_in_the_bounds_and_reach_both(bounds):
    middle = np.full((2, 500), np.mean(bounds), dtype=np.float32)
    altered = white_noise(middle, bounds=bounds)
    assert (altered.min(), altered.max()) == bounds


def test_noise_is_added_to_the_unaltered_input_not_to_the_level_before():
    noise = WhiteNoise(n_levels=5)
    alone = noise.alter(IMAGES, IDS, 5, 1)
    np.testing.assert_array_equal(noise.alter(IMAGES, IDS, 0, 6)[:, 5:], alone)


@pytest.mark.parametrize("n_levels", [1, 4, 99])
def test_epsilon_grows_in_equal_steps_from_0_to_1(n_levels):
    expected = [j / n_levels for j in range(n_levels + 1)]
    np.testing.assert_array_equal(WhiteNoise(n_levels=n_levels).epsilons, expected)


@pytest.mark.parametrize("level", [1, 50, 99])
def test_the_standard_deviation_of_the_noise_is_epsilon(level):
    wide = np.zeros((1, 10_000))
    altered = white_noise(wide, [level], ids=["a"], bounds=(-50, 50))
    # 10,000 values: relative standard error 0.7 %; five of them are exceeded once in a million.
    np.testing.assert_allclose(altered.std(), 100 * level / 99 * clipped_std(level), rtol=0.035)


def clipped_std(level):
    """Return the deviation of a normal value after clipping at half the width, in epsilons."""
    draws = np.random.default_rng(0).normal(size=10**6)
    limit = 0.5 * 99 / level
    return draws.clip(-limit, limit).std()


@pytest.mark.parametrize(("scale", "bounds"), [(2.0, (0, 2)), (256.0, (0, 256)), (0.25, (0, 0.25))])
def test_a_change_of_units_changes_nothing_but_the_units(scale, bounds):
    other = white_noise(IMAGES * np.float32(scale), ids=IDS, n_levels=8, bounds=bounds)
    # Powers of two: every rounding is the same.
    np.testing.assert_array_equal(other, scale * white_noise(IMAGES, ids=IDS, n_levels=8))


def test_common_noise_is_one_direction():
    middle = np.full((1, 200), 0.0)
    altered = white_noise(middle, [1, 2, 4], n_levels=64, bounds=(-8, 8), coupling="common")[0]
    # Levels 1, 2 and 4 of 64 are powers of two and nothing is clipped at 4.39 * 16 * 4 / 64.
    np.testing.assert_array_equal(altered[1:], [2 * altered[0], 4 * altered[0]])


def test_common_noise_is_that_of_level_1():
    images = IMAGES[:1]
    both = [white_noise(images, [1], coupling=name) for name in ("common", "independent")]
    np.testing.assert_array_equal(*both)


def test_independent_noise_has_a_new_direction_at_every_level():
    altered = white_noise(np.zeros((1, 1000)), [1, 2], bounds=(-8, 8))[0]
    # 1,000 values: standard deviation 0.03; six of them.
    assert abs(np.corrcoef(altered)[0, 1]) < 0.2


@given(order=st.permutations(range(4)), n=st.integers(1, 4))
@settings(max_examples=25)
def test_the_company_and_order_of_inputs_do_not_matter(order, n):
    chosen = list(order[:n])
    np.testing.assert_array_equal(
        white_noise(IMAGES[chosen], n_levels=5), white_noise(IMAGES, n_levels=5)[chosen]
    )


@given(levels=st.lists(st.integers(0, 12), min_size=1, max_size=8))
@settings(max_examples=25)
def test_any_choice_of_levels_gives_the_same_bits(levels):
    some = white_noise(IMAGES[:2], levels, n_levels=12)
    np.testing.assert_array_equal(some, white_noise(IMAGES[:2], n_levels=12)[:, levels])


@pytest.mark.parametrize("coupling", ["independent", "common"])
@given(cuts=st.sets(st.integers(1, 12)))
@settings(max_examples=25)
def test_any_blocks_of_levels_give_the_same_bits(coupling, cuts):
    noise = WhiteNoise(n_levels=12, coupling=coupling)
    edges = [0, *sorted(cuts), 13]
    blocks = [noise.alter(IMAGES, IDS, a, b - a) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), noise.alter(IMAGES, IDS, 0, 13))


@pytest.mark.parametrize("size", [1, 15, 16, 17, 40_000])
def test_any_size_of_input_gives_the_same_bits_level_by_level(size):
    inputs = np.full((1, size), 0.5, dtype=np.float32)
    alone = [white_noise(inputs, [level], n_levels=4)[:, 0] for level in range(5)]
    np.testing.assert_array_equal(white_noise(inputs, n_levels=4)[0], np.concatenate(alone))


@pytest.mark.parametrize("n_threads", [2, 8])
def test_threads_do_not_matter(n_threads):
    noise = WhiteNoise(n_levels=20)
    with ThreadPoolExecutor(n_threads) as pool:
        rows = list(pool.map(lambda j: noise.alter(IMAGES, IDS, j, 1), range(21)))
    np.testing.assert_array_equal(np.concatenate(rows, axis=1), noise.alter(IMAGES, IDS, 0, 21))


@pytest.mark.parametrize("turned", [IMAGES.copy(order="F"), IMAGES.astype(">f4")], ids="F>")
def test_memory_layout_and_byte_order_do_not_matter(turned):
    np.testing.assert_array_equal(white_noise(turned, n_levels=3), white_noise(IMAGES, n_levels=3))


@pytest.mark.parametrize("other", [{"seed": 1}, {"ids": ["e", "f", "g", "h"]}])
def test_seed_and_id_change_the_noise(other):
    standard = {"ids": IDS, "seed": 0}
    one, two = white_noise(IMAGES, [1], **standard), white_noise(IMAGES, [1], **standard | other)
    assert (one != two).mean() > 0.9


def test_by_default_the_noise_follows_the_content():
    ids = [content_id(image) for image in IMAGES]
    np.testing.assert_array_equal(
        white_noise(IMAGES, n_levels=2), white_noise(IMAGES, n_levels=2, ids=ids)
    )


@pytest.mark.parametrize("dtype", ["u1", "f2", "?"])
def test_converted_inputs_are_named_by_what_was_given(dtype):
    inputs = np.eye(3, dtype=dtype)
    ids = [content_id(row) for row in inputs]
    np.testing.assert_array_equal(white_noise(inputs), white_noise(inputs, ids=ids))


def test_inputs_are_not_written_to():
    images = IMAGES.copy()
    white_noise(images)
    np.testing.assert_array_equal(images, IMAGES)


def test_the_alteration_tells_every_parameter_that_changes_a_number():
    noise = WhiteNoise(n_levels=np.int64(5), seed=np.int64(3), bounds=(0, 255), coupling="common")
    assert repr(noise.to_dict()) == repr(
        {
            "name": "white-noise",
            "J": 5,
            "schedule": "epsilon_j = j / J",
            "bounds": [0.0, 255.0],
            "seed": 3,
            "coupling": "common",
            "generator": "philox4x64-10/quantile16",
        }
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_levels": 0}, "n_levels must be at least 1; got 0"),
        ({"n_levels": 2.5}, "n_levels must be an integer; got 2.5"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
        ({"seed": True}, "seed must be an integer; got True"),
        ({"seed": 1.0}, "seed must be an integer; got 1.0"),
        ({"bounds": (1, 0)}, "bounds must be finite with low < high; got (1.0, 0.0)"),
        ({"bounds": (0, 0)}, "bounds must be finite with low < high; got (0.0, 0.0)"),
        ({"bounds": (0, np.inf)}, "bounds must be finite with low < high; got (0.0, inf)"),
        ({"bounds": (np.nan, 1)}, "bounds must be finite with low < high; got (nan, 1.0)"),
        ({"coupling": "one"}, "coupling must be in ('independent', 'common'); got 'one'"),
    ],
)
@pytest.mark.parametrize("function", [WhiteNoise, lambda **options: white_noise(IMAGES, **options)])
def test_an_impossible_parameter_is_refused(function, options, text):
    assert message(function, **options) == (UsageError, "ARG001", text)


@pytest.mark.parametrize(("levels", "got"), [([0, 5], 5), ([-1], -1), ([], "none")])
def test_a_level_that_does_not_exist_is_refused(levels, got):
    expected = f"levels must lie in 0..4; got {got}"
    found = message(white_noise, IMAGES, levels, n_levels=4)
    assert found == (UsageError, "ARG001", expected)


def test_ids_that_do_not_match_are_refused():
    expected = "ids must name each of the 4 inputs; got 3 ids"
    assert message(white_noise, IMAGES, ids=IDS[:3]) == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 0), ()])
def test_inputs_without_a_first_axis_or_content_are_refused(shape):
    expected = f"inputs must have shape (N, *S) with N >= 1; got {shape}"
    assert message(white_noise, np.zeros(shape)) == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize("dtype", ["c16", "U1", "O", "M8[s]"])
def test_inputs_that_are_no_real_numbers_are_refused(dtype):
    inputs = np.zeros((2, 3)).astype(dtype)
    expected = f"inputs must be real numbers; got {inputs.dtype}"
    assert message(white_noise, inputs) == (UsageError, "ARG001", expected)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([[0.5, 1.5]], "inputs must lie in the bounds [0.0, 1.0]; got values from 0.5 to 1.5"),
        ([[-0.5, 0.5]], "inputs must lie in the bounds [0.0, 1.0]; got values from -0.5 to 0.5"),
        ([[0.5, np.nan]], "inputs must lie in the bounds [0.0, 1.0]; got values from nan to nan"),
        ([[0, 255]], "inputs must lie in the bounds [0.0, 1.0]; got values from 0.0 to 255.0"),
    ],
)
def test_a_value_outside_the_bounds_is_refused(values, text):
    assert message(white_noise, np.array(values)) == (UsageError, "DAT010", text)
