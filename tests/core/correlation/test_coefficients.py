"""Coefficients against SciPy, and the laws that hold for them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from rmqm_spec.correlation import COEFFICIENTS

ORACLES = {
    "pearson": lambda x, y: stats.pearsonr(x, y).statistic,
    "spearman": lambda x, y: stats.spearmanr(x, y).statistic,
    "kendall": lambda x, y: stats.kendalltau(x, y).statistic,
}
RANKED = ("spearman", "kendall")


@st.composite
def samples(draw):
    """A few pairs, with ties, and how often each is there."""
    m = draw(st.integers(3, 9))
    values = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, width=32))
    x, y = (
        draw(arrays(np.float64, m, elements=values)),
        draw(arrays(np.float64, m, elements=values)),
    )
    counts = draw(arrays(np.int64, m, elements=st.integers(0, 3)))
    assume(counts.sum() > 1)
    for one in (x, y):
        assume(len(set(one[counts > 0])) > 1)
    return x, y, counts


@pytest.mark.parametrize("name", COEFFICIENTS)
@given(sample=samples())
def test_counts_are_copies_of_pairs_as_scipy_would_be_given_them(name, sample):
    x, y, counts = sample
    spread = np.ptp(x[counts > 0]) / max(1.0, np.abs(x).max()), np.ptp(y[counts > 0])
    assume(min(spread) > 1e-6)  # below it SciPy itself warns of lost precision
    expected = ORACLES[name](np.repeat(x, counts), np.repeat(y, counts))
    found = COEFFICIENTS[name](x, y, counts.astype(float))
    assert found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", COEFFICIENTS)
@given(sample=samples(), seed=st.integers(0, 99))
def test_the_order_of_pairs_does_not_matter(name, sample, seed):
    x, y, counts = (one.astype(float) for one in sample)
    k = np.random.default_rng(seed).permutation(len(x))
    of = COEFFICIENTS[name]
    assert of(x[k], y[k], counts[k]) == pytest.approx(of(x, y, counts), abs=1e-9)


@pytest.mark.parametrize("name", COEFFICIENTS)
@given(sample=samples())
def test_the_two_sides_can_be_exchanged_and_a_sign_turns_the_sign(name, sample):
    x, y, counts = (one.astype(float) for one in sample)
    of = COEFFICIENTS[name]
    assert of(y, x, counts) == pytest.approx(of(x, y, counts), abs=1e-12)
    assert of(-x, y, counts) == pytest.approx(-of(x, y, counts), abs=1e-9)


@pytest.mark.parametrize("name", RANKED)
@given(sample=samples())
def test_ranks_do_not_see_what_keeps_the_order(name, sample):
    x, y, counts = (one.astype(float) for one in sample)
    of = COEFFICIENTS[name]
    kept = np.unique(x, return_inverse=True)[1] ** 3.0
    assert of(kept, y, counts) == pytest.approx(of(x, y, counts), abs=1e-12)


@given(sample=samples(), scale=st.sampled_from([1e-150, 0.5, 3.0, 1e150]))
def test_pearson_does_not_see_a_scale(sample, scale):
    x, y, counts = (one.astype(float) for one in sample)
    assume(np.ptp(x[counts > 0]) > 1e-3)
    of = COEFFICIENTS["pearson"]
    assert of(scale * x, y, counts) == pytest.approx(of(x, y, counts), abs=1e-9)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_a_side_without_differences_has_no_coefficient(name):
    x, y = np.array([0.1, 0.1, 0.1, 5.0]), np.array([1.0, 2.0, 3.0, 4.0])
    counts = np.array([[1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    found = COEFFICIENTS[name](x, y, counts)
    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_many_resamples_at_once_are_those_one_by_one(name):
    rng = np.random.default_rng(0)
    x, counts = rng.normal(size=7), rng.integers(0, 3, (20, 7)).astype(float)
    y = rng.normal(size=(20, 7))
    of = COEFFICIENTS[name]
    one_by_one = [float(of(x, y[k], counts[k])) for k in range(20)]
    np.testing.assert_allclose(of(x, y, counts), one_by_one, atol=1e-12)
