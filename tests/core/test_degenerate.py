"""Where a reciprocal has no value there is no score, and the result says why."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rmqm_spec import characterize, displacements, resolution_of, step_lengths
from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.results.doubts import doubts

VARIANTS = ["paper", "authors-2022"]


def great_circle(dtype, n_levels=99, angle=0.01):
    angles = angle * np.arange(n_levels + 1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)[None].astype(dtype)


def with_zeros(n_inputs, n_zero, n_levels=10):
    """Distances in which `n_zero` inputs come back to the start at level 5."""
    rng = np.random.default_rng(0)
    d, s = rng.uniform(0.1, 1.0, (2, n_inputs, n_levels))
    d[:n_zero, 4] = 0.0
    return d, s


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_encoder_that_does_not_move_has_collapsed(variant):
    found = characterize(np.zeros((3, 5)), np.zeros((3, 5)), variant=variant)
    assert (found.status, math.isnan(found.rmqm), found.interval[0]) != ("ok", False, 0)
    assert found.status == "collapsed"


def test_movement_below_the_resolution_is_none():
    tiny = np.full((2, 4), 9e-7)
    assert characterize(tiny, tiny, resolution=1e-6).status == "collapsed"


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rounding_does_not_pass_for_movement_on_a_great_circle(dtype):
    path = great_circle(dtype)
    resolution = resolution_of(path.dtype)
    found = characterize(displacements(path), step_lengths(path), resolution=resolution)
    expected = "constant-steps" if dtype == "float64" else found.status
    assert found.status == expected
    assert not np.isinf(found.rmqm)


def test_great_circle_in_float64_would_score_35_without_the_rule():
    path = great_circle("float64", n_levels=9, angle=0.1)
    d, s = displacements(path, resolution=0), step_lengths(path, resolution=0)
    assert characterize(d, s, resolution=0).rmqm > 30
    assert characterize(d, s).status == "constant-steps"


def test_a_term_of_nothing_over_nothing_is_zero():
    found = characterize([[0.0, 0.0, 0.5, 1.0]], [[0.0, 0.0, 0.5, 0.7]])
    # D_RC terms 0, 0, 1, 0.5; P_RC terms 0, 1, 2/7.
    np.testing.assert_allclose([found.D_RC, found.P_RC], [1.5 / 4, (1 + 2 / 7) / 4], rtol=1e-15)
    assert found.undefined_terms == {"D_RC": 0, "P_RC": 0}


def test_an_undefined_term_leaves_sum_and_divisor():
    found = characterize([[1.0, 0.0, 0.5, 1.0]], [[1.0, 1.0, 0.0, 0.5]])
    # D_RC terms 1, undefined, 1, 0.5 over 3; P_RC terms 0, undefined, 1 over 3.
    np.testing.assert_allclose(found.per_input.D_RC, [2.5 / 3], rtol=1e-15)
    np.testing.assert_allclose(found.per_input.P_RC, [1 / 3], rtol=1e-15)
    assert found.undefined_terms == {"D_RC": 1, "P_RC": 1}


@pytest.mark.parametrize(("n_zero", "status"), [(10, "ok"), (11, "undefined-terms")])
def test_more_than_one_percent_of_undefined_terms_is_a_failed_score(n_zero, status):
    d, s = with_zeros(n_inputs=100, n_zero=n_zero)
    assert characterize(d, s).status == status


def test_in_the_authors_variant_an_input_with_a_zero_leaves_both_spike_means_only():
    d, s = with_zeros(n_inputs=20, n_zero=5)
    found = characterize(d, s, variant="authors-2022")
    rest = characterize(d[5:], s[5:], variant="authors-2022")
    assert (found.D_RC, found.P_RC) == (rest.D_RC, rest.P_RC)
    np.testing.assert_allclose([found.D, found.S], [d.mean(), s.mean()], rtol=1e-14)


def test_in_the_authors_variant_no_input_left_is_undefined():
    d, s = with_zeros(n_inputs=4, n_zero=4)
    found = characterize(d, s, variant="authors-2022")
    assert (found.status, math.isnan(found.D_RC), math.isnan(found.rmqm)) == (
        "undefined-terms",
        True,
        True,
    )


def test_one_level_has_no_second_step():
    assert characterize([[0.5]], [[0.5]]).status == "constant-steps"


def test_the_authors_variant_needs_two_levels():
    with pytest.raises(ShapeError, match="N >= 1, J >= 2; got"):
        characterize([[0.5]], [[0.5]], variant="authors-2022")


def test_one_input_has_a_score_and_no_interval():
    found = characterize([[0.2, 0.5, 0.6]], [[0.2, 0.4, 0.3]])
    assert found.status == "ok"
    assert np.isnan(found.interval).all()


@pytest.mark.parametrize("value", [-0.1, 2.1, np.nan, np.inf])
def test_distances_of_unit_vectors_lie_between_0_and_2(value):
    with pytest.raises(UsageError, match=r"displacements must lie in \[0, 2\]"):
        characterize([[0.5, value]], [[0.5, 0.5]])


@pytest.mark.parametrize("scale", [1e-300, 1e-40, 1e40, 1e300])
def test_the_length_of_encodings_is_irrelevant_at_any_magnitude(scale):
    path = np.random.default_rng(0).normal(size=(2, 6, 3))
    np.testing.assert_allclose(displacements(path * scale), displacements(path), rtol=1e-12)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (0.0, "an encoding must have a norm above zero; got 0 for input 1 at level 2"),
        (
            np.nan,
            "an encoding must be finite; got 2 of 2 values that are not for input 1 at level 2",
        ),
    ],
)
def test_a_bad_encoding_is_named_by_input_and_level(bad, message):
    path = np.ones((3, 4, 2))
    path[1, 2] = bad
    with pytest.raises(EncodingError) as caught:
        displacements(path)
    assert caught.value.message == message


def test_a_wrong_shape_is_named():
    with pytest.raises(ShapeError) as caught:
        displacements(np.ones((2, 3)))
    assert str(caught.value) == (
        "trajectories must have shape (N, J + 1, D) with J >= 1; got (2, 3)"
    )


def test_a_jump_at_once_is_doubted():
    d = np.tile(np.linspace(0.9, 1.0, 99), (30, 1))
    s = np.random.default_rng(0).uniform(0.001, 0.002, (30, 99))
    assert "SCO003" in [one.code for one in doubts(characterize(d, s))]
