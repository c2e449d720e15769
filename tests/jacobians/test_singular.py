"""Singular values of the Jacobian of the unit encoding: closed forms, laws, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec.errors import EncodingError
from rmqm_spec.jacobians.singular import LocalSpectra, local_spectra, unit_jacobians


def drawn(seed, *, length=5, n_values=7, n_inputs=3):
    """Return encodings (N, E) and Jacobians (N, E, d) of no encoder in particular."""
    random = np.random.default_rng(seed)
    encodings = random.standard_normal((n_inputs, length))
    return encodings, random.standard_normal((n_inputs, length, n_values))


def test_the_identity_stretches_all_directions_across_by_one_over_the_length():
    inputs = np.array([[3.0, 0.0, 4.0, 0.0], [0.0, 0.5, 0.0, 0.0]])
    found = local_spectra(inputs, np.stack([np.eye(4)] * 2))
    np.testing.assert_allclose(found.singular_values, [[0.2] * 3, [2.0] * 3], rtol=1e-14)
    np.testing.assert_allclose(found.norm, np.sqrt(3) * np.array([0.2, 2.0]), rtol=1e-14)
    np.testing.assert_allclose(found.effective_rank, 3.0, rtol=1e-12)
    np.testing.assert_allclose(found.condition, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.volume, np.log([0.2, 2.0]), rtol=1e-12)
    assert found.rank.tolist() == [3, 3]


def test_two_stretches_have_the_numbers_of_the_formulas():
    # f = (1, 0, 0) stands along the first axis; across it the input moves f by 4 and by 1.
    found = local_spectra(np.array([[1.0, 0.0, 0.0]]), np.array([[[9.0, 9.0], [4, 0], [0, 1]]]))
    np.testing.assert_allclose(found.singular_values, [[4.0, 1.0]])
    np.testing.assert_allclose(found.norm, np.sqrt(17.0))
    np.testing.assert_allclose(found.effective_rank, 0.8**-0.8 * 0.2**-0.2)
    np.testing.assert_allclose(found.condition, np.log10(4.0))
    np.testing.assert_allclose(found.volume, np.log(4.0) / 2)


@pytest.mark.parametrize("n_values", [1, 3, 9])
def test_the_unit_jacobian_is_that_of_differences(n_values):
    random = np.random.default_rng(n_values)
    weights, at = random.standard_normal((4, n_values)), random.standard_normal(n_values)

    def unit(x):
        f = np.tanh(weights @ x) + 2.0
        return f / np.linalg.norm(f)

    slopes = weights * (1 - np.tanh(weights @ at) ** 2)[:, None]
    (found,) = unit_jacobians((np.tanh(weights @ at) + 2.0)[None], slopes[None])
    step = 1e-6
    differences = [
        (unit(at + step * e) - unit(at - step * e)) / (2 * step) for e in np.eye(n_values)
    ]
    np.testing.assert_allclose(found, np.transpose(differences), atol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from([1e-150, 1e-3, 7.0, 1e150]))
def test_turning_or_stretching_all_encodings_changes_nothing(seed, factor):
    encodings, matrices = drawn(seed)
    turn, _ = np.linalg.qr(np.random.default_rng(seed + 1).standard_normal((5, 5)))
    changed = local_spectra(factor * encodings @ turn.T, factor * turn @ matrices)
    np.testing.assert_allclose(
        changed.singular_values, local_spectra(encodings, matrices).singular_values, rtol=1e-9
    )


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(2, 6), st.integers(1, 6))
def test_norm_rank_condition_and_volume_keep_to_their_bounds(seed, length, n_values):
    found = local_spectra(*drawn(seed, length=length, n_values=n_values))
    most = min(length - 1, n_values)
    assert found.singular_values.shape == (3, most)
    assert ((found.effective_rank > 1 - 1e-9) & (found.effective_rank < most + 1e-9)).all()
    assert (found.condition >= 0).all()
    largest = found.singular_values[:, 0]
    assert (largest <= found.norm + 1e-12).all()
    assert (found.norm <= np.sqrt(most) * largest + 1e-12).all()
    assert (found.volume <= np.log(largest) + 1e-12).all()


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_stretching_all_inputs_adds_its_logarithm_to_the_volume(seed):
    encodings, matrices = drawn(seed)
    found, stretched = (local_spectra(encodings, factor * matrices) for factor in (1.0, 3.0))
    np.testing.assert_allclose(stretched.volume, found.volume + np.log(3.0), atol=1e-9)
    np.testing.assert_allclose(stretched.condition, found.condition, atol=1e-9)
    np.testing.assert_allclose(stretched.effective_rank, found.effective_rank, rtol=1e-9)


def test_a_narrow_layer_leaves_singular_values_of_rounding_that_count_as_zero():
    random = np.random.default_rng(0)
    wide = (random.standard_normal((20, 4)) @ random.standard_normal((4, 30))).astype(np.float32)
    f = wide @ random.standard_normal(30).astype(np.float32)
    found = local_spectra(f[None], wide[None].astype(np.float64))
    assert found.rank.tolist() == [3]  # f itself lies in the four dimensions
    assert found.singular_values[0, 3] > 0
    assert np.isposinf(found.condition).all()
    assert np.isneginf(found.volume).all()
    kept = found.singular_values[0, :3]
    np.testing.assert_allclose(found.condition_at_rank, np.log10(kept[0] / kept[2]))
    np.testing.assert_allclose(found.volume_at_rank, np.log(kept).mean())


def test_an_encoding_that_only_grows_stands_still():
    f = np.array([[0.3, 0.4, 1.2]], dtype=np.float32)
    found = local_spectra(f, (f[:, :, None] * np.array([1.0, 2.0])).astype(np.float64))
    assert found.rank.tolist() == [0]
    assert np.isnan(found.effective_rank).all()
    assert np.isnan(found.condition).all()


def test_a_coarser_arithmetic_counts_more_as_zero():
    encodings, matrices = np.array([[1.0, 0, 0]]), np.array([[[0, 0], [1.0, 0], [0, 1e-4]]])
    assert local_spectra(encodings, matrices).rank.tolist() == [2]
    assert local_spectra(encodings, matrices, unit=1e-3).rank.tolist() == [1]
    assert local_spectra(encodings.astype(np.float16), matrices).rank.tolist() == [1]


def test_a_single_value_has_no_singular_values():
    assert local_spectra(np.array([[2.0]]), np.array([[[3.0, 4.0]]])).norm.tolist() == [0.0]


@pytest.mark.parametrize(
    ("encodings", "slope", "code", "message"),
    [
        ([[1.0, 0.0], [0.0, 0.0]], 1.0, "ENC002", "got 0 for second"),
        ([[1.0, 0.0], [np.nan, 0.0]], 1.0, "ENC001", "got nan for second"),
        ([[1.0, 0.0], [1.0, 0.0]], np.inf, "GRA011", "got 1 of 6 that are not for second"),
    ],
)
def test_what_has_no_direction_or_no_derivative_is_named(encodings, slope, code, message):
    matrices = np.ones((2, 2, 3))
    matrices[1, 0, 2] = slope
    with pytest.raises(EncodingError, match=message) as caught:
        local_spectra(np.array(encodings), matrices, names=["first", "second"])
    assert caught.value.code == code


def test_only_what_is_above_the_tolerance_counts():
    found = LocalSpectra(np.array([[2.0, 1.0, 1e-9]]), np.array([1e-6]))
    assert found.rank.tolist() == [2]
    np.testing.assert_allclose(
        found.effective_rank, np.exp(-(2 / 3) * np.log(2 / 3) + np.log(3) / 3)
    )
