"""Measures of spectra of encodings that leave them without a value, and of some that do not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rmqm_spec.measures.spectrum.alpha_req import ALPHA_REQ
from rmqm_spec.measures.spectrum.coding_rate import CODING_RATE
from rmqm_spec.measures.spectrum.covariance import NESUM, PARTICIPATION_RATIO
from rmqm_spec.measures.spectrum.rank_me import RANKME
from rmqm_spec.measures.spectrum.sphere import SELF_CLUSTER, UNIFORMITY
from rmqm_spec.measures.spectrum.stable_rank import STABLE_RANK

CENTRED = [ALPHA_REQ, NESUM, PARTICIPATION_RATIO]
UNCENTRED = [RANKME, STABLE_RANK]
UNIT = [CODING_RATE, UNIFORMITY, SELF_CLUSTER]
ALL = CENTRED + UNCENTRED + UNIT


def values(seed, shape=(40, 24)):
    return np.random.default_rng(seed).standard_normal(shape)


def summary(measure, rows):
    return measure.summarise({"encodings": np.asarray(rows)})


ONE_ZERO = values(0)
ONE_ZERO[7] = 0


def statuses():
    for measure in ALL:
        yield measure, np.zeros((30, 24)), "all-zero"
        yield measure, np.zeros((30, 0)), "all-zero"
        yield measure, np.full((30, 24), np.nan), "not-finite"
        yield measure, np.where(np.eye(30, 24) > 0, np.inf, 1.0), "not-finite"
        yield measure, np.ones((1, 24)), "too-few-inputs"
    for measure in CENTRED:
        yield measure, np.tile(values(0)[0], (30, 1)), "constant"
        yield measure, np.full((30, 24), 0.1, dtype=np.float32), "constant"
    for measure in UNIT:
        yield measure, ONE_ZERO, "zero"
    yield ALPHA_REQ, values(0, (40, 19)), "too-few-dimensions"
    yield ALPHA_REQ, values(0, (20, 40)), "too-few-dimensions"
    yield SELF_CLUSTER, values(0, (40, 1)), "too-few-dimensions"


@pytest.mark.parametrize(("measure", "rows", "status"), list(statuses()))
def test_no_value_but_a_status(measure, rows, status):
    found = summary(measure, rows)
    assert math.isnan(found.value)
    assert found.status == status
    assert found.interval is None


@pytest.mark.parametrize(
    ("measure", "expected"),
    [(RANKME, 1), (STABLE_RANK, 1), (UNIFORMITY, 0), (SELF_CLUSTER, 1), (CODING_RATE, None)],
    ids=lambda x: getattr(x, "name", ""),
)
@pytest.mark.parametrize("size", [5e-324, 1.0, 1e308])
def test_equal_encodings_that_have_a_value(measure, expected, size):
    found = summary(measure, np.full((30, 24), size))
    expected = math.log1p(24 / 0.5) / 2 if expected is None else expected
    assert found.value == pytest.approx(expected, rel=1e-4, abs=1e-9)
