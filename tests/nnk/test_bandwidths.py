"""The four rules for the bandwidth of a Gaussian, against their definitions written out."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec.errors import UsageError
from rmqm_spec.nnk import Gaussian, all_neighbourhoods, bandwidths

ROWS = np.random.default_rng(4).standard_normal((60, 5)) * 37
DISTANCES = np.sqrt(((ROWS[:, None] - ROWS) ** 2).sum(axis=-1))
SORTED = np.sort(DISTANCES, axis=1)
K = 7
OWN = np.arange(60)


def found_with(bandwidth):
    return all_neighbourhoods(ROWS, ROWS, K, own=OWN, kernel=Gaussian(bandwidth))


def pynnk_demo():
    """As nnk_demo.py: the columns are those of an unsorted partition, self included."""
    mask = np.argpartition(DISTANCES, K + 1, axis=1)[:, : K + 1]
    return np.mean(DISTANCES[:, mask[:, -1]]) / 3


@pytest.mark.parametrize(
    ("rule", "sigma"),
    [
        ("mean-kth-distance", SORTED[:, K].mean() / 3),
        ("mean-ninth-distance", SORTED[:, 10 - 1].mean() / 3),
        ("pynnk-demo-as-is", pynnk_demo()),
    ],
)
def test_a_rule_for_all_queries_is_its_definition(rule, sigma):
    by_rule, by_number = found_with(rule), found_with(sigma)
    assert np.array_equal(by_rule.indices, by_number.indices)
    assert np.abs(by_rule.weights - by_number.weights).max() < 1e-9


def test_each_query_can_have_its_own_bandwidth():
    found = found_with("farthest-candidate")
    for query in range(60):
        sigma = SORTED[query, K] / 3
        alone = all_neighbourhoods(
            ROWS[[query]], ROWS, K, own=[query], kernel=Gaussian(float(sigma))
        )
        assert np.abs(found.weights[query] - alone.weights[0]).max() < 1e-9


def test_the_rule_of_the_demo_is_far_from_what_it_means():
    assert pynnk_demo() > 1.25 * SORTED[:, K].mean() / 3


def test_the_rule_of_the_demo_does_not_depend_on_blocks(monkeypatch):
    whole = bandwidths.bandwidth_of("pynnk-demo-as-is", ROWS, K, 0)
    monkeypatch.setattr(bandwidths, "_MEASURED", 60 * 7)
    assert bandwidths.bandwidth_of("pynnk-demo-as-is", ROWS, K, 0) == pytest.approx(whole)
    assert whole == pytest.approx(pynnk_demo())


def test_copies_alone_have_a_bandwidth_of_zero_and_all_are_equal():
    rows = np.ones((12, 3))
    for rule in ("mean-kth-distance", "mean-ninth-distance", "farthest-candidate"):
        found = all_neighbourhoods(rows, rows, 4, own=np.arange(12), kernel=Gaussian(rule))
        assert found.weights.tolist() == [[1.0, 0.0, 0.0, 0.0]] * 12


@pytest.mark.parametrize("bandwidth", [0, -1.0, np.nan, np.inf, True, None, [1.0]])
def test_a_bandwidth_that_is_no_distance_is_refused(bandwidth):
    with pytest.raises(UsageError, match="finite number above 0, or a rule"):
        Gaussian(bandwidth)


def test_a_mistyped_rule_is_named():
    with pytest.raises(UsageError, match="got 'mean-kth'") as caught:
        Gaussian("mean-kth")
    assert caught.value.fix == "Did you mean mean-kth-distance?"


@pytest.mark.parametrize(
    ("rule", "least"),
    [("mean-kth-distance", 8), ("mean-ninth-distance", 10), ("pynnk-demo-as-is", 9)],
)
def test_a_rule_says_how_many_rows_it_needs(rule, least):
    with pytest.raises(UsageError, match=f"needs at least {least} gallery rows; got {least - 1}"):
        all_neighbourhoods(ROWS[:1], ROWS[: least - 1], 7, kernel=Gaussian(rule))
    all_neighbourhoods(ROWS[:1], ROWS[:least], 7, kernel=Gaussian(rule))


@pytest.mark.parametrize(("bandwidth", "scale"), [(1e200, 1.0), (1e300, 2.0**-1000)])
def test_beyond_float64_all_rows_are_equal(bandwidth, scale):
    found = all_neighbourhoods(ROWS * scale, ROWS * scale, 4, kernel=Gaussian(bandwidth))
    assert found.weights.tolist() == [[1.0, 0.0, 0.0, 0.0]] * len(ROWS)


def test_remedies_for_too_few_rows_work():
    with pytest.raises(UsageError) as caught:
        all_neighbourhoods(ROWS[:9], ROWS[:9], 2, kernel=Gaussian("mean-ninth-distance"))
    assert caught.value.fix == "Give the bandwidth as a number, or give more gallery rows."
    with pytest.raises(UsageError, match="at least 10") as caught:
        all_neighbourhoods(ROWS[:9], ROWS[:9], 9, kernel=Gaussian("mean-kth-distance"))
    assert caught.value.fix == "Give the bandwidth as a number, or lower k."
    all_neighbourhoods(ROWS[:9], ROWS[:9], 8, kernel=Gaussian("mean-kth-distance"))
