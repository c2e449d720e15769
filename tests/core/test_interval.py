"""The interval against a bootstrap, and against the truth."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec import characterize

VARIANTS = ["paper", "authors-2022"]


def distances(rng, n_inputs, n_levels=20):
    """Inputs that differ: walks with own speed and own unevenness."""
    speed = rng.uniform(0.01, 0.05, (n_inputs, 1))
    steps = speed * rng.lognormal(0, rng.uniform(0.2, 0.6, (n_inputs, 1)), (n_inputs, n_levels))
    return np.minimum(np.cumsum(steps, axis=1), 2.0), steps


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_delta_method_agrees_with_a_bootstrap(variant):
    rng = np.random.default_rng(1)
    d, s = distances(rng, 200)
    found = characterize(d, s, variant=variant)
    draws = rng.integers(0, 200, (1000, 200))
    scores = [characterize(d[k], s[k], variant=variant).rmqm for k in draws]
    low, high = np.quantile(scores, [0.025, 0.975])
    # 1000 resamples leave about 5 % of Monte Carlo error in a width.
    np.testing.assert_allclose(np.diff(found.interval), high - low, rtol=0.15)
    np.testing.assert_allclose(found.interval, (low, high), atol=0.2 * (high - low))


def test_the_delta_method_agrees_with_a_bootstrap_where_inputs_leave_the_means():
    rng = np.random.default_rng(2)
    d, s = distances(rng, 200)
    d[:60, 7] = 0.0
    found = characterize(d, s, variant="authors-2022")
    draws = rng.integers(0, 200, (1000, 200))
    scores = [characterize(d[k], s[k], variant="authors-2022").rmqm for k in draws]
    low, high = np.quantile(scores, [0.025, 0.975])
    np.testing.assert_allclose(np.diff(found.interval), high - low, rtol=0.15)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    truth = characterize(*distances(rng, 40_000)).rmqm
    covered = 0
    for _ in range(400):
        low, high = characterize(*distances(rng, 60)).interval
        covered += low <= truth <= high
    # Binomial, 400 draws of 0.95: standard deviation 0.011; the delta method is not exact.
    assert 0.91 <= covered / 400 <= 0.985


def test_contributions_have_the_score_as_their_mean():
    found = characterize(*distances(np.random.default_rng(4), 50))
    np.testing.assert_allclose(found.per_input.contribution.mean(), found.rmqm, rtol=1e-12)
