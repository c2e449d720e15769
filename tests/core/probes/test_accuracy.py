"""Intervals of accuracies and of their differences: published values and the truth."""

import numpy as np
import pytest
from scipy import stats

from rmqm_spec.errors import ShapeError
from rmqm_spec.probes import accuracy_of, paired_difference


def answers(both, first, second, neither):
    """Answers of two encoders with so many inputs in each cell."""
    one = [True] * (both + first) + [False] * (second + neither)
    other = [True] * both + [False] * first + [True] * second + [False] * neither
    return np.array(one), np.array(other)


@pytest.mark.parametrize("n_correct", [0, 81, 263])
def test_the_interval_is_where_the_score_test_ends(n_correct):
    found = accuracy_of(np.arange(263) < n_correct)
    for end in found.interval:
        if 0 < end < 1:
            z = abs(found.value - end) / np.sqrt(end * (1 - end) / 263)
            assert z == pytest.approx(stats.norm.ppf(0.975), abs=1e-6)
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.interval[1] - found.interval[0] > 0


def test_a_table_by_hand():
    # Presidential approval, Agresti 2002, p. 409: 794, 150, 86, 570.
    found = paired_difference(*answers(794, 150, 86, 570))
    assert found.value == pytest.approx(64 / 1600)
    assert found.interval == pytest.approx((0.0212, 0.0587), abs=2e-4)
    assert found.p == pytest.approx(stats.binomtest(86, 236).pvalue)
    assert (found.only_first, found.only_second, found.tied) == (150, 86, False)


def test_the_difference_turns_with_the_order():
    first, second = answers(30, 9, 4, 7)
    one, other = paired_difference(first, second), paired_difference(second, first)
    assert one.value == -other.value
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert one.p == other.p


def test_equal_answers_are_tied_and_the_interval_has_a_width():
    found = paired_difference(*answers(20, 0, 0, 5))
    assert found.tied
    assert found.p == 1.0
    assert found.interval[0] < 0 < found.interval[1]


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(1000):
        cells = rng.multinomial(60, [0.6, 0.2, 0.08, 0.12])
        low, high = paired_difference(*answers(*cells)).interval
        hits += low <= 0.12 <= high
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 1000, [0.94, 0.965])
    assert low <= hits <= high


def test_answers_to_other_inputs_do_not_compare():
    with pytest.raises(ShapeError, match=r"same inputs; got \(3,\) and \(2,\)"):
        paired_difference(np.ones(3, bool), np.ones(2, bool))
