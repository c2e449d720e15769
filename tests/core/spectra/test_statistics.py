"""Bands, shares and distributions over inputs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from rmqm_spec.errors import ShapeError
from rmqm_spec.spectra import (
    QUANTITIES,
    arguments_of,
    band,
    bands,
    bands_by_class,
    reversed_share,
    spectrum,
)

MATRICES = np.random.default_rng(0).normal(size=(60, 3, 3))


def test_a_band_is_mean_median_and_quantiles():
    values = np.random.default_rng(1).normal(size=41)
    found = band(values)
    reach = t.ppf(0.975, 40) * values.std(ddof=1) / np.sqrt(41)
    assert found.mean == pytest.approx(values.mean())
    assert found.interval == pytest.approx((values.mean() - reach, values.mean() + reach))
    assert found.median == np.median(values)
    assert found.quartiles == tuple(np.quantile(values, [0.25, 0.75]))
    assert found.middle == tuple(np.quantile(values, [0.025, 0.975]))
    assert found.infinite == 0


def test_infinite_values_count_in_the_median_and_are_told_apart_in_the_mean():
    found = band(np.array([-np.inf, -np.inf, -np.inf, 1.0, 3.0]))
    assert (found.mean, found.median, found.infinite) == (2.0, -np.inf, 3)
    assert found.quartiles == (-np.inf, 1.0)
    nothing = band(np.full(3, -np.inf))
    assert np.isnan(nothing.mean)
    assert nothing.interval is None
    assert band(np.array([4.0])).interval is None


@given(st.permutations(range(60)))
def test_order_does_not_matter(order):
    assert bands(spectrum(MATRICES)[np.array(order)])["trace"].median == pytest.approx(
        bands(spectrum(MATRICES))["trace"].median
    )


def test_bands_of_classes_are_those_of_their_inputs():
    labels = np.arange(60) % 3
    whole = spectrum(MATRICES)
    found = bands_by_class(whole, labels)
    assert list(found) == ["0", "1", "2"]
    assert found["1"] == bands(spectrum(MATRICES[1::3]))
    assert set(found["1"]) == set(QUANTITIES)
    assert sum(one["small"].n for one in found.values()) == 60


def test_labels_of_other_inputs_are_refused():
    with pytest.raises(ShapeError, match=r"each of 60 inputs; got shape \(3,\)"):
        bands_by_class(spectrum(MATRICES), np.arange(3))


def test_no_value_is_refused():
    with pytest.raises(ShapeError, match=r"got shape \(0,\)"):
        band(np.ones(0))


def test_the_share_of_reversing_inputs_has_the_interval_of_wilson():
    found = reversed_share(spectrum(np.array([np.diag([-1.0, 1.0])] * 3 + [np.eye(2)] * 17)))
    assert (found.count, found.n, found.value) == (3, 20, 0.15)
    z, p, n = 1.959964, 0.15, 20
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.interval == pytest.approx((centre - reach, centre + reach), abs=1e-6)


def test_every_eigenvalue_is_in_one_bin_of_arguments_or_zero():
    matrices = np.concatenate([MATRICES, np.zeros((2, 3, 3)), -np.eye(3)[None]])
    found = arguments_of(spectrum(matrices))
    assert found.counts.sum() + found.zero == 63 * 3
    assert found.real_positive + found.real_negative + found.complex + found.zero == 63 * 3
    assert found.zero == 6
    assert found.counts[-1] >= found.real_negative  # pi is the upper edge of the last bin
    assert len(found.edges) == 37
    # Complex eigenvalues come in pairs of opposite arguments.
    off_axis = found.counts.copy()
    off_axis[-1] -= found.real_negative
    off_axis[17] -= found.real_positive
    assert np.array_equal(off_axis, off_axis[::-1])
