"""Measures with labels against their definitions, computed the long way, and their laws."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import ortho_group

from rmqm_spec.errors import UsageError
from rmqm_spec.measures.labelled.h_score import h_score
from rmqm_spec.measures.labelled.log_me import log_me
from rmqm_spec.measures.labelled.trans_rate import trans_rate
from rmqm_spec.measures.unaltered import Undefined

MEASURES = [log_me, h_score, trans_rate]
SHAPES = [(30, 4), (24, 24), (12, 40), (16, 2)]

quick = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from(SHAPES)


def drawn(seed, shape, n_classes=3, signal=1.0):
    """Encodings whose classes differ in mean, and the classes, each with members."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.arange(shape[0]) % n_classes)
    means = signal * rng.standard_normal((n_classes, shape[1]))
    return rng.standard_normal(shape) + means[classes] + 0.5, classes


def one_hot(classes):
    return [(classes == label).astype(float) for label in np.unique(classes)]


def largest_evidence(rows, target):
    """Maximise the density of y ~ Normal(0, I / beta + F F' / alpha) over alpha and beta."""
    n, gram = len(rows), rows @ rows.T

    def loss(logs):
        alpha, beta = np.exp(np.clip(logs, -40, 40))
        covariance = np.eye(n) / beta + gram / alpha
        try:
            root = np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return 1e9
        white = np.linalg.solve(root, target)
        return n / 2 * math.log(2 * math.pi) + np.log(np.diag(root)).sum() + white @ white / 2

    starts = [(a, b) for a in (-6, -1, 4, 9) for b in (-1, 3, 8)]
    found = [
        minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
        for start in sorted(starts, key=loss)[:4]
    ]
    return -min(result.fun for result in found)


@pytest.mark.parametrize("shape", [(20, 3), (12, 12), (9, 25)])
@pytest.mark.parametrize("signal", [0.0, 1.0])
def test_log_me_is_the_maximum_of_the_marginal_likelihood(shape, signal):
    rows, classes = drawn(shape[0] + 7, shape, signal=signal)
    expected = np.mean([largest_evidence(rows, target) / len(rows) for target in one_hot(classes)])
    assert log_me(rows, classes) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("shape", [(7, 3), (4, 6)])
def test_log_me_is_the_evidence_of_the_paper_in_many_digits(shape):
    """The paper's own formula in 40 digits: no grid point is above, the best is near."""
    rows, classes = drawn(3, shape, n_classes=2)
    n, e = shape
    with mpmath.workdps(40):
        F = mpmath.matrix(rows.tolist())
        best = []
        for target in one_hot(classes):
            y = mpmath.matrix(target.tolist())
            values = []
            for log_alpha in np.linspace(-12, 14, 14):
                for log_beta in np.linspace(-2, 24, 14):
                    alpha, beta = mpmath.exp(log_alpha), mpmath.exp(log_beta)
                    A = alpha * mpmath.eye(e) + beta * F.T * F
                    m = beta * mpmath.lu_solve(A, F.T * y)
                    rest = F * m - y
                    values.append(
                        e * mpmath.log(alpha)
                        + n * mpmath.log(beta)
                        - n * mpmath.log(2 * mpmath.pi)
                        - beta * (rest.T * rest)[0]
                        - alpha * (m.T * m)[0]
                        - mpmath.log(mpmath.det(A))
                    )
            best.append(float(max(values)) / 2 / n)
    assert np.mean(best) <= log_me(rows, classes) + 1e-9
    assert log_me(rows, classes) == pytest.approx(np.mean(best), abs=0.2)


def test_log_me_has_no_maximum_where_a_class_is_linear_in_fewer_values_than_inputs():
    classes = np.arange(12) % 3
    with pytest.raises(Undefined, match=r"^unbounded$"):
        log_me(np.eye(3)[classes], classes)


@pytest.mark.parametrize("shape", SHAPES)
def test_h_score_by_loops(shape):
    rows, classes = drawn(1, shape)
    n, e = shape
    mean = [sum(row[j] for row in rows) / n for j in range(e)]
    covariance, between = np.zeros((e, e)), np.zeros((e, e))
    for i in range(n):
        members = [rows[m] for m in range(n) if classes[m] == classes[i]]
        centre = [sum(row[j] for row in members) / len(members) for j in range(e)]
        for j in range(e):
            for k in range(e):
                covariance[j, k] += (rows[i][j] - mean[j]) * (rows[i][k] - mean[k]) / n
                between[j, k] += (centre[j] - mean[j]) * (centre[k] - mean[k]) / n
    product = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True) @ between
    assert h_score(rows, classes) == pytest.approx(sum(product[j, j] for j in range(e)), abs=1e-8)


