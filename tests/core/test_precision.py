"""When the work may stop: a narrow interval, and inputs enough for the skewness of their values."""

import numpy as np
import pytest

from rmqm_spec import characterize
from rmqm_spec.characteristics.interval import inputs_for_skewness
from rmqm_spec.evaluation.precision import is_precise, next_look


def scored(n, every=None):
    """Score steps of about one length; each `every`-th input jumps to and fro."""
    steps = np.random.default_rng(0).uniform(0.01, 0.012, (n, 9))
    if every:
        steps[::every, 1::2] *= 60
    return characterize(np.cumsum(steps, axis=1) / 4, steps / 4)


def half_width(score):
    return (score.interval[1] - score.interval[0]) / 2


@pytest.mark.parametrize("share", [0.99, 1.01])
def test_the_width_of_the_interval_decides(share):
    score = scored(120)
    assert is_precise(score, share * half_width(score)) is (share > 1)


def test_rare_inputs_that_weigh_much_forbid_to_stop():
    score = scored(120, every=40)
    influence = score.per_input.contribution - score.rmqm
    assert inputs_for_skewness(influence) > 120
    assert not is_precise(score, 2 * half_width(score))
    many = scored(4_000, every=40)
    assert is_precise(many, 1.01 * half_width(many))


def test_a_score_that_is_undefined_is_never_precise():
    still = characterize(np.zeros((120, 9)), np.zeros((120, 9)))
    assert still.status == "collapsed"
    assert not is_precise(still, 100.0)


def test_skewness_is_that_of_the_values():
    values = np.random.default_rng(1).exponential(size=200_000)
    assert inputs_for_skewness(values - values.mean()) == pytest.approx(25 * 2**2, rel=0.1)


def test_looks_are_ever_rarer():
    assert [next_look(100), next_look(120)] == [120, 144]
