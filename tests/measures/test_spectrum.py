"""Measures of spectra: against loops written from the papers, and laws."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
NAMED = pytest.mark.parametrize("measure", ALL, ids=lambda measure: measure.name)


def values(seed, shape=(40, 24)):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * rng.uniform(0.2, 3, shape[1]) + rng.normal(0, 0.3, shape[1])


def summary(measure, rows):
    return measure.summarise({"encodings": np.asarray(rows)})


# Oracles: plain loops and mpmath's eigenvalues, in 30 digits.


def centre(rows):
    means = [mpmath.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
    return [[x - m for x, m in zip(row, means, strict=True)] for row in rows]


def unit(rows):
    lengths = [mpmath.sqrt(mpmath.fsum(x * x for x in row)) for row in rows]
    return [[x / length for x in row] for row, length in zip(rows, lengths, strict=True)]


def dot(a, b):
    return mpmath.fsum(x * y for x, y in zip(a, b, strict=True))


def spectrum(rows):
    """Eigenvalues of the E x E matrix Z'Z, largest first."""
    columns = list(zip(*rows, strict=True))
    product = mpmath.matrix([[dot(a, b) for b in columns] for a in columns])
    return sorted(mpmath.eigsy(product, eigvals_only=True), reverse=True)


def oracle_rankme(rows):
    sigma = [mpmath.sqrt(abs(x)) for x in spectrum(rows)][: len(rows)]
    p = [s / mpmath.fsum(sigma) + mpmath.mpf("1e-7") for s in sigma]
    return mpmath.exp(-mpmath.fsum(x * mpmath.log(x) for x in p))


def oracle_alpha_req(rows):
    eigenvalues = spectrum(centre(rows))
    eigenvalues = [x for x in eigenvalues if x > eigenvalues[0] * mpmath.mpf("1e-13")]
    normal, right = mpmath.matrix(2, 2), mpmath.matrix(2, 1)
    for k in range(10, min(100, len(eigenvalues)) + 1):
        line = [-mpmath.log(k), 1]
        for i in range(2):
            right[i] += line[i] * mpmath.log(eigenvalues[k - 1]) / k
            for j in range(2):
                normal[i, j] += mpmath.mpf(line[i] * line[j]) / k
    return mpmath.lu_solve(normal, right)[0]


def oracle_nesum(rows):
    eigenvalues = spectrum(centre(rows))
    return mpmath.fsum(x / eigenvalues[0] for x in eigenvalues)


def oracle_participation_ratio(rows):
    eigenvalues = spectrum(centre(rows))
    return mpmath.fsum(eigenvalues) ** 2 / mpmath.fsum(x * x for x in eigenvalues)


def oracle_stable_rank(rows):
    return mpmath.fsum(x * x for row in rows for x in row) / spectrum(rows)[0]


def oracle_coding_rate(rows):
    columns = list(zip(*unit(rows), strict=True))
    scale = mpmath.mpf(len(columns)) / (len(rows) * mpmath.mpf("0.5"))
    product = mpmath.matrix([[scale * dot(a, b) for b in columns] for a in columns])
    return mpmath.log(mpmath.det(mpmath.eye(len(columns)) + product)) / 2


def oracle_uniformity(rows):
    rows = unit(rows)
    potentials = [
        mpmath.exp(-2 * mpmath.fsum((x - y) ** 2 for x, y in zip(a, b, strict=True)))
        for i, a in enumerate(rows)
        for b in rows[:i]
    ]
    return mpmath.log(mpmath.fsum(potentials) / len(potentials))


def oracle_self_cluster(rows):
    rows = unit(rows)
    n, d = len(rows), len(rows[0])
    e = n + mpmath.mpf(n * (n - 1)) / d
    return (mpmath.fsum(dot(a, b) ** 2 for a in rows for b in rows) - e) / (n * n - e)