@pytest.mark.parametrize("shape", [(12, 12), (8, 30)])
def test_h_score_is_saturated_where_inputs_are_no_more_than_values(shape):
    rows, classes = drawn(2, shape, n_classes=4)
    assert h_score(rows, classes) == pytest.approx(3)


@quick
@given(seeds, shapes)
def test_no_invertible_linear_map_changes_the_h_score(seed, shape):
    rows, classes = drawn(seed, shape)
    mixed = rows @ (ortho_group.rvs(shape[1], random_state=seed) * np.geomspace(1, 9, shape[1]))
    assert h_score(mixed, classes) == pytest.approx(h_score(rows, classes), abs=1e-8)
    assert 0 <= h_score(rows, classes) <= 2 + 1e-9


@pytest.mark.parametrize("shape", [(20, 3), (9, 14)])
@pytest.mark.parametrize("eps", [1e-4, 0.5])
def test_trans_rate_in_many_digits(shape, eps):
    rows, classes = drawn(5, shape, n_classes=2)
    classes[:3] = 2
    n = len(rows)
    with mpmath.workdps(40):
        Z = [[mpmath.mpf(value) for value in row] for row in rows.tolist()]
        mean = [sum(column) / n for column in zip(*Z, strict=True)]
        Z = [[value - m for value, m in zip(row, mean, strict=True)] for row in Z]
        scale = mpmath.sqrt(sum(value**2 for row in Z for value in row) / n)
        Z = [[value / scale for value in row] for row in Z]

        def rate(part):
            part = mpmath.matrix(part)
            inside = mpmath.eye(part.cols) + part.T * part / (part.rows * mpmath.mpf(eps))
            return mpmath.log(mpmath.det(inside)) / 2

        expected = rate(Z)
        for label in range(3):
            part = [row for row, own in zip(Z, classes, strict=True) if own == label]
            expected -= mpmath.mpf(len(part)) / n * rate(part)
    assert trans_rate(rows, classes, eps) == pytest.approx(float(expected), rel=1e-10)


@quick
@given(seeds, shapes, st.sampled_from([1e-4, 1.0]))
def test_trans_rate_is_not_negative_and_does_not_change_with_a_shift(seed, shape, eps):
    rows, classes = drawn(seed, shape, signal=0.0)
    value = trans_rate(rows, classes, eps)
    assert value >= -1e-12
    assert trans_rate(rows + 3, classes, eps) == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("measure", MEASURES)
@quick
@given(seeds, shapes)
def test_rotation_scale_order_and_names_change_nothing(measure, seed, shape):
    rows, classes = drawn(seed, shape)
    rng = np.random.default_rng(seed)
    value = pytest.approx(measure(rows, classes), rel=1e-7, abs=1e-8)
    order = rng.permutation(len(rows))
    assert measure(rows @ ortho_group.rvs(shape[1], random_state=seed), classes) == value
    assert measure(rows * 10.0 ** rng.integers(-20, 20), classes) == value
    assert measure(rows[order], classes[order]) == value
    assert measure(rows, rng.permutation(3)[classes]) == value
    assert measure(rows, np.array(["x", "a", "m"])[classes]) == value


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shape", [(300, 8), (60, 15)])
def test_more_signal_gives_more(measure, shape):
    values = [measure(*drawn(4, shape, signal=signal)) for signal in (0.0, 0.5, 2.0)]
    assert values == sorted(values)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_value_that_is_always_equal_counts_for_nothing_once_centred(measure):
    rows, classes = drawn(6, (20, 3))
    wider = np.column_stack([rows, np.zeros(20)])
    assert measure(wider, classes) == pytest.approx(measure(rows, classes))


@pytest.mark.parametrize("measure", MEASURES)
def test_without_variation_there_is_a_reason_and_no_value(measure):
    rows, classes = drawn(0, (6, 2))
    for encodings, labels, status in [
        (rows, np.zeros(6), "one-class"),
        (np.full((6, 2), 0.1), classes, "constant"),
        (np.where(np.eye(6, 2) == 1, np.nan, rows), classes, "not-finite"),
    ]:
        with pytest.raises(Undefined, match=f"^{status}$"):
            measure(encodings, labels)
    for encodings, labels in [(rows, classes[:5]), (rows[:, 0], classes), (rows, rows)]:
        with pytest.raises(UsageError, match="one class each") as caught:
            measure(encodings, labels)
        assert caught.value.code == "ARG001"


@pytest.mark.parametrize("eps", [0, -1, math.nan, math.inf])
def test_eps_must_be_above_zero(eps):
    with pytest.raises(UsageError, match="eps must be above 0"):
        trans_rate(*drawn(0, (6, 2)), eps=eps)
