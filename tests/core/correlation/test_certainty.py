"""Intervals and permutation tests against SciPy, naive loops and the truth."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from rmqm_spec.correlation import COEFFICIENTS, certainty
from rmqm_spec.correlation.certainty import bootstrap_interval, closed_interval, permutation_p
from rmqm_spec.correlation.pairs import Pairs
from rmqm_spec.errors import UsageError


def pairs(x, y, n_tasks=1, pooled=False):
    """Pairs of encoders in turn, each in all tasks."""
    encoders, tasks = np.divmod(np.arange(len(x)), n_tasks)
    return Pairs(encoders=encoders, tasks=tasks, x=np.asarray(x), y=np.asarray(y), pooled=pooled)


def related(seed, n, n_tasks=1, strength=0.7):
    """Encoders whose scores tell something of their ability, the same in all tasks."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n)
    ability = strength * score + math.sqrt(1 - strength**2) * rng.normal(size=n)
    y = 10 + 0.7 * np.repeat(ability, n_tasks) + 0.3 * rng.normal(size=n * n_tasks)
    return pairs(np.repeat(score, n_tasks), y, n_tasks, pooled=n_tasks > 1)


@pytest.mark.parametrize("value", [-0.6, 0.0, 0.3, 0.95])
def test_the_interval_of_pearson_is_that_of_scipy(value):
    x = np.random.default_rng(0).normal(size=(2, 9))
    x -= x.mean(axis=1, keepdims=True)
    u = x[0] / np.linalg.norm(x[0])
    v = x[1] - u * (u @ x[1])
    y = value * u + math.sqrt(1 - value**2) * v / np.linalg.norm(v)
    expected = stats.pearsonr(u, y).confidence_interval(0.95)
    found = closed_interval("pearson", value, 9)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "variance"), [("spearman", (1 + 0.36 / 2) / 17), ("kendall", 0.437 / 16)]
)
def test_the_intervals_of_ranks_are_as_published(name, variance):
    found = closed_interval(name, 0.6, 20)
    expected = np.tanh(np.arctanh(0.6) + stats.norm.ppf([0.025, 0.975]) * math.sqrt(variance))
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-12)


@pytest.mark.parametrize(("name", "fewest"), [("pearson", 4), ("spearman", 4), ("kendall", 5)])
def test_few_encoders_have_no_interval(name, fewest):
    assert closed_interval(name, 0.5, fewest - 1) is None
    assert closed_interval(name, 0.5, fewest).low < 0.5 < closed_interval(name, 0.5, fewest).high


@pytest.mark.parametrize("name", COEFFICIENTS)
@pytest.mark.parametrize("value", [1.0, -1.0, math.nan])
def test_a_perfect_order_has_no_interval_of_no_width(name, value):
    assert closed_interval(name, value, 10) is None


@pytest.mark.parametrize("name", ["pearson", "spearman", "kendall"])
def test_the_closed_interval_covers_the_truth(name):
    big = related(1, 1500)
    truth = big.coefficient(COEFFICIENTS[name])
    hits = 0
    for seed in range(300):
        one = related(seed, 10)
        found = closed_interval(name, one.coefficient(COEFFICIENTS[name]), 10)
        hits += found.low <= truth <= found.high
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 300, [0.93, 0.98])
    assert low <= hits <= high


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_resampled_encoders_come_with_all_their_tasks(name):
    some = related(0, 6, 3)
    counts = np.random.default_rng(0).multinomial(6, [1 / 6] * 6, 30)
    expected = []
    for drawn in counts:
        rows = [
            (some.x[k], some.y[k], some.tasks[k])
            for k in range(18)
            for _ in range(drawn[some.encoders[k]])
        ]
        x, y, task = (np.array(one) for one in zip(*rows, strict=True))
        best = [y[task == one].max() for one in range(3)]
        expected.append(float(COEFFICIENTS[name](x, y / np.take(best, task), np.ones(len(x)))))
    found = some.resampled(COEFFICIENTS[name], counts.astype(float))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_the_bootstrap_of_one_task_is_that_of_scipy(name):
    some = related(3, 15)

    def statistic(k):
        return float(COEFFICIENTS[name](some.x[k], some.y[k], np.ones(len(k))))

    expected = stats.bootstrap(
        (np.arange(15),), statistic, vectorized=False, n_resamples=3000, method="BCa", rng=0
    ).confidence_interval
    found = bootstrap_interval(COEFFICIENTS[name], some)
    # Two draws of thousands of resamples: the ends waver by a few hundredths of the width.
    assert (found.low, found.high) == pytest.approx(
        tuple(expected), abs=0.08 * (expected.high - expected.low)
    )


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_tasks_that_repeat_each_other_add_nothing(name):
    one = related(4, 9)
    thrice = pairs(np.repeat(one.x, 3), np.repeat(one.y, 3), 3, pooled=True)
    of = COEFFICIENTS[name]
    alone = bootstrap_interval(of, one)
    assert bootstrap_interval(of, thrice).low == pytest.approx(alone.low, abs=1e-6)
    assert bootstrap_interval(of, thrice).high == pytest.approx(alone.high, abs=1e-6)
    assert permutation_p(of, thrice) == pytest.approx(permutation_p(of, one), abs=1e-12)


