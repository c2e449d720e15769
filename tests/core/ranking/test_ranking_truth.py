"""Intervals and probabilities against the truth, a bootstrap and quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from rmqm_spec import characterize
from rmqm_spec.ranking import rank_encoders
from rmqm_spec.ranking.joint import JointScores

UNEVEN = (0.30, 0.32, 0.34, 0.50)


def several(rng, n_inputs, uneven=UNEVEN, n_levels=20):
    """Encoders, by default four, three of them close, whose inputs are hard for all alike."""
    hard = rng.uniform(0.4, 1.6, (n_inputs, 1))
    found = {}
    for name, spread in zip("abcd", uneven, strict=False):
        own = rng.uniform(0.85, 1.15, (n_inputs, 1))
        steps = 0.03 * rng.lognormal(0, spread * hard * own, (n_inputs, n_levels))
        found[name] = np.minimum(np.cumsum(steps, 1), 2.0), np.minimum(steps, 2.0)
    return found


def characterized(distances, rows=slice(None)):
    return {name: characterize(d[rows], s[rows]) for name, (d, s) in distances.items()}


@pytest.mark.parametrize("n_inputs", [30, 200])
def test_all_differences_are_covered_together_as_often_as_is_said(n_inputs):
    rng = np.random.default_rng(11)
    truth = {name: one.rmqm for name, one in characterized(several(rng, 60_000)).items()}
    together = alone = positions = 0
    repetitions = 300
    right = sorted(truth, key=truth.__getitem__, reverse=True)
    for _ in range(repetitions):
        ranking = rank_encoders(characterized(several(rng, n_inputs)))
        apart = [truth[pair.first] - truth[pair.second] for pair in ranking.pairs]
        held = [
            p.interval[0] <= t <= p.interval[1] for p, t in zip(ranking.pairs, apart, strict=True)
        ]
        together += all(held)
        alone += all(
            p.alone[0] <= t <= p.alone[1] for p, t in zip(ranking.pairs, apart, strict=True)
        )
        positions += all(
            one.positions[0] <= 1 + right.index(one.name) <= one.positions[1]
            for one in ranking.ranked
        )
    # 300 draws of 0.95, false alarm 1e-4; the delta method itself may miss by a hundredth.
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], repetitions, [0.94, 0.96])
    assert low <= together <= high
    assert positions >= low
    assert alone < together, "intervals made for one difference do not cover six"


def test_delta_method_and_paired_bootstrap_agree():
    rng = np.random.default_rng(12)
    distances = several(rng, 150)
    found = characterized(distances)
    ranking = rank_encoders(found)
    names = [one.name for one in ranking.ranked]
    draws = rng.integers(0, 150, (2000, 150))
    terms = {
        n: np.stack([c.per_input.D, c.per_input.D_RC, c.per_input.P_RC]) for n, c in found.items()
    }
    means = np.stack([terms[name][:, draws].mean(axis=2) for name in names])  # (K, 3, B)
    scores = np.log1p(means[:, 0] + 1 / means[:, 1] + 1 / means[:, 2])
    best = np.bincount(scores.argmax(axis=0), minlength=4) / 2000
    np.testing.assert_allclose([one.best for one in ranking.ranked], best, atol=0.06)
    for pair in ranking.pairs:
        apart = scores[names.index(pair.first)] - scores[names.index(pair.second)]
        width = np.diff(np.quantile(apart, [0.025, 0.975])).item()
        assert pair.alone[1] - pair.alone[0] == pytest.approx(width, rel=0.12)
        assert pair.probability == pytest.approx((apart > 0).mean(), abs=0.06)


@pytest.mark.parametrize("n", [5, 40])
def test_unpaired_equal_spreads_have_the_quantile_of_the_studentised_range(n):
    """Tukey's range is the special case of independent scores with one variance."""
    rng = np.random.default_rng(13)
    contributions = np.linalg.qr(rng.normal(size=(n, 5)))[0][:, 1:]
    contributions = np.linalg.qr(np.hstack([np.ones((n, 1)), contributions[:, :3]]))[0][:, 1:]
    joint = JointScores.of(np.zeros(3), contributions)
    expected = stats.studentized_range.ppf(0.95, 3, n - 1) / np.sqrt(2)
    assert joint.quantile() == pytest.approx(expected, rel=0.01)


def test_the_probability_of_the_best_of_three_is_the_integral():
    contributions = np.linalg.qr(
        np.hstack([np.ones((400, 1)), np.random.default_rng(14).normal(size=(400, 3))])
    )[0][:, 1:] * np.array([20.0, 30.0, 40.0])
    scores = np.array([2.0, 1.98, 1.9])
    errors = np.sqrt((contributions**2).sum(axis=0) / (400 * 399))
    found = JointScores.of(scores, contributions).positions()

    def density(x):
        others = stats.norm.cdf(x, scores[1:], errors[1:]).prod()
        return stats.norm.pdf(x, scores[0], errors[0]) * others

    expected, _ = integrate.quad(density, 1.5, 2.5)
    assert found[0, 0] == pytest.approx(expected, abs=0.006)


def test_the_pairing_is_used():
    """The same hard inputs for both: the difference is surer than either score."""
    ranking = rank_encoders(characterized(several(np.random.default_rng(15), 300)))
    pair = ranking.pair("a", "b")
    widths = [one.interval[1] - one.interval[0] for one in ranking.ranked if one.name in "ab"]
    unpaired = np.hypot(*widths)
    assert pair.alone[1] - pair.alone[0] < 0.8 * unpaired


def test_as_many_inputs_as_are_asked_for_tell_four_in_five_times():
    rng = np.random.default_rng(17)
    pair = rank_encoders(characterized(several(rng, 60, (0.3, 0.3)))).pairs[0]
    assert pair.tied
    n = pair.inputs_needed
    truth = pair.difference
    error = (pair.alone[1] - pair.difference) / stats.t.ppf(0.975, 59) * np.sqrt(60 / n)
    power = stats.norm.sf(stats.t.ppf(0.975, 59) - truth / error)
    assert power == pytest.approx(0.8, abs=0.005)
