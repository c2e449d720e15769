"""Every refusal word for word; every magnitude, type and order of statuses; never infinity."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rmqm_spec import characterize, displacements, resolution_of, rmqm, step_lengths
from rmqm_spec.characteristics import RESOLUTION, DistanceMeter
from rmqm_spec.errors import EncodingError, RmqmError, ShapeError, UsageError

VARIANTS = ["paper", "authors-2022"]
MOVING = [0.1, 0.2, 0.4, 0.7]
RETURNS = [0.3, 0.0, 0.5, 0.6]


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


def with_returns(n_undefined, n_inputs=25):
    """Make distances in which some inputs end at zero: one x/0 term for each of them."""
    d = np.tile(MOVING, (n_inputs, 1))
    d[:n_undefined, 3] = 0
    return d


@pytest.mark.parametrize(("n_undefined", "status"), [(1, "ok"), (2, "undefined-terms")])
def test_paper_counts_one_per_cent_of_the_step_terms_apart(n_undefined, status):
    # 34 inputs have 34 * 3 = 102 terms of P_RC: the first level has none.
    s = with_returns(n_undefined, n_inputs=34)
    assert characterize(with_returns(0, n_inputs=34), s).status == status


def test_exactly_one_per_cent_of_undefined_terms_is_still_a_score():
    found = characterize(with_returns(1), with_returns(0))
    assert (found.undefined_terms["D_RC"] / (25 * 4), found.status) == (0.01, "ok")


def test_paper_keeps_every_input():
    assert characterize(with_returns(5), with_returns(0)).per_input.kept.all()


@pytest.mark.parametrize(
    "d", [[0.0, 0.0, 0.5, 0.6], RETURNS, [0.3, 0.0, 0.0, 0.6]], ids=["0/0", "x/0", "both"]
)
def test_authors_treat_0_over_0_and_x_over_0_alike(d):
    found = characterize([d, MOVING], [MOVING, MOVING], variant="authors-2022")
    alone = characterize([MOVING], [MOVING], variant="authors-2022")
    got = [found.per_input.kept.tolist(), found.D_RC, found.P_RC]
    assert got == [[False, True], alone.D_RC, alone.P_RC]


def test_authors_drop_an_input_for_a_zero_step_too():
    s = [[0.1, 0.0, 0.2, 0.3], MOVING]
    found = characterize([MOVING, MOVING], s, variant="authors-2022")
    assert found.per_input.kept.tolist() == [False, True]


def test_authors_allow_a_zero_at_the_last_level():
    d = with_returns(1)
    assert characterize(d, d, variant="authors-2022").per_input.kept.all()


def test_authors_know_no_limit_of_undefined_terms():
    d = [RETURNS] * 9 + [MOVING]
    assert characterize(d, [MOVING] * 10, variant="authors-2022").status == "ok"


@pytest.mark.parametrize(
    ("d", "s", "status"),
    [
        ([0.0] * 4, [0.5, 0.0, 0.5, 0.0], "collapsed"),
        ([0.5, 0.0, 0.5, 0.0], [0.5] * 4, "undefined-terms"),
        (MOVING, [0.5] * 4, "constant-steps"),
        (MOVING, MOVING, "ok"),
    ],
)
def test_the_first_status_that_holds_is_the_one(d, s, status):
    assert characterize([d], [s]).status == status


def test_one_level_of_paper_has_d_rc_one():
    found = characterize([[0.3], [0.5]], [[0.3], [0.5]])
    assert (found.D, found.D_RC, found.P_RC, found.status) == (0.4, 1.0, 0.0, "constant-steps")


@pytest.mark.parametrize("variant", VARIANTS)
@given(
    tables=array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6).flatmap(
        lambda shape: arrays(
            float, (2, *shape), elements=st.floats(0, 2) | st.sampled_from([0.0, 5e-324, 1e-12])
        )
    )
)
@settings(max_examples=200)
def test_nothing_is_ever_infinite(variant, tables):
    found = characterize(*tables, variant=variant)
    rows = found.per_input
    numbers = [found.D, found.S, found.D_RC, found.P_RC, found.rmqm, found.weighted_rmqm]
    numbers += [*found.interval, *rows.D_RC, *rows.P_RC, *rows.contribution]
    assert not np.isinf(numbers).any()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_great_circle_has_constant_steps_in_its_own_arithmetic(variant, dtype):
    angles = 0.1 * np.arange(10)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[np.newaxis].astype(dtype)
    d, s = displacements(circle), step_lengths(circle)
    found = characterize(d, s, variant=variant, resolution=resolution_of(dtype))
    assert (found.status, found.P_RC) == ("constant-steps", 0.0)


@pytest.mark.parametrize(
    ("dtype", "resolution"),
    [("f8", 1e-12), ("f4", 1e-6), ("f2", 1e-3), ("i4", 1e-12), ("u1", 1e-12), (">f4", 1e-6)],
)
def test_the_resolution_follows_from_the_type(dtype, resolution):
    assert resolution_of(dtype) == resolution


@pytest.mark.parametrize(("dtype", "zero"), [("f8", False), ("f4", True), ("f2", True)])
def test_a_distance_below_the_resolution_of_the_type_is_zero(dtype, zero):
    close = np.array([[[1, 0], [1, 6e-8]]]).astype(dtype)
    assert (displacements(close)[0, 0] == 0) == zero


@pytest.mark.parametrize("measure", [displacements, step_lengths])
def test_a_resolution_of_ones_own_takes_the_place_of_that_of_the_type(measure):
    near = np.array([[[1.0, 0.0], [1.0, 0.01], [1.0, 0.5]]])
    assert (measure(near, resolution=0.1) == 0).tolist() == [[True, False]]


def test_a_distance_equal_to_the_resolution_counts():
    found = characterize([[0.25, 0.5, 0.25]], [[0.25, 0.5, 1.0]], resolution=0.25)
    np.testing.assert_allclose(found.D, 1 / 3, rtol=1e-15)


@pytest.mark.parametrize("name", ["D_RC", "P_RC"])
def test_a_mean_change_below_the_resolution_is_zero_and_single_inputs_are_left(name):
    d = np.array([[0.5, 0.5 + 1e-9, 0.5]])
    found = characterize(d, d, variant="authors-2022", resolution=1e-6)
    assert (getattr(found, name), getattr(found.per_input, name)[0] > 0) == (0.0, True)


def test_the_resolutions_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        RESOLUTION["float32"] = 0


@pytest.mark.parametrize("magnitude", [1e300, 1e-300, 1.7e308, 5e-324, 1e160, 1e-160])
def test_encodings_of_any_magnitude_have_a_direction(magnitude):
    right_angle = np.array([[[1.0, 0.0], [0.0, 1.0]]]) * magnitude
    np.testing.assert_allclose(displacements(right_angle), [[math.sqrt(2)]], rtol=1e-15)


@pytest.mark.parametrize("magnitude", [1e300, 1e-300])
def test_one_huge_or_tiny_encoding_changes_not_a_bit_of_the_others(magnitude):
    trajectories = np.random.default_rng(0).normal(size=(5, 4, 7))
    expected = displacements(trajectories)[1:]
    trajectories[0] *= magnitude
    np.testing.assert_array_equal(displacements(trajectories)[1:], expected)


def test_largest_half_precision_values_do_not_overflow():
    largest = np.array([[[65504, 0], [65504, 65504]]], dtype=np.float16)
    np.testing.assert_allclose(displacements(largest), 2 * np.sin(np.pi / 8), rtol=1e-15)


@pytest.mark.parametrize("dtype", ["i1", "i8", "u1", "?"])
def test_whole_numbers_are_encodings_too(dtype):
    found = displacements(np.array([[[1, 0], [1, 1]]], dtype=dtype))
    np.testing.assert_allclose(found, 2 * np.sin(np.pi / 8), rtol=1e-15)


@given(data=st.data(), width=st.integers(1, 40))
def test_levels_that_stream_by_in_blocks_give_the_same_bits(data, width):
    trajectories = np.random.default_rng(width).normal(size=(3, 12, width))
    cuts = sorted(data.draw(st.sets(st.integers(1, 11))))
    meter = DistanceMeter(3, 11)
    for block in np.split(trajectories, cuts, axis=1):
        meter.update(block)
    expected = displacements(trajectories), step_lengths(trajectories)
    np.testing.assert_array_equal([meter.displacements, meter.step_lengths], expected)


@given(axes=st.permutations(range(3)), width=st.integers(1, 40))
def test_the_memory_order_of_encodings_changes_not_a_bit(axes, width):
    trajectories = np.random.default_rng(width).normal(size=(3, 5, width))
    turned = trajectories.transpose(axes).copy().transpose(np.argsort(axes))
    np.testing.assert_array_equal(displacements(turned), displacements(trajectories))


@pytest.mark.parametrize("row", range(4))
def test_the_company_of_other_inputs_changes_not_a_bit(row):
    trajectories = np.random.default_rng(0).normal(size=(4, 9, 33))
    expected = displacements(trajectories)[row : row + 1]
    np.testing.assert_array_equal(displacements(trajectories[row : row + 1]), expected)


def test_measuring_does_not_write_to_the_encodings():
    trajectories = np.full((2, 3, 4), 3.0)
    displacements(trajectories)
    np.testing.assert_array_equal(trajectories, 3.0)


NOT_FINITE = "an encoding must be finite; got {} of 3 values that are not for input 2 at level 3"
NO_NORM = "an encoding must have a norm above zero; got 0 for input 2 at level 3"


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
@pytest.mark.parametrize(
    ("bad", "code", "text"),
    [
        ([0, 0, 0], "ENC002", NO_NORM),
        ([-0.0, 0, 0], "ENC002", NO_NORM),
        ([np.nan, 1, np.nan], "ENC001", NOT_FINITE.format(2)),
        ([1, np.inf, 1], "ENC001", NOT_FINITE.format(1)),
        ([-np.inf, np.inf, np.nan], "ENC001", NOT_FINITE.format(3)),
    ],
)
def test_a_bad_encoding_of_any_type_is_named_by_input_and_level(dtype, bad, code, text):
    trajectories = np.ones((4, 5, 3), dtype=dtype)
    trajectories[2, 3] = bad
    assert message(step_lengths, trajectories) == (EncodingError, code, text)


def test_the_first_of_several_bad_encodings_is_named():
    trajectories = np.ones((4, 5, 3))
    trajectories[3, 0], trajectories[1, 4] = 0, np.nan
    expected = "an encoding must be finite; got 3 of 3 values that are not for input 1 at level 4"
    assert message(displacements, trajectories) == (EncodingError, "ENC001", expected)


def test_a_bad_encoding_in_a_later_block_is_named_by_its_own_level():
    meter = DistanceMeter(1, 5, ["cat.png"])
    meter.update(np.ones((1, 4, 2)))
    expected = "an encoding must have a norm above zero; got 0 for cat.png at level 5"
    bad = np.array([[[1, 1], [0, 0]]])
    assert message(meter.update, bad) == (EncodingError, "ENC002", expected)


@pytest.mark.parametrize("length", [1, 3])
def test_encodings_of_changing_length_are_refused(length):
    meter = DistanceMeter(1, 5)
    meter.update(np.ones((1, 2, 2)))
    expected = f"encodings must all have the same length; got {length} after 2"
    found = message(meter.update, np.ones((1, 2, length)))
    assert found == (EncodingError, "ENC004", expected)


@pytest.mark.parametrize("shape", [(2, 1, 3), (0, 2, 3), (2, 3, 0), (2, 3, 4, 5), ()])
@pytest.mark.parametrize("measure", [displacements, step_lengths])
def test_trajectories_of_a_wrong_shape_are_refused(measure, shape):
    expected = f"trajectories must have shape (N, J + 1, D) with J >= 1; got {shape}"
    assert message(measure, np.ones(shape)) == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize(
    ("variant", "least", "d", "s"),
    [
        ("paper", 1, (2, 3), (2, 4)),
        ("paper", 1, (3,), (3,)),
        ("paper", 1, (0, 3), (0, 3)),
        ("paper", 1, (2, 0), (2, 0)),
        ("authors-2022", 2, (2, 1), (2, 1)),
    ],
)
def test_distances_of_wrong_shapes_are_refused(variant, least, d, s):
    expected = (
        f"displacements and step_lengths must have one shape (N, J), N >= 1, J >= {least}; "
        f"got {d} and {s}"
    )
    found = message(characterize, np.ones(d), np.ones(s), variant=variant)
    assert found == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize("value", [-0.1, 2.1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["displacements", "step_lengths"])
def test_a_distance_outside_0_to_2_is_refused_by_name(name, value):
    tables = {"displacements": [MOVING], "step_lengths": [MOVING]} | {name: [[0.1, value, 0, 0]]}
    expected = f"{name} must lie in [0, 2], as distances of unit vectors do; got {value}"
    assert message(characterize, **tables) == (UsageError, "ARG001", expected)


def test_a_rounding_excess_above_2_is_accepted():
    assert characterize([[2 + 1e-9, 1.0]], [[2 + 1e-9, 1.0]]).status == "ok"


@pytest.mark.parametrize("resolution", [-1e-9, 1.0, 2, math.nan, math.inf])
def test_an_impossible_resolution_is_refused(resolution):
    expected = f"resolution must lie in [0, 1); got {resolution}"
    found = message(characterize, [MOVING], [MOVING], resolution=resolution)
    assert found == (UsageError, "ARG001", expected)


def test_an_unknown_variant_is_refused():
    expected = "variant must be one of paper, authors-2022; got 'authors'"
    found = message(characterize, [MOVING], [MOVING], variant="authors")
    assert found == (UsageError, "ARG001", expected)


@pytest.mark.parametrize(
    "terms", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (math.nan, 1, 1), (1, math.nan, 1), (0, 0, 0)]
)
def test_rmqm_of_a_vanishing_or_missing_term_is_not_a_number(terms):
    assert math.isnan(rmqm(*terms))


@pytest.mark.parametrize("value", [-1.0, math.inf])
@pytest.mark.parametrize("name", ["D", "D_RC", "P_RC", "S"])
def test_rmqm_refuses_negative_and_infinite_terms(name, value):
    terms = {"D": 1.0, "D_RC": 1.0, "P_RC": 1.0, "S": 1.0} | {name: value}
    expected = f"{name} must be finite and at least 0; got {value}"
    assert message(rmqm, **terms) == (UsageError, "ARG001", expected)


def test_rmqm_refuses_a_negative_weight():
    expected = "weights[1] must be finite and at least 0; got -1"
    assert message(rmqm, 1, 1, 1, weights=(1, -1, 1)) == (UsageError, "ARG001", expected)