@pytest.mark.parametrize("n", [3, 5])
def test_too_few_encoders_have_no_bootstrap(n):
    assert bootstrap_interval(COEFFICIENTS["pearson"], related(0, n, 4)) is None


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_pooled_coefficients_do_not_see_the_scale_of_a_task(name):
    some = related(5, 8, 3)
    scaled = pairs(some.x, some.y * np.tile([1.0, 0.01, 30.0], 8), 3, pooled=True)
    of = COEFFICIENTS[name]
    assert scaled.coefficient(of) == pytest.approx(some.coefficient(of), abs=1e-9)


def test_a_pool_needs_a_best_above_zero():
    with pytest.raises(
        UsageError, match=r"best probe of a task must be above 0 .* got -1"
    ) as caught:
        pairs([1.0, 2.0], [-1.0, -2.0], pooled=True)
    assert caught.value.code == "COR004"


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_all_permutations_of_few_encoders_are_those_of_a_naive_loop(name):
    some = related(6, 5, 2)
    some.x[1::2] += np.array([0.3, -1.0, 2.0, 0.0, -0.4])  # scores of their own in each task
    of, table = COEFFICIENTS[name], some.x.reshape(5, 2)
    y = some.y / np.tile(some.y.reshape(5, 2).max(axis=0), 5)
    seen = abs(float(of(some.x, y, np.ones(10))))
    found = [
        abs(float(of(table[list(order)].ravel(), y, np.ones(10))))
        for order in permutations(range(5))
    ]
    assert permutation_p(of, some) == np.mean([one >= seen - 1e-12 for one in found])


def test_permutations_of_many_encoders_agree_with_the_exact_distribution():
    some = related(7, 9, strength=0.4)
    expected = stats.kendalltau(some.x, some.y, method="exact").pvalue
    # 9999 draws: three standard errors of a share.
    assert permutation_p(COEFFICIENTS["kendall"], some) == pytest.approx(expected, abs=0.015)


def test_the_p_of_no_relation_is_uniform():
    rng = np.random.default_rng(8)
    p = [
        permutation_p(COEFFICIENTS["pearson"], pairs(rng.normal(size=6), rng.normal(size=6)))
        for _ in range(200)
    ]
    assert stats.kstest(p, "uniform").pvalue > 1e-4


def test_a_score_that_is_the_same_in_all_tasks_can_be_exchanged_where_a_task_is_missing():
    encoders, tasks = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 1, 0, 1, 0, 1])
    y = np.array([0.9, 0.8, 0.7, 0.9, 0.5, 0.4])
    same = Pairs(encoders=encoders, tasks=tasks, x=np.array([1.0, 1, 2, 2, 3, 4]), y=y)
    other = Pairs(encoders=encoders, tasks=tasks, x=np.array([1.0, 5, 2, 2, 3, 4]), y=y)
    of = COEFFICIENTS["spearman"]
    assert permutation_p(of, other) is None
    assert 0 < permutation_p(of, same) <= 1


def test_the_pooled_interval_covers_the_truth_nearly_as_often_as_it_says(monkeypatch):
    monkeypatch.setattr(certainty, "N_RESAMPLES", 399)
    of = COEFFICIENTS["pearson"]
    truth, hits = related(1, 800, 3).coefficient(of), 0
    for seed in range(150):
        found = bootstrap_interval(of, related(seed + 10, 12, 3), seed)
        hits += found.low <= truth <= found.high
    # Few encoders: measured 0.90 to 0.94; drawing pairs one by one instead would give 0.73.
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 150, [0.9, 0.95])
    assert low <= hits <= high
