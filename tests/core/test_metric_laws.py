"""Laws that hold for every trajectory: invariances, bounds, closed forms, monotonicity."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rmqm_spec import characterize, displacements, rmqm, step_lengths

VARIANTS = ["paper", "authors-2022"]
ROUNDING = 4e-15
"""A few roundings of unit vectors and their differences, each at most 1.1e-16."""

SHAPES = array_shapes(min_dims=3, max_dims=3, min_side=3, max_side=6)
LATTICE = SHAPES.flatmap(lambda shape: arrays(float, shape, elements=st.integers(-9, 9)))
TRAJECTORIES = LATTICE.filter(lambda t: np.abs(t).max(axis=-1).min() > 0)
FACTORS = st.floats(1e-30, 1e30, allow_subnormal=False)
SEEDS = st.integers(0, 2**32 - 1)
VALUE = st.floats(0.01, 2)
MORE = st.floats(1.01, 10)


def both(trajectories):
    return np.stack([displacements(trajectories), step_lengths(trajectories)])


def characterized(trajectories, variant="paper"):
    return characterize(*both(trajectories), variant=variant)


def numbers(found):
    return [found.D, found.S, found.D_RC, found.P_RC, found.rmqm, *found.interval]


def random_walk(n_inputs=20, n_levels=9, seed=0):
    steps = np.random.default_rng(seed).normal(size=(n_inputs, n_levels + 1, 5))
    return steps.cumsum(axis=1)


@given(trajectories=TRAJECTORIES, data=st.data())
def test_the_length_of_an_encoding_does_not_matter(trajectories, data):
    factors = data.draw(arrays(float, (*trajectories.shape[:2], 1), elements=FACTORS))
    np.testing.assert_allclose(
        both(trajectories * factors), both(trajectories), rtol=0, atol=ROUNDING
    )


@given(trajectories=TRAJECTORIES, powers=st.integers(-300, 300))
def test_a_power_of_two_as_length_changes_not_a_bit(trajectories, powers):
    np.testing.assert_array_equal(both(np.ldexp(trajectories, powers)), both(trajectories))


@given(trajectories=TRAJECTORIES, seed=SEEDS)
def test_a_rotation_of_the_encodings_does_not_matter(trajectories, seed):
    width = trajectories.shape[-1]
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))
    np.testing.assert_allclose(
        both(trajectories @ rotation), both(trajectories), rtol=0, atol=10 * ROUNDING
    )


@pytest.mark.parametrize("variant", VARIANTS)
@given(trajectories=TRAJECTORIES, seed=SEEDS)
def test_the_order_of_inputs_changes_not_a_bit(variant, trajectories, seed):
    order = np.random.default_rng(seed).permutation(len(trajectories))
    found = characterized(trajectories[order], variant), characterized(trajectories, variant)
    np.testing.assert_array_equal(numbers(found[0]), numbers(found[1]))


@pytest.mark.parametrize("variant", VARIANTS)
@given(seed=SEEDS)
@settings(max_examples=30)
def test_the_order_of_many_inputs_changes_not_a_bit(variant, seed):
    d, s = both(random_walk(200))
    order = np.random.default_rng(seed).permutation(200)
    found = characterize(d[order], s[order], variant=variant)
    np.testing.assert_array_equal(numbers(found), numbers(characterize(d, s, variant=variant)))


@given(trajectories=TRAJECTORIES)
def test_the_first_step_is_the_first_displacement(trajectories):
    np.testing.assert_array_equal(
        step_lengths(trajectories)[:, 0], displacements(trajectories)[:, 0]
    )


@given(trajectories=TRAJECTORIES)
def test_a_displacement_is_at_most_the_one_before_plus_the_step(trajectories):
    d, s = both(trajectories)
    assert (d[:, 1:] <= d[:, :-1] + s[:, 1:] + ROUNDING).all()


@given(trajectories=TRAJECTORIES)
def test_a_step_is_at_most_the_sum_of_two_displacements(trajectories):
    d, s = both(trajectories)
    assert (s[:, 1:] <= d[:, 1:] + d[:, :-1] + ROUNDING).all()


@given(trajectories=TRAJECTORIES)
def test_mean_displacement_and_step_lie_in_0_to_2(trajectories):
    found = characterized(trajectories)
    assert 0 <= min(found.D, found.S) <= max(found.D, found.S) <= 2 + ROUNDING


def test_opposite_encodings_are_2_apart():
    np.testing.assert_array_equal(displacements(np.array([[[3.0, 4.0], [-6.0, -8.0]]])), [[2.0]])


@given(trajectories=TRAJECTORIES)
def test_d_rc_of_a_moving_input_is_at_least_1_over_j(trajectories):
    found = characterized(trajectories).per_input
    least = 1 / (trajectories.shape[1] - 1)
    assert (found.D_RC[found.D > 0] >= least * (1 - 1e-15)).all()


@given(trajectories=TRAJECTORIES)
def test_d_rc_is_at_least_1_over_j_when_every_input_moves(trajectories):
    found = characterized(trajectories)
    least = (found.per_input.D > 0).all() / (trajectories.shape[1] - 1)
    assert least * (1 - 1e-15) <= found.D_RC


@pytest.mark.parametrize("n_levels", [1, 2, 9, 29, 99])
def test_a_straight_path_has_the_harmonic_number_over_j(n_levels):
    d = 0.02 * np.arange(1, n_levels + 1)
    found = characterize([d], [np.full(n_levels, 0.02)])
    harmonic = math.fsum(1 / j for j in range(1, n_levels + 1))
    # One rounding per term and level.
    np.testing.assert_allclose(found.D_RC, harmonic / n_levels, rtol=1e-13)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("n_levels", [2, 9, 29, 99])
def test_a_straight_path_has_constant_steps(variant, n_levels):
    d = 0.02 * np.arange(1, n_levels + 1)
    found = characterize([d], [np.full(n_levels, 0.02)], variant=variant)
    assert (found.status, found.P_RC) == ("constant-steps", 0.0)


@pytest.mark.parametrize("angle", [0.01, 0.1, 0.3])
@pytest.mark.parametrize("n_levels", [2, 9, 10])
def test_a_circle_has_chords_for_displacements(angle, n_levels):
    angles = angle * np.arange(n_levels + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[np.newaxis]
    chords = [2 * np.sin(angles[1:] / 2), np.full(n_levels, 2 * np.sin(angle / 2))]
    np.testing.assert_allclose(both(circle)[:, 0], chords, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("n_levels", [2, 9, 10])
def test_a_circle_has_the_relative_changes_of_its_chords(n_levels):
    angles = 0.3 * np.arange(n_levels + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[np.newaxis]
    chords = 2 * np.sin(angles / 2)
    expected = np.mean([abs(b - a) / b for a, b in pairwise(chords)])
    np.testing.assert_allclose(characterized(circle).D_RC, expected, rtol=1e-13)


@given(D=VALUE, D_RC=VALUE, P_RC=VALUE, S=VALUE, more=MORE)
def test_rmqm_grows_with_displacement(D, D_RC, P_RC, S, more):
    assert rmqm(D * more, D_RC, P_RC, S=S) > rmqm(D, D_RC, P_RC, S=S)


@given(D=VALUE, D_RC=VALUE, P_RC=VALUE, S=VALUE, more=MORE)
def test_rmqm_grows_with_step_length(D, D_RC, P_RC, S, more):
    assert rmqm(D, D_RC, P_RC, S=S * more) > rmqm(D, D_RC, P_RC, S=S)


@given(D=VALUE, D_RC=VALUE, P_RC=VALUE, S=VALUE, more=MORE)
def test_rmqm_falls_with_the_change_of_displacements(D, D_RC, P_RC, S, more):
    assert rmqm(D, D_RC * more, P_RC, S=S) < rmqm(D, D_RC, P_RC, S=S)


@given(D=VALUE, D_RC=VALUE, P_RC=VALUE, S=VALUE, more=MORE)
def test_rmqm_falls_with_the_change_of_steps(D, D_RC, P_RC, S, more):
    assert rmqm(D, D_RC, P_RC * more, S=S) < rmqm(D, D_RC, P_RC, S=S)


@given(D=VALUE, D_RC=VALUE, P_RC=VALUE)
def test_weights_of_one_change_nothing(D, D_RC, P_RC):
    assert rmqm(D, D_RC, P_RC, weights=(1, 1, 1)) == rmqm(D, D_RC, P_RC)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_mean_of_the_contributions_is_the_score(variant):
    found = characterized(random_walk(50), variant)
    # The influences sum to zero up to rounding.
    np.testing.assert_allclose(found.per_input.contribution.mean(), found.rmqm, rtol=1e-13)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_score_lies_in_the_middle_of_its_interval(variant):
    found = characterized(random_walk(50), variant)
    np.testing.assert_allclose(np.mean(found.interval), found.rmqm, rtol=1e-15)


@pytest.mark.parametrize(
    ("curve", "first"),
    [
        ("displacement", 0),
        ("step_length", 0),
        ("displacement_change", 0),
        ("step_length_change", 1),
    ],
)
def test_curves_have_one_value_per_level_and_none_where_no_term_exists(curve, first):
    found = getattr(characterized(random_walk()).curves, curve)
    levels = np.arange(9)
    np.testing.assert_array_equal(np.isnan([found.mean, found.std]), [levels < first] * 2)


def test_the_curve_of_displacements_is_their_mean_and_sample_deviation():
    d, s = both(random_walk())
    found = characterize(d, s).curves.displacement
    expected = [d.mean(axis=0), d.std(axis=0, ddof=1)]
    np.testing.assert_allclose([found.mean, found.std], expected, rtol=1e-13)


def test_the_curves_of_changes_average_to_the_characteristics():
    found = characterized(random_walk())
    changes = [found.curves.displacement_change.mean, found.curves.step_length_change.mean]
    np.testing.assert_allclose(np.nansum(changes, axis=1) / 9, [found.D_RC, found.P_RC], rtol=1e-13)
