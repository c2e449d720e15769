"""How often intervals of the measures of spectra hold what they are intervals of."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.measures.spectrum.alpha_req import ALPHA_REQ
from rmqm_spec.measures.spectrum.coding_rate import CODING_RATE
from rmqm_spec.measures.spectrum.covariance import NESUM, PARTICIPATION_RATIO
from rmqm_spec.measures.spectrum.rank_me import RANKME
from rmqm_spec.measures.spectrum.sphere import SELF_CLUSTER, UNIFORMITY
from rmqm_spec.measures.spectrum.stable_rank import STABLE_RANK

N_INPUTS = 200


@pytest.fixture(autouse=True)
def one_thread():
    """Thousands of small products: threads would wait for each other."""
    with threadpool_limits(1):
        yield


def share_covered(measure, *, n_dimensions, power, n_runs, n_many):
    """Of Gaussian encodings whose covariance has the eigenvalues k ** -power."""
    rng = np.random.default_rng(1)
    deviations = np.arange(1.0, n_dimensions + 1) ** (-power / 2)
    truth = measure.function(rng.standard_normal((n_many, n_dimensions)) * deviations)
    held = 0
    for _ in range(n_runs):
        rows = rng.standard_normal((N_INPUTS, n_dimensions)) * deviations
        value = measure.function(rows)
        interval = jackknife_interval(measure.function, rows, value=value)
        assert interval is not None
        held += interval[0] <= truth <= interval[1]
    return held / n_runs


@pytest.mark.parametrize("n_dimensions", [8, 60])
def test_intervals_of_self_cluster_hold_the_truth(n_dimensions):
    assert SELF_CLUSTER.has_interval
    share = share_covered(
        SELF_CLUSTER, n_dimensions=n_dimensions, power=1, n_runs=100, n_many=40_000
    )
    assert 0.9 <= share <= 0.99


def test_intervals_of_uniformity_hold_the_truth():
    # Each takes all pairs: fewer runs, and a truth from fewer inputs.
    assert UNIFORMITY.has_interval
    share = share_covered(UNIFORMITY, n_dimensions=12, power=1, n_runs=60, n_many=4000)
    assert 0.89 <= share <= 1.0


@pytest.mark.parametrize(
    ("measure", "power", "most"),
    [
        (RANKME, 1, 0.1),
        (ALPHA_REQ, 1, 0.1),
        (CODING_RATE, 1, 0.1),
        (NESUM, 0.5, 0.85),
        (STABLE_RANK, 0.5, 0.85),
        (PARTICIPATION_RATIO, 0.5, 0.5),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_intervals_of_biased_measures_do_not_hold_the_value_of_very_many(measure, power, most):
    share = share_covered(measure, n_dimensions=100, power=power, n_runs=10, n_many=20_000)
    assert share <= most


@pytest.mark.parametrize(("n_dimensions", "power"), [(16, 1), (16, 2), (64, 0.5)])
@pytest.mark.parametrize("measure", [NESUM, STABLE_RANK, PARTICIPATION_RATIO], ids=lambda x: x.name)
def test_intervals_hold_the_mean_over_draws_of_as_many(measure, n_dimensions, power):
    assert measure.has_interval
    rng = np.random.default_rng(3)
    deviations = np.arange(1.0, n_dimensions + 1) ** (-power / 2)
    summaries = [
        measure.summarise({"encodings": rng.standard_normal((100, n_dimensions)) * deviations})
        for _ in range(100)
    ]
    values = np.array([summary.value for summary in summaries])
    ends = np.array([summary.interval for summary in summaries])
    held = (ends[:, 0] <= values.mean()) & (values.mean() <= ends[:, 1])
    assert 0.88 <= held.mean() <= 1
    width = (ends[:, 1] - ends[:, 0]).mean() / (2 * 1.96 * values.std())
    assert 0.8 < width < 1.4


def test_who_has_no_interval():
    assert not RANKME.has_interval
    assert not ALPHA_REQ.has_interval
    assert not CODING_RATE.has_interval
