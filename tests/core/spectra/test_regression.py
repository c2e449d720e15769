"""The regressions of the error: other implementations, known coefficients, identities, refusals."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.spectra import (
    READINGS,
    intercept_identity,
    regress,
    regress_log_volume,
    regress_trace,
    spectrum,
)

COEFFICIENTS = ("intercept", "slope", "test_shift", "slope_difference")
SEEDS = st.integers(0, 2**32 - 1)


def draw(seed, n_train=300, n_test=100):
    """Errors whose scatter grows with x; the slope is 0.7 in training and 1.0 in test."""
    rng = np.random.default_rng(seed)
    x_train, x_test = rng.normal(1, 2, n_train), rng.normal(2, 1, n_test)
    scatter = [rng.normal(size=len(x)) * (0.2 + x**2 / 4) for x in (x_train, x_test)]
    return 3 + 0.7 * x_train + scatter[0], x_train, 4 + 1.0 * x_test + scatter[1], x_test


def pooled(error_train, x_train, error_test, x_test):
    x, error = np.concatenate([x_train, x_test]), np.concatenate([error_train, error_test])
    test = np.repeat([0.0, 1.0], [len(x_train), len(x_test)])
    return x, error, test


def design_of(data):
    x, error, test = pooled(*data)
    z, y = ((v - v.mean()) / v.std() for v in (x, error))
    return np.stack([np.ones_like(z), z, test, test * z], axis=1), y


def test_statsmodels_gives_the_same_coefficients_and_intervals():
    api = pytest.importorskip("statsmodels.api")
    for seed in range(5):
        data = draw(seed)
        design, y = design_of(data)
        expected = api.OLS(y, design).fit(cov_type="HC3", use_t=True)
        found = regress(*data)
        values = [getattr(found, name) for name in COEFFICIENTS]
        assert np.allclose([known.value for known in values], expected.params, atol=1e-12)
        assert np.allclose([known.standard_error for known in values], expected.bse, rtol=1e-9)
        assert np.allclose([known.interval for known in values], expected.conf_int(), atol=1e-9)
        assert found.r_squared == pytest.approx(expected.rsquared)
        sum_ = expected.t_test([0, 1, 0, 1])
        assert found.test_slope.value == pytest.approx(sum_.effect[0])
        assert np.allclose(found.test_slope.interval, sum_.conf_int()[0])


def test_normal_equations_and_jackknife_give_the_same():
    """HC3 is the scatter of fits that each go without a row, about the fit of all rows."""
    design, y = design_of(draw(0, 60, 30))
    found = regress(*draw(0, 60, 30))
    n = len(y)
    whole = np.linalg.lstsq(design, y, rcond=None)[0]
    values = [getattr(found, name).value for name in COEFFICIENTS]
    assert np.allclose(values, whole, atol=1e-12)
    without = [
        np.linalg.lstsq(np.delete(design, k, 0), np.delete(y, k), rcond=None)[0] for k in range(n)
    ]
    moved = whole - np.array(without)
    errors = np.sqrt((moved**2).sum(axis=0))
    found_errors = [getattr(found, name).standard_error for name in COEFFICIENTS]
    assert np.allclose(found_errors, errors, rtol=1e-10)


def test_intervals_cover_the_truth_in_95_of_100_draws():
    """Plain least squares would not: its intervals assume that all errors scatter alike."""
    n_draws = 500
    covered, plainly = np.zeros(4), 0
    for seed in range(n_draws):
        data = draw(seed)
        x, error, _ = pooled(*data)
        ratio = x.std() / error.std()
        truth = [0.7 * ratio, 0.3 * ratio, 1.0 * ratio, (1 + 0.3 * x.mean()) / error.std()]
        found = regress(*data)
        known = [found.slope, found.slope_difference, found.test_slope, found.test_shift]
        ends = [coefficient.interval for coefficient in known]
        covered += [low <= true <= high for (low, high), true in zip(ends, truth, strict=True)]
        design, y = design_of(data)
        inverse = np.linalg.inv(design.T @ design)
        residuals = y - design @ (inverse @ design.T @ y)
        plain = np.sqrt(residuals @ residuals / (len(y) - 4) * inverse[1, 1])
        plainly += abs(found.slope.value - truth[0]) <= 1.966 * plain
    assert np.all(covered / n_draws >= 0.93)
    assert np.all(covered / n_draws <= 0.975)
    assert plainly / n_draws < 0.85


@given(SEEDS, st.integers(4, 40), st.integers(4, 40))
def test_the_intercept_follows_from_the_other_coefficients(seed, n_train, n_test):
    data = draw(seed, n_train, n_test)
    left, right = intercept_identity(regress(*data))
    assert left == pytest.approx(right, abs=1e-10)
    kept = [np.random.default_rng(seed).random(n) < 0.7 for n in (n_train, n_test)]
    assume(min(k.sum() for k in kept) >= 4)
    some = regress(*data, kept_train=kept[0], kept_test=kept[1])
    left, right = intercept_identity(some)
    assert left == pytest.approx(right, abs=1e-10)
    again = regress(*data, kept_train=kept[0], kept_test=kept[1], error_over="kept")
    assert again.error_mean == pytest.approx(0, abs=1e-12)
    assert again.left_out_train + again.left_out_test == sum((~k).sum() for k in kept)


def test_with_60_to_10_and_a_small_last_term_the_intercept_is_a_seventh():
    rng = np.random.default_rng(0)
    x_train, x_test = rng.normal(size=6000), rng.normal(size=1000)
    found = regress(x_train + rng.normal(size=6000), x_train, x_test + 0.3, x_test)
    assert found.intercept.value == pytest.approx(-found.test_shift.value / 7, abs=1e-3)
    assert found.test_shift.value > 0.1


@given(SEEDS, st.floats(0.01, 100), st.floats(-50, 50))
def test_units_do_not_matter(seed, factor, offset):
    error_train, x_train, error_test, x_test = draw(seed, 30, 20)
    one = regress(error_train, x_train, error_test, x_test)
    other = regress(
        factor * error_train + offset,
        factor * x_train + offset,
        factor * error_test + offset,
        factor * x_test + offset,
    )
    for name in COEFFICIENTS:
        assert getattr(one, name).value == pytest.approx(getattr(other, name).value, abs=1e-8)


def spectra_of(log_volumes, signs):
    scales = np.exp(np.asarray(log_volumes) / 2)
    return spectrum(np.stack([np.diag([s * f, f]) for s, f in zip(signs, scales, strict=True)]))


def test_the_two_readings_of_reversed_orientation():
    error_train, x_train, error_test, x_test = draw(1, 40, 30)
    signs = np.where(np.arange(40) % 4 == 0, -1, 1), np.where(np.arange(30) % 5 == 0, -1, 1)
    train, test = spectra_of(x_train, signs[0]), spectra_of(x_test, signs[1])
    absolute = regress_log_volume(error_train, train, error_test, test)
    assert (
        absolute.slope == regress(error_train, train.log_volume, error_test, test.log_volume).slope
    )
    assert (absolute.n_train, absolute.left_out_train) == (40, 0)
    dropped = regress_log_volume(error_train, train, error_test, test, reading="dropped")
    assert (dropped.n_train, dropped.left_out_train) == (30, 10)
    assert (dropped.n_test, dropped.left_out_test) == (24, 6)
    assert dropped.error_mean != 0
    all_errors = np.concatenate([error_train, error_test])
    z = (all_errors - all_errors.mean()) / all_errors.std()
    stay = np.concatenate([signs[0] > 0, signs[1] > 0])
    assert dropped.error_mean == pytest.approx(z[stay].mean())
    assert set(READINGS) == {"absolute", "dropped"}


def test_a_singular_matrix_leaves_in_both_readings():
    error_train, x_train, error_test, x_test = draw(2, 20, 20)
    train, test = spectra_of(x_train, np.ones(20)), spectra_of(x_test, np.r_[0, np.ones(19)])
    for reading in READINGS:
        found = regress_log_volume(error_train, train, error_test, test, reading=reading)
        assert (found.n_test, found.left_out_test) == (19, 1)
    assert regress_trace(error_train, train, error_test, test).n_test == 20


def test_what_has_no_slope_is_refused():
    error_train, x_train, error_test, x_test = draw(3, 20, 20)
    cases = [
        ((np.ones(20), x_train, np.ones(20), x_test), "SPC007", "the error of a regression must"),
        ((error_train, np.ones(20), error_test, np.ones(20)), "SPC007", "the x of a regression"),
        ((error_train, x_train, error_test, np.ones(20)), "SPC007", "all 20 inputs of test"),
        ((error_train, x_train, error_test[:3], x_test[:3]), "SPC006", "got 3 of test"),
        ((error_train, np.r_[np.inf, x_train[1:]], error_test, x_test), "SPC005", "got inf at row"),
        ((np.r_[np.nan, error_train[1:]], x_train, error_test, x_test), "SPC005", "the error of"),
    ]
    for data, code, words in cases:
        with pytest.raises(UsageError, match=words) as caught:
            regress(*data)
        assert caught.value.code == code


def test_the_remedy_for_an_infinite_log_volume_works():
    error_train, x_train, error_test, x_test = draw(4, 20, 20)
    x_train[0] = -np.inf
    with pytest.raises(UsageError, match="must be finite; got -inf") as caught:
        regress(error_train, x_train, error_test, x_test)
    assert "kept_train and kept_test" in caught.value.fix
    assert (
        regress(error_train, x_train, error_test, x_test, kept_train=np.arange(20) > 0).n_train
        == 19
    )


@pytest.mark.parametrize(
    "data",
    [
        (np.ones(5), np.ones(6), np.ones(5), np.ones(5)),
        (np.ones((5, 1)), np.ones(5), np.ones(5), np.ones(5)),
        (np.array(["a"] * 5), np.ones(5), np.ones(5), np.ones(5)),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(data):
    with pytest.raises(ShapeError) as caught:
        regress(*data)
    assert caught.value.code == "SPC004"


def test_masks_of_another_length_are_refused():
    data = draw(5, 20, 20)
    with pytest.raises(ShapeError, match=r"20 and 20; got shapes \(19,\)"):
        regress(*data, kept_train=np.ones(19, dtype=bool))


def test_a_reading_that_does_not_exist_is_refused():
    spectra = spectra_of(np.arange(5.0), np.ones(5))
    with pytest.raises(UsageError, match="absolute, dropped; got 'squared'"):
        regress_log_volume(np.arange(5.0), spectra, np.arange(5.0), spectra, reading="squared")


def test_the_remedy_for_too_few_inputs_depends_on_whether_some_were_left_out():
    x = np.linspace(0, 1, 9)
    with pytest.raises(UsageError, match=r"got 3 of test$") as caught:
        regress(x, x, x[:3], x[:3])
    assert caught.value.fix == "Give more test inputs."
    with pytest.raises(UsageError, match="out of 9 before any were left out") as caught:
        regress(x, x, x, x, kept_test=x < 0.2)
    assert "use the trace" in caught.value.fix