ORACLES = {
    "rankme": oracle_rankme,
    "alpha-req": oracle_alpha_req,
    "nesum": oracle_nesum,
    "participation-ratio": oracle_participation_ratio,
    "stable-rank": oracle_stable_rank,
    "coding-rate": oracle_coding_rate,
    "uniformity": oracle_uniformity,
    "self-cluster": oracle_self_cluster,
}


@NAMED
@pytest.mark.parametrize("shape", [(40, 24), (22, 26)], ids=["tall", "wide"])
def test_value_is_that_of_the_paper(measure, shape):
    rows = values(3, shape)
    with mpmath.workdps(30):
        expected = float(ORACLES[measure.name]([[mpmath.mpf(float(x)) for x in r] for r in rows]))
    assert measure.function(rows) == pytest.approx(expected, rel=1e-9)


def test_alpha_is_fitted_up_to_the_hundredth_eigenvalue_only():
    def alpha(late):
        variances = np.arange(1.0, 151) ** -1.5
        variances[100:] *= late
        lengths = np.diag(np.sqrt(variances))
        return ALPHA_REQ.function(np.concatenate([lengths, -lengths]))

    assert alpha(1.0) == pytest.approx(1.5, abs=1e-6)
    assert alpha(1e-3) == pytest.approx(1.5, abs=1e-6)


def test_uniformity_is_the_same_in_blocks(monkeypatch):
    rows = values(5)
    whole = UNIFORMITY.function(rows)
    monkeypatch.setattr("rmqm_spec.measures.spectrum.sphere._BLOCK", 7 * len(rows))
    assert UNIFORMITY.function(rows) == pytest.approx(whole, rel=1e-12)


@NAMED
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), exponent=st.integers(-200, 200))
def test_rotation_scale_and_order_do_not_matter(measure, seed, exponent):
    rows = values(seed)
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.standard_normal((24, 24)))
    changed = rng.permutation(rows) @ rotation * 10.0**exponent
    assert measure.function(changed) == pytest.approx(measure.function(rows), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("measure", [*CENTRED, *UNCENTRED, CODING_RATE], ids=lambda m: m.name)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_input_twice_is_the_same(measure, seed):
    rows = values(seed)
    assert measure.function(np.repeat(rows, 2, axis=0)) == pytest.approx(
        measure.function(rows), rel=1e-7
    )


@pytest.mark.parametrize("measure", CENTRED, ids=lambda m: m.name)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), shift=st.floats(-100, 100))
def test_a_shift_of_all_inputs_does_not_matter_where_encodings_are_centred(measure, seed, shift):
    rows = values(seed)
    assert measure.function(rows + shift) == pytest.approx(measure.function(rows), rel=1e-6)


@pytest.mark.parametrize("measure", UNIT, ids=lambda m: m.name)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_lengths_of_encodings_do_not_matter_where_rows_are_unit(measure, seed):
    rows = values(seed)
    lengths = np.random.default_rng(seed).uniform(0.01, 100, (40, 1))
    assert measure.function(rows * lengths) == pytest.approx(measure.function(rows), rel=1e-9)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (RANKME, 24),
        (ALPHA_REQ, 0),
        (NESUM, 24),
        (PARTICIPATION_RATIO, 24),
        (STABLE_RANK, 24),
        (CODING_RATE, 12 * math.log(3)),
        # 24 of the pairs are opposite, all others orthogonal.
        (UNIFORMITY, math.log((24 * math.exp(-8) + (1128 - 24) * math.exp(-4)) / 1128)),
        # Mean squared cosine 24 / 1128.
        (SELF_CLUSTER, (24 / 1128 - 1 / 24) / (1 - 1 / 24)),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_isotropic_encodings(measure, expected):
    rows = np.concatenate([np.eye(24), -np.eye(24)])
    assert measure.function(rows) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@NAMED
def test_no_direction_is_claimed(measure):
    assert measure.direction is None
    assert measure.name in ORACLES
    assert (summary(measure, values(0, (60, 24))).interval is not None) == measure.has_interval
