"""The interval against a bootstrap, and against the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rmqm_spec import characterize

VARIANTS = ["paper", "authors-2022"]


def distances(rng, n_inputs, n_levels=20):
    """Inputs that differ: walks with own speed and own unevenness."""
    speed = rng.uniform(0.01, 0.05, (n_inputs, 1))
    steps = speed * rng.lognormal(0, rng.uniform(0.2, 0.6, (n_inputs, 1)), (n_inputs, n_levels))
    return np.minimum(np.cumsum(steps, axis=1), 2.0), steps


def bootstrapped(d, s, variant, n_resamples=1000):
    """Take the 95 % percentile interval of the score over resamples of the inputs."""
    draws = np.random.default_rng(0).integers(0, len(d), (n_resamples, len(d)))
    scores = [characterize(d[k], s[k], variant=variant).rmqm for k in draws]
    return np.quantile(scores, [0.025, 0.975])


@pytest.mark.parametrize(
    ("variant", "n_returns"),
    [("paper", 0), ("paper", 10), ("authors-2022", 0), ("authors-2022", 60)],
)
def test_the_delta_method_agrees_with_a_bootstrap(variant, n_returns):
    d, s = distances(np.random.default_rng(1), 150)
    d[:n_returns, 7] = 0.0
    found = characterize(d, s, variant=variant).interval
    expected = bootstrapped(d, s, variant)
    # 1000 resamples leave 3 % of Monte Carlo error in a width; measured over seeds: 0.95 to 1.05.
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=0.12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_delta_method_lies_where_the_bootstrap_lies(variant):
    d, s = distances(np.random.default_rng(1), 150)
    found = characterize(d, s, variant=variant).interval
    expected = bootstrapped(d, s, variant)
    # Each end within a tenth of the width: skewness moves the percentiles, not the delta method.
    np.testing.assert_allclose(found, expected, atol=0.1 * np.ptp(expected))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("n_inputs", [30, 100])
def test_the_interval_covers_the_truth_as_often_as_it_says(variant, n_inputs):
    rng = np.random.default_rng(3)
    truth = characterize(*distances(rng, 20_000), variant=variant).rmqm
    intervals = [
        characterize(*distances(rng, n_inputs), variant=variant).interval for _ in range(400)
    ]
    covered = sum(low <= truth <= high for low, high in intervals)
    # 400 draws of 0.95, false alarm 1e-4; the delta method itself may miss by a hundredth.
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 400, [0.94, 0.96])
    assert low <= covered <= high


@pytest.mark.parametrize("variant", VARIANTS)
def test_contributions_have_the_score_as_their_mean(variant):
    found = characterize(*distances(np.random.default_rng(4), 50), variant=variant)
    np.testing.assert_allclose(found.per_input.contribution.mean(), found.rmqm, rtol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_influence_is_the_change_that_leaving_out_an_input_makes(variant):
    d, s = distances(np.random.default_rng(5), 300)
    found = characterize(d, s, variant=variant)
    without = [
        characterize(np.delete(d, k, 0), np.delete(s, k, 0), variant=variant).rmqm for k in range(5)
    ]
    influences = found.per_input.contribution[:5] - found.rmqm
    # The jackknife differs from the derivative by terms of the order 1 / N.
    np.testing.assert_allclose(299 * (found.rmqm - np.array(without)), influences, atol=1e-3)


def test_four_times_the_inputs_halve_the_interval():
    d, s = distances(np.random.default_rng(6), 250)
    one, four = (characterize(np.tile(d, (k, 1)), np.tile(s, (k, 1))).interval for k in (1, 4))
    # N - 1 and the quantile of t instead of N and that of the normal.
    np.testing.assert_allclose(np.diff(one), 2 * np.diff(four), rtol=0.01)
